"""Keeps what supervisors may set; what nobody has set is as staff.Rules says."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from desk import staff_tables as s
from desk.database import Database
from desk.errors import DeskError
from desk.staff import Rules

DEFAULTS = Rules()


class BadRule(DeskError):
    """No rule has this name, or it cannot have this value."""


class RuleStore:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def read(self) -> Rules:
        async with self._db.read() as db:
            rows = (await db.execute(select(s.rule.c.name, s.rule.c.value))).all()
        known = {field.name for field in fields(Rules)}
        return Rules(**{row.name: _fitting(row.name, row.value) for row in rows if row.name in known})

    async def write(self, name: str, value: Any, by: str, now: datetime) -> None:
        """Raises BadRule."""
        value = _fitting(name, value)
        async with self._db.write() as db:
            await db.execute(delete(s.rule).where(s.rule.c.name == name))
            await db.execute(insert(s.rule).values(name=name, value=value, at=now, by=by))


def _fitting(name: str, value: Any) -> Any:
    default = getattr(DEFAULTS, name, None)
    if isinstance(default, bool):
        return bool(value)
    if isinstance(default, int) and isinstance(value, int) and 0 < value <= 86_400:
        return value
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        return tuple(str(word).strip() for word in value if str(word).strip())
    raise BadRule(f"{name}: {value!r}")
