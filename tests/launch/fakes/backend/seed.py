import pathlib
import sys

if pathlib.Path("backend-seed-fails").exists():
    sys.exit("OperationalError: the database is not there")
with open("prepared", "a") as prepared:
    prepared.write(f"backend-seed {sys.argv[1]}\n")
