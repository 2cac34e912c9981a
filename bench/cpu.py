"""What processes spend, from /proc (Linux)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """CPU seconds by process since its start, and of the whole machine."""

    processes: Mapping[str, float]
    machine: float

    def since(self, earlier: Spent) -> Spent:
        gone = {name: seconds - earlier.processes[name] for name, seconds in self.processes.items()}
        return Spent(gone, self.machine - earlier.machine)

    def __add__(self, other: Spent) -> Spent:
        both = {name: seconds + other.processes[name] for name, seconds in self.processes.items()}
        return Spent(both, self.machine + other.machine)


def spent(pids: Mapping[str, int]) -> Spent:
    return Spent({name: _process(pid) for name, pid in pids.items()}, _machine())


def _process(pid: int) -> float:
    """User and system time of all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _machine() -> float:
    """Everything but idling and waiting for discs."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICK
