"""The one settings object, read from the environment; every variable is described in docs/settings.md.

SettingsError   a variable is missing, malformed, or unknown; its text names the variable and says what to do

Standard library only, and Python 3.8: the launcher reads the settings before any environment exists.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Callable, Mapping, TypeVar
from urllib.parse import urlsplit

PREFIX = "DIANDA_"
DATABASES = ("sqlite+aiosqlite", "postgresql+asyncpg")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SHORTEST_SECRET = 16
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
)
FONT_NAMES = (
    "wqy-microhei.tt?",
    "wqy-zenhei.tt?",
    "NotoSansCJK*Regular*",
    "NotoSansSC*Regular*",
    "SourceHanSans*Regular*",
    "PingFang.ttc",
)

T = TypeVar("T")


class SettingsError(Exception):
    """A variable is missing, malformed, or unknown."""


@dataclass(frozen=True)
class Secret:
    """A value that does not show itself in logs and tracebacks."""

    _value: str = field(repr=False)

    def __str__(self) -> str:
        return "******"

    def reveal(self) -> str:
        return self._value


@dataclass(frozen=True)
class Settings:
    """One field for each variable: `port` is DIANDA_PORT. Seconds unless the name says otherwise."""

    host: str
    port: int
    database_url: str = field(repr=False)  # may carry a password
    backend_database_url: str = field(repr=False)
    backend_port: int
    actions_port: int
    rasa_port: int
    rasa_processes: int
    rasa_urls: tuple[str, ...]
    rasa_timeout: float
    utility_url: str
    utility_budget: float
    actions_secret: Secret
    utility_secret: Secret
    webchat_secret: Secret
    webchat_origins: tuple[str, ...]
    webchat_token_hours: int
    webchat_rate: str  # as 20/minute or 20/minute;200/hour
    webchat_global_rate: str
    webchat_session_rate: str
    cjk_font: Path | None  # None: no font on this machine shows Chinese
    log_level: str
    lease_seconds: float

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read and check every variable; raises SettingsError. An empty variable counts as absent."""
        _refuse_unknown(environment)
        variables = _Variables(environment)
        backend_port = variables.read("BACKEND_PORT", _port, "8010")
        rasa_port = variables.read("RASA_PORT", _port, "5005")
        rasa_processes = variables.read("RASA_PROCESSES", _whole(1, 64), "1")
        rasa_urls = ",".join(f"http://127.0.0.1:{rasa_port + n}" for n in range(rasa_processes))
        settings = cls(
            host=variables.read("HOST", _host, "127.0.0.1"),
            port=variables.read("PORT", _port, "8000"),
            database_url=variables.read("DATABASE_URL", _database_url, "sqlite+aiosqlite:///var/desk.db"),
            backend_database_url=variables.read(
                "BACKEND_DATABASE_URL", _database_url, "sqlite+aiosqlite:///var/backend.db"
            ),
            backend_port=backend_port,
            actions_port=variables.read("ACTIONS_PORT", _port, "5055"),
            rasa_port=rasa_port,
            rasa_processes=rasa_processes,
            rasa_urls=variables.read("RASA_URLS", _some(_url), rasa_urls),
            rasa_timeout=variables.read("RASA_TIMEOUT", _positive, "3.0"),
            utility_url=variables.read("UTILITY_URL", _url, f"http://127.0.0.1:{backend_port}"),
            utility_budget=variables.read("UTILITY_BUDGET", _positive, "3.0"),
            actions_secret=variables.read("ACTIONS_SECRET", _secret),
            utility_secret=variables.read("UTILITY_SECRET", _secret),
            webchat_secret=variables.read("WEBCHAT_SECRET", _secret),
            webchat_origins=variables.read("WEBCHAT_ORIGINS", _list(_origin), ""),
            webchat_token_hours=variables.read("WEBCHAT_TOKEN_HOURS", _whole(1, 8760), "24"),
            webchat_rate=variables.read("WEBCHAT_RATE", _rate, "20/minute"),
            webchat_global_rate=variables.read("WEBCHAT_GLOBAL_RATE", _rate, "3000/minute"),
            webchat_session_rate=variables.read("WEBCHAT_SESSION_RATE", _rate, "60/minute;600/hour"),
            cjk_font=variables.read("CJK_FONT", _file, "") or find_cjk_font(),
            log_level=variables.read("LOG_LEVEL", _log_level, "INFO"),
            lease_seconds=variables.read("LEASE_SECONDS", _positive, "10"),
        )
        _refuse_shared_ports(settings)
        return settings

    def to_environment(self) -> dict[str, str]:
        """Every variable with its value in force, secrets in the clear: what the launcher hands to its children."""
        return {variable: _text(getattr(self, name)) for name, variable in variables().items()}


