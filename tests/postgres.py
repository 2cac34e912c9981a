"""A PostgreSQL server of our own for the tests: found where Debian puts it, started once, gone with the session."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

MISSING = "PostgreSQL is not installed: apt-get install postgresql (any version), or put its bin folder on PATH"
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "64MB",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "listen_addresses": "127.0.0.1",
}
PR_SET_PDEATHSIG = 1
PATIENCE = 30
"""Seconds to wait for the server to accept or to end."""


@dataclass(frozen=True)
class Postgres:
    """A running server. `new_database` is cheap: a copy of an empty database or of `template`."""

    bin: Path
    port: int
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str) -> str:
        return f"postgresql://dianda@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str | None = None) -> str:
        """The URL of a fresh database. Nobody may be connected to the template."""
        name = f"test_{next(self.numbers)}"
        copied = ["--template", template.rsplit("/", 1)[-1]] if template else []
        command: list[str | Path] = [
            self.bin / "createdb",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "dianda",
            *copied,
            name,
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
        return self.url(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Fails, with what to install, where there is no PostgreSQL."""
    with running(SETTINGS) as server:
        yield server


@contextmanager
def running(settings: Mapping[str, str]) -> Iterator[Postgres]:
    """A server with these settings; with none it writes to the disc as it would in production."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="dianda-pg-"))
    process = None
    try:
        port = _free_port()
        process = _start(binaries, folder, port, settings)
        yield Postgres(binaries, port)
    finally:
        if process is not None:
            process.send_signal(signal.SIGQUIT)  # "immediate": nothing here is worth a checkpoint
            process.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    """The folder with initdb: on PATH, else the newest of Debian's."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: int(bin.parent.name), reverse=True)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "postgres", "createdb", "pg_isready")):
            return folder
    return pytest.fail(MISSING, pytrace=False)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as `postgres` or `nobody`, and the folder is theirs."""
    if os.geteuid() != 0:
        return {}
    import pwd  # not on every system

    users = [pwd.getpwnam(name) for name in ("postgres", "nobody") if name in {user.pw_name for user in pwd.getpwall()}]
    if not users:
        pytest.fail("PostgreSQL cannot run as root and there is no user postgres or nobody", pytrace=False)
    os.chown(folder, users[0].pw_uid, users[0].pw_gid)
    return {"user": users[0].pw_uid, "group": users[0].pw_gid, "extra_groups": []}


def _start(binaries: Path, folder: Path, port: int, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    who = _unprivileged(folder)
    data = folder / "data"
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "dianda", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=folder,
        timeout=PATIENCE,
        **who,
    )
    chosen = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-p", str(port), "-k", folder, *chosen],
            cwd=folder,
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 (one system call, nothing that a thread could hold)
            **who,
        )
    _wait(binaries, process, port, folder / "log")
    return process


def _die_with_parent() -> None:
    """Linux sends this process SIGQUIT when the test run is killed: no server is left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _wait(binaries: Path, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ready: list[str | Path] = [
        binaries / "pg_isready",
        "-q",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-U",
        "dianda",
        "-d",
        "postgres",
    ]
    end = time.monotonic() + PATIENCE
    while subprocess.run(ready).returncode != 0:
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            process.wait()
            pytest.fail(f"PostgreSQL did not start: {log.read_text(errors='replace')[-500:]}", pytrace=False)
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
