import pathlib
import sys

if pathlib.Path("desk-migrate-fails").exists():
    sys.exit("OperationalError: the database is not there")
with open("prepared", "a") as prepared:
    prepared.write(f"desk-migrate {sys.argv[1]}\n")
