"""`make run`: from a clone to a system that answers, in one command; Ctrl-C ends all of it."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
import time
from pathlib import Path
from typing import BinaryIO, Mapping

from launch import environment, model, ready, secret, stack, system
from launch.chat import address
from launch.command import leave
from launch.process import Stopped, shown, start, telling_line
from launch.progress import step
from launch.project import LOGS, ROOT, Problem
from settings import Settings

START_TIMEOUT = 180.0
SIGN_INS = ROOT / "var" / "demo-sign-ins.json"
HONCHO = ROOT / ".venv" / "bin" / "honcho"
LINE = re.compile(r"\d\d:\d\d:\d\d (\S+) *\| ?(.*)")
END = re.compile(r"(\S+) stopped \(rc=(-?\d+)\)")
TROUBLE = re.compile(r"\b(ERROR|CRITICAL)\b|\[error|\[critical|Traceback")
TROUBLE_PAUSE = 60.0  # seconds between two notices about one process


class Honcho:
    """Runs the Procfile; each process writes to its own log file."""

    def __init__(self, settings: Settings, variables: Mapping[str, str]) -> None:
        options = ["-e", os.devnull, "-f", "Procfile", "--no-colour"]
        concurrency = f"rasa={settings.rasa_processes}"
        command = [str(HONCHO), *options, "start", "-p", str(settings.rasa_port), "-c", concurrency]
        self.ended: tuple[str, int] | None = None  # the first process that ended, and its exit code
        self._logs: dict[str, BinaryIO] = {}
        self._noticed: dict[str, float] = {}
        ours, its = os.pipe()
        # it keeps our end too: when we are killed it must still be able to say so while it ends the others
        self._child = start(command, variables, its, bound=True, keep=(ours,))
        os.close(its)
        self._reader = threading.Thread(target=self._read, args=(ours,), daemon=True)
        self._reader.start()

    def check(self) -> None:
        """Raises Problem when a process has ended."""
        if self.ended is None and self._child.poll() is None:
            return
        self._reader.join(timeout=1)
        name, code = self.ended or ("honcho", self._child.wait())
        log = LOGS / f"{name}.log"
        raise Problem(f"{name} {_ending(code)}: {telling_line(log)} (all of it in {shown(log)})")

    def _read(self, source: int) -> None:
        for line in open(source, encoding="utf-8", errors="replace", newline="\n"):  # noqa: SIM115
            match = LINE.match(line.rstrip("\n"))
            if match and match[1] == "system":
                self._system(match[2])
            elif match:
                self._write(match[1], match[2])
            else:
                self._write("honcho", line.rstrip("\n"))

    def _system(self, line: str) -> None:
        end = END.match(line)
        if end and self.ended is None:
            self.ended = (end[1], int(end[2]))
        self._write("honcho", line)

    def _write(self, name: str, line: str) -> None:
        if name not in self._logs:
            self._logs[name] = _open_log(LOGS / f"{name}.log")
        self._logs[name].write(f"{line}\n".encode())
        self._logs[name].flush()
        if TROUBLE.search(line):
            self._notice(name)

    def _notice(self, name: str) -> None:
        """Point to the log; its text stays there, since it may hold what a customer said."""
        now = time.monotonic()
        if now > self._noticed.get(name, 0.0):
            self._noticed[name] = now + TROUBLE_PAUSE
            print(f"{name} reports trouble: see var/log/{name}.log", flush=True)


def main() -> int:
    answering = False
    try:
        settings = _read_settings()
        honcho = _start(settings)
        url = address(settings.to_environment())
        began = time.monotonic()
        with step("Starting, until a real question is answered"):
            ready.wait(url, stack.ports(settings).values(), honcho.check, START_TIMEOUT)
        answering = True
        _announce(url, settings, time.monotonic() - began)
        while True:
            honcho.check()
            time.sleep(0.25)
    except Stopped as stopped:
        print("Ending …", flush=True)
        return 0 if answering else stopped.exit_code


def _read_settings() -> Settings:
    settings = stack.read_settings(secret.add_to(os.environ))
    for name, port in stack.ports(settings).items():
        hosts = {"gateway": settings.host, "console": settings.console_host}
        _refuse_taken(name, hosts.get(name, "127.0.0.1"), port)
    return settings


def _start(settings: Settings) -> Honcho:
    LOGS.mkdir(parents=True, exist_ok=True)
    environment.ensure()
    if not settings.cjk_font:
        system.ensure((system.FONT,))
    variables = stack.environment(os.environ, settings)
    stack.prepare_databases(settings, variables, LOGS, SIGN_INS)
    return Honcho(settings, {**variables, "RASA_MODEL": str(model.ensure())})


def _refuse_taken(name: str, host: str, port: int) -> None:
    variable = "DIANDA_" + name.split(".")[0].replace("gateway", "").upper() + "_PORT"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror:
        raise Problem(f"DIANDA_HOST is {host!r}: this machine has no such address") from None
    with socket.socket(found[0], found[1]) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(found[4])
        except OSError as error:
            what = f"port {port} on {host} cannot be used ({(error.strerror or 'refused').lower()})"
            advice = "stop what uses it (another `make run`?) or set"
            raise Problem(f"{what}: {advice} {variable.replace('__', '_')} to another port") from None


def _announce(url: str, settings: Settings, seconds: float) -> None:
    print(
        f"\n电答 answers, {seconds:.0f} s after its processes were started.\n\n"
        f"  demo page     {url}/\n"
        f"  agents        http://{settings.console_host}:{settings.console_port}/console/\n"
        f"{_sign_ins()}"
        f"  widget        {url}/webchat/widget.js\n"
        f"  API           {url}/docs\n"
        f"  health        {url}/healthz\n"
        f"  in a terminal make chat\n"
        f"  logs          var/log/\n\n"
        f"{'Open to the network: it listens on ' + settings.host + '. ' if settings.host != '127.0.0.1' else ''}"
        "Ctrl-C ends everything.",
        flush=True,
    )


def _sign_ins() -> str:
    return "".join(
        f"                sign in as {name}: {password}\n" for name, password in stack.read_sign_ins(SIGN_INS).items()
    )


def _ending(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _open_log(path: Path) -> BinaryIO:
    """A fresh log; that of the last run is kept beside it."""
    if path.exists():
        os.replace(path, path.with_suffix(".log.1"))
    return path.open("wb")


if __name__ == "__main__":
    leave(main)