def variables() -> dict[str, str]:
    """The field of each variable: {"port": "DIANDA_PORT", …}."""
    return {each.name: PREFIX + each.name.upper() for each in fields(Settings)}


def find_cjk_font() -> Path | None:
    """A font file of this machine that shows Chinese: a usual one, else what fontconfig knows."""
    for folder in FONT_FOLDERS:
        for name in FONT_NAMES:
            for found in sorted(Path(folder).expanduser().glob(f"**/{name}")):
                return found
    if not shutil.which("fc-list"):
        return None
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "file"], stdout=subprocess.PIPE, check=False).stdout.decode()
    files = sorted(line.split(":")[0] for line in listed.splitlines())
    return Path(files[0]) if files else None


class _Variables:
    """Reads one variable at a time and puts its name into what goes wrong."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def read(self, name: str, convert: Callable[[str], T], default: str | None = None) -> T:
        text = self._environment.get(PREFIX + name, "").strip() or default
        if text is None:
            raise SettingsError(f"{PREFIX}{name} is missing: set it, or start with `make run`, which makes the secrets")
        try:
            return convert(text)
        except ValueError as problem:
            raise SettingsError(f"{PREFIX}{name} {problem}") from None


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = set(variables().values())
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "docs/settings.md lists them all"
            raise SettingsError(f"{name} is not a setting: {hint}")


def _refuse_shared_ports(settings: Settings) -> None:
    rasa = {f"DIANDA_RASA_PORT (process {n + 1})": settings.rasa_port + n for n in range(settings.rasa_processes)}
    ports = {
        "DIANDA_PORT": settings.port,
        "DIANDA_BACKEND_PORT": settings.backend_port,
        "DIANDA_ACTIONS_PORT": settings.actions_port,
        **rasa,
    }
    taken: dict[int, str] = {}
    for name, port in ports.items():
        if port in taken:
            raise SettingsError(f"{name} is {port}, and so is {taken[port]}: give each process a port of its own")
        taken[port] = name


def _port(text: str) -> int:
    return _whole(1, 65535)(text)


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not lowest <= int(text) <= highest:
            raise ValueError(f"is {text!r}: it must be a whole number from {lowest} to {highest}")
        return int(text)

    return convert


def _positive(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) or float(text) == 0:
        raise ValueError(f"is {text!r}: it must be a number above 0, such as 3 or 2.5")
    return float(text)


def _host(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:_-]+", text):
        raise ValueError(f"is {text!r}: it must be an address or a host name, such as 127.0.0.1 or 0.0.0.0")
    return text


def _database_url(text: str) -> str:
    scheme = text.partition(":")[0]
    if scheme not in DATABASES or "://" not in text:
        raise ValueError(f"must begin with {DATABASES[0]}:/// or {DATABASES[1]}://, not with {scheme}:")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"is {text!r}: it must be an address such as http://127.0.0.1:8010")
    return text.rstrip("/")


def _origin(text: str) -> str:
    address = _url(text)
    if urlsplit(address).path or urlsplit(address).query:
        raise ValueError(f"has {text!r}: an origin is only scheme, host and port, such as https://www.example.com")
    return address


def _list(convert: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    return lambda text: tuple(convert(part.strip()) for part in text.split(",") if part.strip())


def _some(convert: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    def read(text: str) -> tuple[str, ...]:
        values = _list(convert)(text)
        if not values:
            raise ValueError("must name at least one")
        return values

    return read


def _secret(text: str) -> Secret:
    if len(text) < SHORTEST_SECRET or not re.fullmatch(r"[!-~]+", text):
        raise ValueError(f"must be at least {SHORTEST_SECRET} printable ASCII characters without blanks")
    return Secret(text)


def _rate(text: str) -> str:
    limit = r"[1-9][0-9]{0,8}/(second|minute|hour|day)"
    if not re.fullmatch(f"{limit}(;{limit})*", text):
        raise ValueError(f"is {text!r}: write it as 20/minute or 20/minute;200/hour (second, minute, hour, day)")
    return text


def _file(text: str) -> Path | None:
    if text and not Path(text).is_file():
        raise ValueError(f"is {text!r}: there is no such file")
    return Path(text) if text else None


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"is {text!r}: it must be one of {', '.join(LOG_LEVELS)}")
    return text.upper()


def _text(value: Any) -> str:
    """A value as its variable writes it."""
    if value is None:
        return ""
    if isinstance(value, Secret):
        return value.reveal()
    return ",".join(value) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    try:
        print(Settings.from_environment(os.environ))  # noqa: T201
    except SettingsError as error:
        raise SystemExit(f"settings: {error}") from None
