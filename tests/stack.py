"""The whole system for tests and benchmarks: the processes of the Procfile, on ports and in a folder of their own.

As a pytest plugin it puts the ends of the logs into the report of a failed test that used the fixture `stack`, which
is in connected.py.
"""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
from collections.abc import Generator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from launch import model, ready, secret
from launch import stack as launch_stack
from launch.project import ROOT, Problem
from launch.webchat import Visitor

START_TIMEOUT = 120.0
PORTS = range(20000, 32000)  # below those the system gives to clients
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSL_CERT_FILE")
UNLIMITED = "1000000/minute"
LOG_LINES = 25
SIGN_INS = "sign-ins.json"
TEST_TIMEOUT = 240  # the first test waits for the start, on a busy machine


class Stack:
    """Starts with `with`, ends by process id. Names are those of the Procfile; "rasa" means "rasa.1".

    folder      where databases and logs go
    databases   URLs to use instead of SQLite files in the folder
    variables   further DIANDA_ variables; rates are unlimited unless set here
    """

    def __init__(
        self,
        folder: Path,
        *,
        rasa_processes: int = 1,
        database_url: str = "",
        backend_database_url: str = "",
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        first = free_ports(rasa_processes + 4)
        chosen = {
            **{name: f"test-{name.lower()}-0123456789" for name in secret.NAMES},
            "DIANDA_PORT": str(first),
            "DIANDA_BACKEND_PORT": str(first + 1),
            "DIANDA_ACTIONS_PORT": str(first + 2),
            "DIANDA_CONSOLE_PORT": str(first + 3),
            "DIANDA_RASA_PORT": str(first + 4),
            "DIANDA_RASA_PROCESSES": str(rasa_processes),
            "DIANDA_DATABASE_URL": database_url or f"sqlite+aiosqlite:///{folder}/desk.db",
            "DIANDA_BACKEND_DATABASE_URL": backend_database_url or f"sqlite+aiosqlite:///{folder}/backend.db",
            "DIANDA_WEBCHAT_RATE": UNLIMITED,
            "DIANDA_WEBCHAT_GLOBAL_RATE": UNLIMITED,
            "DIANDA_WEBCHAT_SESSION_RATE": UNLIMITED,
            **(variables or {}),
        }
        self.settings = launch_stack.read_settings(chosen)
        outer = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self.environment = launch_stack.environment(outer, self.settings)
        self.ports = launch_stack.ports(self.settings)
        self.url = f"http://127.0.0.1:{self.settings.port}"
        self.console = f"http://127.0.0.1:{self.settings.console_port}/console"
        self._commands = _commands()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Stack:
        try:
            self.environment["RASA_MODEL"] = str(model.ensure())
            launch_stack.prepare_databases(self.settings, self.environment, self.folder, self.folder / SIGN_INS)
            for name in self.ports:
                self._spawn(name)
            self.wait_ready()
        except BaseException:
            print(self.tails())
            self.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error:
            print(self.tails())
        self.end()

    def password(self, agent: str) -> str:
        """Of one of the demo's agents."""
        return launch_stack.read_sign_ins(self.folder / SIGN_INS)[agent]

    def wait_ready(self) -> None:
        """Until a real question gets a real answer; raises Problem when a process ends or time runs out."""
        ready.wait(self.url, self.ports.values(), self._check, START_TIMEOUT)

    def start(self, name: str) -> None:
        """Start a process that was killed, and wait until it listens."""
        name = self._full(name)
        assert name not in self._running, f"{name} is running"
        self._spawn(name)
        ready.wait_for_port(self.ports[name], self._check, START_TIMEOUT)

    def kill(self, name: str, signum: int = signal.SIGKILL) -> None:
        """Send a process a deadly signal and wait for its end."""
        name = self._full(name)
        self.signal(name, signum)
        self._running.pop(name).wait(timeout=30)

    def signal(self, name: str, signum: int) -> None:
        """Send a process a signal; SIGSTOP makes it a silent one, SIGCONT ends that."""
        os.killpg(self._running[self._full(name)].pid, signum)

    def pid(self, name: str) -> int:
        return self._running[self._full(name)].pid

    def log(self, name: str) -> str:
        """All that a process has written, over its restarts."""
        return self._log(self._full(name)).read_text(encoding="utf-8", errors="replace")

    def tails(self) -> str:
        """The end of every log."""
        parts = []
        for name in self.ports:
            if self._log(name).exists():
                parts.append(f"---- {name}: {self._log(name)}")
                parts += self.log(name).splitlines()[-LOG_LINES:]
        return "\n".join(parts)

    def visitor(self) -> Visitor:
        """A customer at the web chat, with a conversation of their own."""
        visitor = Visitor(self.url)
        visitor.open()
        return visitor

    def end(self) -> None:
        """End every process, those that do not listen by force."""
        for name in self._running:
            with suppress(ProcessLookupError):
                self.signal(name, signal.SIGTERM)
                self.signal(name, signal.SIGCONT)
        for name, process in self._running.items():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.signal(name, signal.SIGKILL)
                process.wait()
        self._running.clear()

    def _spawn(self, name: str) -> None:
        with self._log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                ["/bin/sh", "-c", self._commands[name.split(".")[0]]],
                cwd=ROOT,
                env={**self.environment, "PORT": str(self.ports[name])},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _check(self) -> None:
        for name, process in self._running.items():
            if process.poll() is not None:
                raise Problem(f"{name} ended with exit code {process.returncode}")

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _full(self, name: str) -> str:
        return "rasa.1" if name == "rasa" else name


def _commands() -> dict[str, str]:
    """The Procfile, read as honcho reads it."""
    return dict(re.findall(r"^([A-Za-z0-9_-]+):\s*(.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE))


def free_ports(count: int) -> int:
    """The first of `count` neighbouring ports on which nobody listens."""
    while True:
        first = random.randrange(PORTS.start, PORTS.stop - count)
        if all(_free(port) for port in range(first, first + count)):
            return first


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(TEST_TIMEOUT))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    running = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(running, Stack):
        report.sections.append(("Logs of the stack", running.tails()))
    return report
