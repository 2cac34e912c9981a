"""The two Python environments, made by uv from hash-locked files, and those files themselves."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from launch import system
from launch.command import leave
from launch.process import complete
from launch.progress import step
from launch.project import LOGS, ROOT, Problem, alone

TOOLS = ROOT / ".tools"
REQUIREMENTS = ROOT / "requirements"
OLDEST_UV = (0, 5)
STAMP = ".lock-sha256"
LOCKS = (("app", "3.12"), ("test", "3.12"), ("bot", "3.10"))
FOREIGN = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "CONDA_PREFIX")


class Environment(NamedTuple):
    folder: Path
    python: str
    lock: Path

    def ready(self) -> bool:
        """It was made from this very lock file, and its Python is still there."""
        stamp = self.folder / STAMP
        return self._alive() and stamp.exists() and stamp.read_text() == self._fingerprint()

    def make(self, uv: Path) -> None:
        log = LOGS / f"environment{self.folder.name}.log"
        if not self._alive():
            failure = (
                f"Python {self.python} is missing and uv could not fetch it: install Python {self.python} "
                "(pyenv or your system's packages) and start again"
            )
            _uv(uv, ["venv", "--clear", "--python", self.python, str(self.folder)], log, failure)
        command = ["pip", "sync", "--require-hashes", "--python", str(self.folder), str(self.lock)]
        _uv(uv, command, log, f"could not install {self.lock.name}")
        (self.folder / STAMP).write_text(self._fingerprint())

    def _alive(self) -> bool:
        """Its interpreter starts and is of the right version (the one it was made with may have been removed)."""
        return _output([str(self.folder / "bin" / "python"), "--version"]).startswith(f"Python {self.python}.")

    def _fingerprint(self) -> str:
        return hashlib.sha256(self.lock.read_bytes()).hexdigest()


ENVIRONMENTS = (
    Environment(ROOT / ".venv", "3.12", REQUIREMENTS / "test.lock"),
    Environment(ROOT / ".venv-rasa", "3.10", REQUIREMENTS / "bot.lock"),
)


def ensure() -> None:
    """Make or refresh the environments; at once when they fit their lock files."""
    if all(environment.ready() for environment in ENVIRONMENTS):
        return
    with alone("environment"):
        uv = ensure_uv()
        for environment in ENVIRONMENTS:
            if not environment.ready():
                with step(f"Environment {environment.folder.name} (Python {environment.python})"):
                    environment.make(uv)


def lock() -> None:
    """Write the lock files anew; what the old ones chose is kept where it still fits."""
    uv = ensure_uv()
    for name, python in LOCKS:
        source, target = REQUIREMENTS / f"{name}.in", REQUIREMENTS / f"{name}.lock"
        options = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet", "--python-version", python]
        command = ["pip", "compile", *options, str(source.relative_to(ROOT)), "-o", str(target.relative_to(ROOT))]
        with step(f"Locking {source.name}"):
            _uv(uv, command, LOGS / f"lock-{name}.log", f"could not lock {source.name}")


def ensure_uv() -> Path:
    """uv in our own folder, or the one on the path, or a new one put into our folder with pip."""
    own = TOOLS / "bin" / "uv"
    if _uv_version(own) >= OLDEST_UV:
        return own
    on_path = shutil.which("uv")
    if on_path and _uv_version(Path(on_path)) >= OLDEST_UV:
        return Path(on_path)
    with step("Fetching uv"):
        python = _python_with_pip()
        options = ["--quiet", "--disable-pip-version-check", "--upgrade", "--target", str(TOOLS)]
        command = [python, "-m", "pip", "install", *options, "uv"]
        environment = {**os.environ, "PIP_USER": "0"}
        complete(command, LOGS / "uv.log", "could not fetch uv with pip: install uv and start again", environment)
    return own


def _python_with_pip() -> str:
    pythons = [sys.executable, "python3", "/usr/bin/python3"]
    for python in pythons:
        if _output([python, "-m", "pip", "--version"]):
            return python
    if _output([sys.executable, "-c", "import ensurepip; print(ensurepip.version())"]):
        bootstrap = TOOLS / "pip"
        complete([sys.executable, "-m", "venv", str(bootstrap)], LOGS / "uv.log", "could not set up pip for uv")
        return str(bootstrap / "bin" / "python")
    if system.may_install():
        system.install([("python3-pip",)])
        return "/usr/bin/python3"
    raise Problem("uv is missing and no Python here has pip to fetch it: install uv or python3-pip and start again")


def _uv(uv: Path, arguments: list[str], log: Path, failure: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    complete([str(uv), *arguments], log, failure, environment)


def _uv_version(uv: Path) -> tuple[int, ...]:
    match = re.match(r"uv (\d+)\.(\d+)", _output([str(uv), "--version"]))
    return tuple(map(int, match.groups())) if match else (0, 0)


def _output(command: list[str]) -> str:
    """What a program prints; nothing when it is not there or fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.decode("utf-8", "replace").strip()


def main() -> int:
    if sys.argv[1:] == ["lock"]:
        lock()
    else:
        ensure()
    return 0


if __name__ == "__main__":
    leave(main)
