"""The public side of a plan: the outage that customers see, its places and its steps."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import plan_wording as say
from backend import wording
from backend.locks import insert
from backend.plan_approval import approved
from backend.plan_impact import Judged
from backend.tables import OutagePlaceRow, OutageRow, OutageStepRow, PlanRow, Row
from utility.plans import PlanWish

NAMES = {
    "starts_at": say.START,
    "ends_at": say.END,
    "expected_at": say.END,
    "scope": say.SCOPE,
    "buildings": say.SCOPE,
    "transformer_areas": say.SCOPE,
    "reason": say.REASON,
    "kind": say.KIND,
}


async def public(session: AsyncSession, wish: PlanWish, judged: Judged) -> Row:
    """The columns of the outage. Ordered power use says its measure, and the approval is its source."""
    ordered = await approved(session, wish.approved_list) if wish.approved_list else None
    return {
        "kind": wish.kind,
        "buildings": judged.reach.scope.buildings,
        "scope": judged.impact.scope_text,
        "feeder": judged.reach.feeder,
        "transformer_areas": judged.reach.area_names,
        "reason": say.ORDERED.format(measure=wish.measure, reason=wish.reason) if wish.measure else wish.reason,
        "starts_at": wish.starts_at,
        "ends_at": wish.ends_at,
        "expected_at": wish.ends_at,
        "source": ordered.document if ordered else wording.OUTAGES,
    }


def differences(outage: OutageRow, values: Row) -> list[str]:
    """What customers would see otherwise, in words; empty when they would see the same."""
    found = [name for column, name in NAMES.items() if getattr(outage, column) != values[column]]
    return list(dict.fromkeys(found))


def grown(plan: PlanRow, outage: OutageRow, judged: Judged, places: set[str]) -> bool:
    """Does it concern anybody whom it did not concern before? No buildings are all of them."""
    reach = judged.reach
    before, after = set(plan.scope.buildings), set(reach.scope.buildings)
    return bool(
        set(reach.place_ids) - places
        or set(reach.area_names) - set(outage.transformer_areas)
        or set(reach.scope.accounts) - set(plan.scope.accounts)
        or (before and (not after or after - before))
    )


async def places_of(session: AsyncSession, outage_id: str) -> set[str]:
    return set(await session.scalars(select(OutagePlaceRow.place_id).where(OutagePlaceRow.outage_id == outage_id)))


async def put_places(session: AsyncSession, outage_id: str, place_ids: list[str]) -> None:
    await session.execute(delete(OutagePlaceRow).where(OutagePlaceRow.outage_id == outage_id))
    await session.execute(
        insert(session, OutagePlaceRow), [{"outage_id": outage_id, "place_id": place} for place in place_ids]
    )


async def step(session: AsyncSession, outage_id: str, name: str, note: str, at: datetime) -> None:
    """One more line of progress."""
    taken = select(func.max(OutageStepRow.position)).where(OutageStepRow.outage_id == outage_id)
    newest = await session.scalar(taken)
    position = 0 if newest is None else newest + 1
    session.add(OutageStepRow(outage_id=outage_id, position=position, name=name, at=at, note=note, expected_at=None))
    await session.flush()
