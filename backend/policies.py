"""The numbers that rules use, as rows: tries and pauses of the identity check, life of a grant, late fees."""

from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.problems import Unready
from backend.tables import PolicyRow


@dataclass(frozen=True)
class Policies:
    """Minutes, hours and counts as their names say; late fees are shares of the bill a day, the least one is yuan."""

    region: str
    identity_tries: int
    identity_pause_minutes: int
    identity_account_tries_per_day: int
    grant_minutes: int
    joining_hours: int
    announced_days: int
    restored_hours: int
    late_fee_resident: Decimal
    late_fee_other: Decimal
    late_fee_other_next_year: Decimal
    late_fee_least: Decimal

    @property
    def identity_pause(self) -> timedelta:
        return timedelta(minutes=self.identity_pause_minutes)


async def policies(session: AsyncSession) -> Policies:
    """All of them; Unready when the town was never seeded."""
    rows = {row.name: row.value for row in await session.scalars(select(PolicyRow))}
    missing = [field.name for field in fields(Policies) if field.name not in rows]
    if missing:
        raise Unready(f"policies without a value: {', '.join(missing)}; run python -m backend.seed")
    return Policies(**{field.name: field.type(rows[field.name]) for field in fields(Policies)})  # type: ignore[operator]
