import pathlib
import sys

if pathlib.Path("backend-migrate-fails").exists():
    sys.exit("OperationalError: the database is not there")
with open("prepared", "a") as prepared:
    prepared.write(f"backend-migrate {sys.argv[1]}\n")
