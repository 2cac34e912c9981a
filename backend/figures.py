"""One number of a rule by its name, with its source: for rules that are a noun's own."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.problems import Unready
from backend.tables import PolicyRow


async def figures(session: AsyncSession, *names: str) -> dict[str, PolicyRow]:
    """Unready when the town was never seeded."""
    rows = {row.name: row for row in await session.scalars(select(PolicyRow).where(PolicyRow.name.in_(names)))}
    missing = [name for name in names if name not in rows]
    if missing:
        raise Unready(f"policies without a value: {', '.join(missing)}; run python -m backend.seed")
    return rows


async def whole(session: AsyncSession, name: str) -> int:
    """A figure that is a whole number."""
    return int((await figures(session, name))[name].value)
