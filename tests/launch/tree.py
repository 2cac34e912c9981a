"""A small copy of the project in which the real launcher starts fake processes."""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
FAKES = Path(__file__).parent / "fakes"
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")


class Tree:
    """`folder` looks like a clone that was set up; `variables` is the environment of what runs in it."""

    def __init__(self, folder: Path, first_port: int) -> None:
        self.folder = folder
        self.variables = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | {
            "PYTHON": sys.executable,
            "DIANDA_PORT": str(first_port),
            "DIANDA_BACKEND_PORT": str(first_port + 1),
            "DIANDA_ACTIONS_PORT": str(first_port + 2),
            "DIANDA_CONSOLE_PORT": str(first_port + 3),
            "DIANDA_RASA_PORT": str(first_port + 4),
        }
        self._copy()
        for name, lock in ((".venv", "test"), (".venv-rasa", "bot")):
            self._link_environment(name, lock)

    def _copy(self) -> None:
        shutil.copytree(FAKES, self.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "launch", self.folder / "launch")  # with what is compiled: it starts sooner
        for name in ("settings.py", "conversions.py", "Makefile", "Procfile"):
            shutil.copy(ROOT / name, self.folder / name)
        (self.folder / "tests").mkdir()
        shutil.copy(ROOT / "tests" / "stack.py", self.folder / "tests")
        for name in ("config.yml", "domain.yml", "data/outage/nlu.yml"):
            self.write(name, f"# {name}\n")

    def _link_environment(self, name: str, lock: str) -> None:
        """An environment of its own, whose programs are those of the real one."""
        (self.folder / name).mkdir()
        for part in ("bin", "lib", "pyvenv.cfg"):
            (self.folder / name / part).symlink_to(ROOT / name / part)
        self.write(f"requirements/{lock}.lock", "")
        self.write(f"{name}/.lock-sha256", hashlib.sha256(b"").hexdigest())

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def read(self, name: str) -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""

    def launch(self, module: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a module of the launcher to its end."""
        command = [sys.executable, "-m", f"launch.{module}", *arguments]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.variables | variables,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=50,
        )

    @contextlib.contextmanager
    def running(self, *command: str, variables: Mapping[str, str] | None = None) -> "Iterator[Running]":
        """Start a command in a session of its own, as a terminal would; whatever is left is killed at the end."""
        process = Running(self, command, self.variables | dict(variables or {}))
        try:
            yield process
        finally:
            for pid in self.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.popen.wait()

    def processes(self) -> list[int]:
        """Everything alive that works in this folder."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                alive = "\nState:\tZ" not in (entry / "status").read_text()
                if alive and (entry / "cwd").resolve() == self.folder.resolve():
                    found.append(int(entry.name))
        return found

    def pid(self, pattern: str) -> int:
        """The one process whose command line fits."""
        found = [
            pid
            for pid in self.processes()
            if re.search(pattern, (Path("/proc") / str(pid) / "cmdline").read_text().replace("\0", " "))
        ]
        assert len(found) == 1, (pattern, found)
        return found[0]

    def left_behind(self, patience: float = 5.0) -> list[int]:
        """What still lives after a moment."""
        deadline = time.monotonic() + patience
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.processes()


class Running:
    def __init__(self, tree: Tree, command: tuple[str, ...], variables: Mapping[str, str]) -> None:
        self._output = tree.folder.parent / f"{tree.folder.name}.output"
        with self._output.open("wb") as output:
            self.popen = subprocess.Popen(
                command,
                cwd=tree.folder,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._output.read_text(errors="replace")

    def wait_for(self, text: str, timeout: float = 40.0) -> None:
        """Until the output has this text."""
        deadline = time.monotonic() + timeout
        while text not in self.output:
            assert self.popen.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)

    def ctrl_c(self) -> None:
        """What a terminal does: everybody in the foreground gets it."""
        os.killpg(self.popen.pid, signal.SIGINT)

    def end(self, timeout: float = 30.0) -> int:
        return self.popen.wait(timeout=timeout)
