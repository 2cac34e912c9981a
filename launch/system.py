"""What we need from the machine: a Chinese font for charts; for tests also Chromium and PostgreSQL.

Found where it is. Missing, and we may install (root on Debian): installed. Otherwise one line says what to install.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Callable, NamedTuple

from launch.command import leave
from launch.process import complete
from launch.progress import step
from launch.project import LOGS, Problem
from settings import find_cjk_font


class Need(NamedTuple):
    """Something of the machine, how to find it, and the Debian packages that bring it (the first that exists)."""

    name: str
    find: Callable[[], Path | None]
    packages: tuple[str, ...]


def find_chromium() -> Path | None:
    """The browser that tests drive."""
    return _first(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def find_postgresql() -> Path | None:
    """The newest folder with PostgreSQL's server programs."""
    if Path("/usr/lib/postgresql").is_dir():
        versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
        if versions:
            return versions[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


FONT = Need("a Chinese font", find_cjk_font, ("fonts-wqy-microhei",))
CHROMIUM = Need("Chromium", find_chromium, ("chromium",))
POSTGRESQL = Need("PostgreSQL", find_postgresql, ("postgresql-15", "postgresql"))
ALL = (FONT, CHROMIUM, POSTGRESQL)


def ensure(needs: tuple[Need, ...]) -> None:
    """Find each need or install it; raises Problem with what to install."""
    missing = [need for need in needs if need.find() is None]
    if not missing:
        return
    if may_install():
        with step(f"Installing {_names(missing)}"):
            install([need.packages for need in missing])
        missing = [need for need in missing if need.find() is None]
    if missing:
        packages = " ".join(need.packages[-1] for need in missing)
        raise Problem(f"{_names(missing)} not found: install it, on Debian with `sudo apt-get install {packages}`")


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(alternatives: list[tuple[str, ...]]) -> None:
    """Install Debian packages, of each tuple the first that exists."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    complete(["apt-get", "update"], LOGS / "apt-update.log", "apt-get update failed", environment)
    chosen = [_available(names) for names in alternatives]
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *chosen]
    complete(command, LOGS / "apt-install.log", f"installing {' '.join(chosen)} failed", environment)


def _available(names: tuple[str, ...]) -> str:
    for name in names[:-1]:
        try:
            complete(["apt-cache", "show", name], LOGS / "apt-cache.log", f"no package {name}")
        except Problem:
            continue
        return name
    return names[-1]


def _first(found: object) -> Path | None:
    return next((Path(each) for each in found if each), None)  # type: ignore[attr-defined]


def _names(needs: list[Need]) -> str:
    return " and ".join(need.name for need in needs)


def main() -> int:
    ensure(ALL)
    if "--show" in sys.argv:
        for need in ALL:
            print(f"{need.name}: {need.find()}")
    return 0


if __name__ == "__main__":
    leave(main)
