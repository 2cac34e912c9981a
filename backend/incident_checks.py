"""Checklists per type of fault with their bans, and why a fault happened."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import incident_wording as say
from backend.incident_files import begin, check_cause, check_type, incident_there, keep
from backend.locks import hold
from backend.problems import Invalid, Missing
from backend.tables import CauseCodeRow, ChecklistItemRow, FaultTypeRow, IncidentCheckRow, IncidentRow
from utility.incidents import Cause, CauseWish, Check, CheckWish, FaultType, IncidentRules


async def rules(session: AsyncSession) -> IncidentRules:
    """Everything that there is to choose from."""
    items = list(await session.scalars(select(ChecklistItemRow).order_by(ChecklistItemRow.position)))
    types = await session.scalars(select(FaultTypeRow).order_by(FaultTypeRow.position))
    causes = await session.scalars(select(CauseCodeRow).order_by(CauseCodeRow.position))
    return IncidentRules(
        fault_types=[
            FaultType(
                name=row.name,
                checklist=[_check(item, None) for item in items if item.fault_type == row.name],
                source=row.source,
            )
            for row in types
        ],
        causes=[Cause(code=row.code, name=row.name, source=row.source) for row in causes],
    )


async def checklist(session: AsyncSession, incident: IncidentRow) -> list[Check]:
    """Of the fault type, and what became of each item."""
    mine = select(ChecklistItemRow).where(ChecklistItemRow.fault_type == incident.fault_type)
    items = await session.scalars(mine.order_by(ChecklistItemRow.position))
    done = select(IncidentCheckRow).where(IncidentCheckRow.outage_id == incident.outage_id)
    ticks = {row.item_id: row for row in await session.scalars(done)}
    return [_check(item, ticks.get(item.id)) for item in items]


def _check(item: ChecklistItemRow, tick: IncidentCheckRow | None) -> Check:
    return Check(
        id=item.id,
        text=item.text,
        forbidden=item.forbidden,
        source=item.source,
        done_by=tick.done_by if tick else "",
        done_at=tick.done_at if tick else None,
        violation=tick.violation if tick else "",
    )


async def tick(session: AsyncSession, outage_id: str, item_id: str, wish: CheckWish, now: datetime) -> IncidentRow:
    """Somebody went through an item; the same again is harmless. A violation that is on record stays on record.

    Missing: no such incident, or no such item of its type. Invalid: a violation of what is no ban.
    """
    await hold(session, "incidents")
    incident, _outage = await incident_there(session, outage_id)
    item = await session.get(ChecklistItemRow, item_id)
    if item is None or item.fault_type != incident.fault_type:
        raise Missing(say.NO_ITEM)
    if wish.violation and not item.forbidden:
        raise Invalid(f"body.violation: {say.NOT_A_BAN}")
    row = await session.get(IncidentCheckRow, (outage_id, item_id))
    if row is None:
        row = IncidentCheckRow(outage_id=outage_id, item_id=item_id, done_by=wish.staff, done_at=now, violation="")
        session.add(row)
    elif not wish.violation or wish.violation == row.violation:
        return incident
    if wish.violation:
        row.violation, row.done_by, row.done_at = wish.violation, wish.staff, now
        await keep(session, outage_id, None, say.VIOLATION, wish.staff, f"{item.text}：{wish.violation}", now)
    await session.flush()
    return incident


async def put_cause(session: AsyncSession, outage_id: str, wish: CauseWish, key: str, now: datetime) -> IncidentRow:
    """Why it happened and who answers for it; may be said again when it turned out otherwise. Invalid, Missing."""
    key = f"cause:{key}"
    if made := await begin(session, key):
        return made
    incident, _outage = await incident_there(session, outage_id)
    await check_cause(session, wish.cause_code)
    await check_type(session, wish.fault_type)
    incident.cause_code, incident.responsible_unit = wish.cause_code, wish.responsible_unit
    incident.fault_type = wish.fault_type or incident.fault_type
    said = f"{wish.cause_code} {wish.responsible_unit} {wish.note}".strip()
    await keep(session, outage_id, key, say.CAUSE, wish.staff, said, now)
    return incident
