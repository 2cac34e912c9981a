"""How grants come into being and are decided: once each, with news for those they are for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.breaches import Found
from backend.figures import figures
from backend.locks import hold, insert
from backend.problems import Impossible, Missing
from backend.tables import GrantNewsRow, GrantRow, Row
from utility.compensation import ApplicationState, GrantDecision, GrantState

AUTOMATIC: Final = "compensation_automatic"
"""A policy: 1 gives at once what a rule gives, 0 lets staff look first."""
LOCK: Final = "grant-news"
PAGE: Final = 1000
"""Grants that are decided in one transaction when an outage's are decided alike."""


async def alone(session: AsyncSession) -> None:
    """Whoever grants, decides or answers is alone until the transaction ends: nothing is granted twice, and a reader
    of the news never skips one."""
    await hold(session, LOCK)


async def first_state(session: AsyncSession) -> GrantState:
    automatic = (await figures(session, AUTOMATIC))[AUTOMATIC].value
    return GrantState.GRANTED if automatic == "1" else GrantState.PENDING


async def give(
    session: AsyncSession,
    outage_id: str,
    found: Sequence[Found],
    state: GrantState,
    now: datetime,
    told: str | None = None,
) -> list[Found]:
    """What was not there before. `told`: the conversation that hears of it at once. Call it `alone`."""
    wanted = {one.account_no for one in found}
    there = select(GrantRow.account_no, GrantRow.rule_id)
    there = there.where(GrantRow.outage_id == outage_id, GrantRow.account_no.in_(wanted))
    known = {(account, rule) for account, rule in await session.execute(there)}
    fresh = [one for one in found if (one.account_no, one.due.rule.id) not in known]
    if fresh:
        rows = [_row(outage_id, one, state, now) for one in fresh]
        made = await session.scalars(insert(session, GrantRow).returning(GrantRow.id), rows)
        ids = sorted(made)
        if state is GrantState.GRANTED:
            await _news(session, [{"grant_id": id, "state": state, "told": told} for id in ids], now)
    return fresh


def _row(outage_id: str, one: Found, state: GrantState, now: datetime) -> Row:
    rule, given = one.due.rule, state is GrantState.GRANTED
    return {
        "outage_id": outage_id,
        "account_no": one.account_no,
        "rule_id": rule.id,
        "rule_version": rule.version,
        "rule_name": rule.name,
        "breach": rule.breach,
        "state": state,
        "amount": one.due.amount,
        "reason": one.due.reason,
        "source": rule.source,
        "created_at": now,
        "decided_at": now if given else None,
        "decided_by": "" if given else None,
        "decision": "",
    }


async def _news(session: AsyncSession, rows: Iterable[Row], now: datetime) -> None:
    last = await session.scalar(select(func.max(GrantNewsRow.id))) or 0
    empty: Row = {"grant_id": None, "application_id": None, "told": None, "at": now}
    numbered = [empty | row | {"id": number} for number, row in enumerate(rows, start=last + 1)]
    await session.execute(insert(session, GrantNewsRow), numbered)


async def tell_answer(session: AsyncSession, application_id: int, state: ApplicationState, now: datetime) -> None:
    """News of an application that ended without a grant. Call it `alone`."""
    await session.flush()
    await _news(session, [{"application_id": application_id, "state": state}], now)


async def decide(session: AsyncSession, id: int, state: GrantState, wish: GrantDecision, now: datetime) -> GrantRow:
    """Once: the same decision again changes nothing. Missing; Impossible when it was decided otherwise."""
    await alone(session)
    row = await session.scalar(select(GrantRow).where(GrantRow.id == id).with_for_update())
    if row is None:
        raise Missing("no such grant")
    if row.state == state:
        return row
    if row.state != GrantState.PENDING:
        raise Impossible(f"the grant is {row.state} already")
    row.state, row.decided_at, row.decided_by, row.decision = state, now, wish.staff, wish.reason
    await session.flush()
    await _news(session, [{"grant_id": id, "state": state}], now)
    return row


async def decide_page(
    session: AsyncSession, outage_id: str, state: GrantState, wish: GrantDecision, now: datetime
) -> list[GrantRow]:
    """A page of an outage's grants that wait, decided alike; empty when none is left. The caller commits between two
    pages."""
    await alone(session)
    waiting = select(GrantRow).where(GrantRow.outage_id == outage_id, GrantRow.state == GrantState.PENDING)
    rows = list(await session.scalars(waiting.order_by(GrantRow.id).limit(PAGE).with_for_update()))
    for row in rows:
        row.state, row.decided_at, row.decided_by, row.decision = state, now, wish.staff, wish.reason
    await session.flush()
    if rows:
        await _news(session, [{"grant_id": row.id, "state": state} for row in rows], now)
    return rows
