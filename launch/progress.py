"""Tells a person what is being done and for how long."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import Iterator

HEARTBEAT = 20.0  # seconds between signs of life where lines cannot be rewritten


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show a step while it runs, and how long it took once it is done."""
    start = time.monotonic()
    over = threading.Event()
    ticker = threading.Thread(target=_tick, args=(name, start, over), daemon=True)
    ticker.start()
    outcome = "broken off"
    try:
        yield
        outcome = "done"
    finally:
        over.set()
        ticker.join()
        _show(name, f"{outcome} after {time.monotonic() - start:.1f} s", last=True)


def _tick(name: str, start: float, over: threading.Event) -> None:
    period = 1.0 if sys.stdout.isatty() else HEARTBEAT
    while not over.wait(period):
        _show(name, f"{time.monotonic() - start:.0f} s", last=False)


def _show(name: str, note: str, last: bool) -> None:
    tty = sys.stdout.isatty()
    start, end = ("\r\033[K", "") if tty else ("", "\n")
    print(f"{start}{name} … {note}", end="\n" if last else end, flush=True)
