"""The trained model: named after a hash of everything it is made from, and trained only when that is new."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import sys
import tarfile
import zlib
from pathlib import Path
from typing import Iterator

from launch.command import leave
from launch.process import complete
from launch.progress import step
from launch.project import LOGS, PYTHON_RASA, ROOT, Problem, alone

MODELS = ROOT / "models"
FILES = ("config.yml", "domain.yml", "requirements/bot.lock")
FOLDERS = ("bot", "data")
KEPT = 3
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_WORKERS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "MPLBACKEND": "agg",
}


def ensure() -> Path:
    """The model that fits the sources; trained when it is not there or does not open. Raises Problem."""
    model = path()
    with alone("model"):
        if not intact(model):
            with step(f"Training model {model.name}"):
                train(model)
        os.utime(model)
        _forget_old()
    return model


def path() -> Path:
    """Where the model that fits the sources is or will be."""
    return MODELS / f"{fingerprint()[:12]}.tar.gz"


def fingerprint() -> str:
    """A hash over names and contents of everything that shapes the model."""
    total = hashlib.sha256()
    for source in _sources():
        total.update(f"{source.relative_to(ROOT).as_posix()}\n".encode())
        total.update(hashlib.sha256(source.read_bytes()).digest())
    return total.hexdigest()


def intact(model: Path) -> bool:
    """The archive reads to its end, checksum included, and is a Rasa model."""
    try:
        with gzip.open(model) as content:
            while content.read(1 << 20):
                pass
        with tarfile.open(model, "r:gz") as archive:
            return any(Path(member.name).name == "metadata.json" for member in archive.getmembers())
    except (OSError, EOFError, tarfile.TarError, zlib.error):
        return False


def train(model: Path) -> None:
    """Train into a folder of its own and move the result into place, so that no half model is ever seen."""
    partial = MODELS / ".training"
    shutil.rmtree(partial, ignore_errors=True)
    name = model.name.split(".")[0]
    sources = ["--config", "config.yml", "--domain", "domain.yml", "--data", "data"]
    complete(
        bot("train", *sources, "--fixed-model-name", name, "--out", str(partial)),
        LOGS / "train.log",
        "training failed",
        {**os.environ, **QUIET},
    )
    if not intact(partial / model.name):
        raise Problem("training ended without a usable model: look into var/log/train.log")
    os.replace(partial / model.name, model)
    shutil.rmtree(partial)


def bot(*arguments: str) -> list[str]:
    """The command that runs Rasa's own command line with our patches."""
    return [str(PYTHON_RASA), "-m", "bot", *arguments]


def _sources() -> Iterator[Path]:
    for name in FILES:
        if not (ROOT / name).is_file():
            raise Problem(f"{name} is missing: the model is made from it")
        yield ROOT / name
    for folder in FOLDERS:
        for found in sorted((ROOT / folder).rglob("*")):
            hidden = any(part.startswith((".", "__pycache__")) for part in found.relative_to(ROOT).parts)
            if found.is_file() and not hidden and not found.name.endswith(("~", ".pyc")):
                yield found


def _forget_old() -> None:
    newest_first = sorted(MODELS.glob("*.tar.gz"), key=lambda model: model.stat().st_mtime, reverse=True)
    for model in newest_first[KEPT:]:
        model.unlink()


def main() -> int:
    if sys.argv[1:] == ["path"]:
        print(path())
    else:
        print(f"model {ensure().relative_to(ROOT)} fits the sources")
    return 0


if __name__ == "__main__":
    leave(main)
