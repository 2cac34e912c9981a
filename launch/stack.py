"""What the processes of the Procfile get: their environment, their ports, and the databases made ready."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Mapping

from launch.model import QUIET
from launch.process import complete
from launch.progress import step
from launch.project import PYTHON, Problem
from settings import Settings, SettingsError

LOCAL = "127.0.0.1,localhost,::1"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings; raises Problem."""
    try:
        return Settings.from_environment(environment)
    except SettingsError as error:
        raise Problem(str(error)) from None


def environment(outer: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """For every process the same; calls among ourselves never go through a proxy."""
    no_proxy = ",".join(filter(None, [outer.get("NO_PROXY") or outer.get("no_proxy"), LOCAL]))
    return {
        **outer,
        **QUIET,
        **settings.to_environment(),
        # Rasa's; at DEBUG it would write down what people say
        "LOG_LEVEL": "INFO" if settings.log_level == "DEBUG" else settings.log_level,
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def ports(settings: Settings) -> dict[str, int]:
    """The loopback port of each process, in the order in which they become ready."""
    rasa = {f"rasa.{n + 1}": settings.rasa_port + n for n in range(settings.rasa_processes)}
    first = {"backend": settings.backend_port, "actions": settings.actions_port}
    return {**first, **rasa, "gateway": settings.port, "console": settings.console_port}


def prepare_databases(settings: Settings, outer: Mapping[str, str], logs: Path, sign_ins: Path) -> None:
    """Migrate both databases, seed the demo town and its agents; their passwords are in `sign_ins`."""
    for name, module, arguments in (
        ("Migrating the desk", "desk.migrate", [settings.database_url]),
        ("Migrating the backend", "backend.migrate", [settings.backend_database_url]),
        ("Seeding the demo town", "backend.seed", [settings.backend_database_url]),
        ("Making the demo's agents", "console.demo", [settings.database_url, str(sign_ins)]),
    ):
        with step(name):
            command = [str(PYTHON), "-m", module, *arguments]
            complete(command, logs / f"{module}.log", f"{name.lower()} failed", outer)


def read_sign_ins(file: Path) -> dict[str, str]:
    """The passwords of the demo's agents by name, as they were made at the first start."""
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found
