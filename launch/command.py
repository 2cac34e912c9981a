"""How each command of the launcher begins and ends: one line for a problem, nothing left running."""

from __future__ import annotations

import io
import sys
from typing import Callable

from launch.process import Stopped, end_descendants, obey_signals
from launch.project import Problem


def leave(main: Callable[[], int]) -> None:
    """Run a command and end with its exit code; a Problem becomes one line and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    obey_signals()
    try:
        code = main()
    except Problem as problem:
        print(f"error: {problem}", file=sys.stderr, flush=True)
        code = 1
    except Stopped as stopped:
        code = stopped.exit_code
    finally:
        end_descendants()
    sys.exit(code)
