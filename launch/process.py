"""Programs that the launcher starts, and their end: whatever happens, nothing it started outlives it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Mapping, Sequence

from launch.project import ROOT, Problem

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 8.0  # seconds for an orderly end; honcho itself kills after five


class Stopped(Exception):
    """Somebody pressed Ctrl-C or ended us."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.Signals(signum).name)
        self.exit_code = 128 + signum


def obey_signals() -> None:
    """The first signal raises Stopped in the main thread, for an orderly end; the second kills at once.

    What a child leaves behind becomes ours (Linux), so that `end_descendants` finds it.
    """
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    for signum in SIGNALS:
        signal.signal(signum, _first_signal)


def _first_signal(signum: int, frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, _second_signal)
    raise Stopped(signum)


def _second_signal(signum: int, frame: FrameType | None) -> None:
    for pid in descendants():
        _signal(pid, signal.SIGKILL)
    os._exit(128 + signum)


def start(
    command: Sequence[str], environment: Mapping[str, str], output: int, bound: bool = False, keep: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own: Ctrl-C reaches it only through us.

    `bound` (not while we have threads): it is told to end even when we are killed outright (Linux).
    `keep`: files of ours that it gets too.
    """
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=keep,
        preexec_fn=_end_with_parent if bound else None,  # noqa: PLW1509
    )


def complete(command: Sequence[str], log: Path, failure: str, environment: Mapping[str, str] | None = None) -> None:
    """Run a program to its end, its output in `log`; raises Problem, beginning with `failure`, when it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            child = start(command, os.environ if environment is None else environment, output.fileno())
        except OSError as error:
            raise Problem(f"{failure}: {command[0]} cannot be started ({error.strerror})") from None
        try:
            code = child.wait()
        finally:
            end(child)
    if code:
        raise Problem(f"{failure}: {telling_line(log)} (all of it in {shown(log)})")


def end(child: subprocess.Popen[bytes]) -> None:
    """End a program and all it started in its session, if it still runs."""
    for signum, patience in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, None)):
        if child.poll() is None:
            os.killpg(child.pid, signum)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(patience)


def end_descendants() -> None:
    """Ask everything below us to end, then kill what is left; a signal in the meantime kills at once."""
    for each in SIGNALS:
        signal.signal(each, _second_signal)
    for signum, patience in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, 2.0)):
        for pid in descendants():
            _signal(pid, signum)
        deadline = time.monotonic() + patience
        while descendants() and time.monotonic() < deadline:
            _reap()
            time.sleep(0.05)


def descendants() -> list[int]:
    """The processes below us, dead ones left out."""
    children: dict[int, list[int]] = {}
    for pid, parent in _family():
        children.setdefault(parent, []).append(pid)
    found = []
    ahead = [os.getpid()]
    while ahead:
        below = children.get(ahead.pop(), [])
        found += below
        ahead += below
    return found


def _family() -> list[tuple[int, int]]:
    """(pid, parent) of every living process."""
    if not Path("/proc/self/stat").exists():
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], stdout=subprocess.PIPE, check=False).stdout
        rows = [line.split() for line in listed.decode().splitlines()]
        return [(int(pid), int(parent)) for pid, parent, state in rows if not state.startswith("Z")]
    family = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
        except OSError:  # it ended while we looked
            continue
        if state != "Z":
            family.append((int(entry.name), int(parent)))
    return family


def telling_line(log: Path) -> str:
    """The line of a log that says best what went wrong: the last that speaks of an error, else the last."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it said nothing"])[-1][:300]


def shown(path: Path) -> str:
    """A path as a person at the project's root would write it."""
    return str(path.relative_to(ROOT)) if ROOT in path.parents else str(path)


def _signal(pid: int, signum: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signum)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _end_with_parent() -> None:
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
