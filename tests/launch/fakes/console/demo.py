import pathlib
import sys

with open("prepared", "a") as prepared:
    prepared.write(f"console-demo {sys.argv[1]}\n")
pathlib.Path(sys.argv[2]).write_text('{"kefu": "first-password"}')
