"""The project's tree, and the one line that a person gets when something is wrong with it."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "var" / "log"
PYTHON = ROOT / ".venv" / "bin" / "python"
PYTHON_RASA = ROOT / ".venv-rasa" / "bin" / "python"


class Problem(Exception):
    """What is wrong and what to do about it, in one line."""


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Only one launcher of this tree is inside at a time; the others wait."""
    folder = ROOT / "var"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def replace_text(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(partial, path)
