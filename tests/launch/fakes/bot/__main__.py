"""`python -m bot train|run …`: writes an archive, or listens."""

import io
import pathlib
import sys
import tarfile
import time

import listener


def option(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


def train() -> None:
    with open("trainings", "a") as trainings:
        trainings.write(option("--fixed-model-name") + "\n")
    if pathlib.Path("training-fails").exists():
        sys.exit("InvalidDomain: error in domain.yml, line 3")
    if pathlib.Path("training-hangs").exists():
        time.sleep(600)
    folder = pathlib.Path(option("--out"))
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / (option("--fixed-model-name") + ".tar.gz"), "w:gz") as archive:
        member = tarfile.TarInfo("metadata.json")
        content = bytes(range(256)) * 400
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))


def run() -> None:
    if not pathlib.Path(option("--model")).is_file():
        sys.exit("error: no model")
    listener.serve("rasa", int(option("--port")))


{"train": train, "run": run}[sys.argv[1]]()
