"""The secrets of this installation, made at the first start and kept in var/secrets.env (mode 600)."""

from __future__ import annotations

import os
import secrets
from typing import Mapping

from launch.command import leave
from launch.project import ROOT, alone, replace_text

FILE = ROOT / "var" / "secrets.env"
NAMES = ("DIANDA_ACTIONS_SECRET", "DIANDA_CONSOLE_SECRET", "DIANDA_UTILITY_SECRET", "DIANDA_WEBCHAT_SECRET")


def ensure() -> dict[str, str]:
    """The secrets by name; those that are not there yet are made."""
    with alone("secrets"):
        kept = _read()
        made = {name: secrets.token_urlsafe(32) for name in NAMES if name not in kept}
        if made:
            kept.update(made)
            replace_text(FILE, "".join(f"{name}={value}\n" for name, value in kept.items()), mode=0o600)
        FILE.chmod(0o600)
    return kept


def add_to(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with our secrets; one that is set in the environment is left as it is."""
    return {**ensure(), **{name: value for name, value in environment.items() if value or name not in NAMES}}


def _read() -> dict[str, str]:
    if not FILE.exists():
        return {}
    lines = (line.partition("=") for line in FILE.read_text(encoding="utf-8").splitlines())
    return {name.strip(): value.strip() for name, sign, value in lines if sign and not name.startswith("#")}


def main() -> int:
    ensure()
    print(f"secrets are in {os.path.relpath(FILE)}")
    return 0


if __name__ == "__main__":
    leave(main)
