"""How the text of a variable becomes a value. Each raises ValueError with the end of a sentence: what is wrong with it.

Standard library only, and Python 3.8, as settings.py.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, TypeVar
from urllib.parse import urlsplit

DATABASES = ("sqlite+aiosqlite", "postgresql+asyncpg")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SHORTEST_SECRET = 16

T = TypeVar("T")


@dataclass(frozen=True)
class Secret:
    """A value that does not show itself in logs and tracebacks."""

    _value: str = dataclasses.field(repr=False)

    def __str__(self) -> str:
        return "******"

    def reveal(self) -> str:
        return self._value


def port(text: str) -> int:
    return whole(1, 65535)(text)


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not lowest <= int(text) <= highest:
            raise ValueError(f"is {text!r}: it must be a whole number from {lowest} to {highest}")
        return int(text)

    return convert


def positive(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) or float(text) == 0:
        raise ValueError(f"is {text!r}: it must be a number above 0, such as 3 or 2.5")
    return float(text)


def host(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:_-]+", text):
        raise ValueError(f"is {text!r}: it must be an address or a host name, such as 127.0.0.1 or 0.0.0.0")
    return text


def database_url(text: str) -> str:
    scheme = text.partition(":")[0]
    if scheme not in DATABASES or "://" not in text:
        raise ValueError(f"must begin with {DATABASES[0]}:/// or {DATABASES[1]}://, not with {scheme}:")
    return text


def url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"is {text!r}: it must be an address such as http://127.0.0.1:8010")
    return text.rstrip("/")


def origin(text: str) -> str:
    address = url(text)
    if urlsplit(address).path or urlsplit(address).query:
        raise ValueError(f"has {text!r}: an origin is only scheme, host and port, such as https://www.example.com")
    return address


def listed(convert: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    return lambda text: tuple(convert(part.strip()) for part in text.split(",") if part.strip())


def field(text: str) -> str:
    if not re.fullmatch(r"[a-z_]+[0-9]*=[^=]+", text):
        raise ValueError(f"has {text!r}: write each field as thing1=…")
    return text


def optional(convert: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: convert(text) if text else ""


def some(convert: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    def read(text: str) -> tuple[str, ...]:
        values = listed(convert)(text)
        if not values:
            raise ValueError("must name at least one")
        return values

    return read


def secret(text: str) -> Secret:
    if len(text) < SHORTEST_SECRET or not re.fullmatch(r"[!-~]+", text):
        raise ValueError(f"must be at least {SHORTEST_SECRET} printable ASCII characters without blanks")
    return Secret(text)


def matching(pattern: str, what: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text and not re.fullmatch(pattern, text):
            raise ValueError(f"must be {what}")
        return text

    return convert


def hidden(pattern: str, what: str) -> Callable[[str], Secret]:
    """A secret that may be absent (empty)."""
    return lambda text: Secret(matching(pattern, what)(text))


def one_of(*words: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text not in words:
            raise ValueError(f"is {text!r}: it must be one of {', '.join(words)}")
        return text

    return convert


def yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError(f"is {text!r}: it must be yes or no")
    return text == "yes"


def rate(text: str) -> str:
    limit = r"[1-9][0-9]{0,8}/(second|minute|hour|day)"
    if not re.fullmatch(f"{limit}(;{limit})*", text):
        raise ValueError(f"is {text!r}: write it as 20/minute or 20/minute;200/hour (second, minute, hour, day)")
    return text


def file(text: str) -> Path | None:
    if text and not Path(text).is_file():
        raise ValueError(f"is {text!r}: there is no such file")
    return Path(text) if text else None


def log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"is {text!r}: it must be one of {', '.join(LOG_LEVELS)}")
    return text.upper()


def written(value: Any) -> str:
    """A value as its variable writes it."""
    if value is None:
        return ""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, tuple) else str(value)
