"""Applications for compensation: answered at once where a rule decides, else as soon as one can."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import compensation_wording as say
from backend.breaches import PUBLIC, Case, Found, Home, case_of, extents_of, home_of
from backend.compensation_rules import LATE, within
from backend.figures import whole
from backend.granting import alone, first_state, give, tell_answer
from backend.problems import Impossible, Invalid, Missing
from backend.tables import AccountRow, CompensationApplicationRow, GrantRow, OutagePlaceRow, OutageRow
from utility.compensation import ApplicationDecision, ApplicationRequest, ApplicationState, GrantState
from utility.models import OutageKind

DAYS: Final = "compensation_application_days"
"""A policy: so many days back an outage is looked for when the customer named none."""
BATCH: Final = 200

S = ApplicationState


@dataclass(frozen=True)
class Answer:
    """`found` is what the rules give; then amount and words come from the grants."""

    state: ApplicationState
    decision: str
    outage_id: str | None = None
    found: tuple[Found, ...] = ()


async def apply(session: AsyncSession, wish: ApplicationRequest, key: str, now: datetime) -> CompensationApplicationRow:
    """Once per key; who asks again while one waits has that one looked at anew. Invalid: no such outage or account."""
    await alone(session)
    table = CompensationApplicationRow
    if made := await session.scalar(select(table).where(table.key == key)):
        return made
    account = await session.get(AccountRow, wish.account_no)
    if account is None:
        raise Invalid("body.account_no: no such account")
    answer = await _answer(session, home_of(account), wish.outage_id, now)
    row = await _waiting(session, wish) or table(
        key=key, conversation=wish.conversation, account_no=wish.account_no, reason=wish.reason, at=now
    )
    await _settle(session, row, answer, now, told=wish.conversation)
    session.add(row)
    await session.flush()
    return row


async def _waiting(session: AsyncSession, wish: ApplicationRequest) -> CompensationApplicationRow | None:
    table = CompensationApplicationRow
    own = select(table).where(table.conversation == wish.conversation, table.account_no == wish.account_no)
    own = own.where(table.state == S.QUEUED)
    if wish.outage_id is not None:
        own = own.where(or_(table.outage_id.is_(None), table.outage_id == wish.outage_id))
    return await session.scalar(own.order_by(table.id).limit(1))


# --- looking ----------------------------------------------------------------------------------------------------


async def _answer(session: AsyncSession, home: Home, outage_id: str | None, now: datetime) -> Answer:
    if outage_id is not None:
        return await _look(session, home, await public_outage(session, outage_id), now)
    looked = [await _look(session, home, outage, now) for outage in await _candidates(session, home, now)]
    days = await whole(session, DAYS)
    return next(
        (answer for state in (S.PENDING, S.QUEUED, S.NOT_ELIGIBLE) for answer in looked if answer.state is state),
        Answer(S.QUEUED, say.NO_OUTAGE.format(days=days)),
    )


async def public_outage(session: AsyncSession, outage_id: str) -> OutageRow:
    """Invalid for what customers do not see."""
    outage = await session.get(OutageRow, outage_id)
    if outage is None or outage.drill or outage.draft:
        raise Invalid("body.outage_id: no such outage")
    return outage


async def _candidates(session: AsyncSession, home: Home, now: datetime) -> Sequence[OutageRow]:
    """Outages that hit the account lately, the newest first."""
    since = now - timedelta(days=await whole(session, DAYS))
    here = select(OutagePlaceRow.outage_id).where(OutagePlaceRow.place_id == home.place_id)
    query = select(OutageRow).where(OutageRow.id.in_(here), *PUBLIC)
    query = query.where(OutageRow.starts_at >= since, OutageRow.starts_at <= now)
    near = list(await session.scalars(query.order_by(OutageRow.starts_at.desc())))
    extents = await extents_of(session, near)
    return [outage for outage in near if extents[outage.id].holds(home)]


async def _look(session: AsyncSession, home: Home, outage: OutageRow, now: datetime) -> Answer:
    """What the rules say of one outage and one account. Writes nothing."""
    words = {"scope": outage.scope, "kind": outage.kind, "id": outage.id}
    if outage.cancelled:
        return Answer(S.NOT_ELIGIBLE, say.CANCELLED.format(**words), outage.id)
    if OutageKind(outage.kind) not in LATE:
        return Answer(S.NOT_ELIGIBLE, say.NOT_KIND.format(**words), outage.id)
    if not (await extents_of(session, [outage]))[outage.id].holds(home):
        return Answer(S.NOT_ELIGIBLE, say.NOT_HIT.format(**words), outage.id)
    case = await case_of(session, outage, now)
    if case is None:
        return Answer(S.QUEUED, say.NOT_OVER.format(**words), outage.id)
    return _by_rule(case, home, outage.id)


def _by_rule(case: Case, home: Home, outage_id: str) -> Answer:
    if due := case.dues(home):
        return Answer(S.PENDING, "", outage_id, tuple(Found(home.account_no, each) for each in due))
    rules = case.rules_for(home)
    if not rules:
        return Answer(S.NOT_ELIGIBLE, say.NO_RULE, outage_id)
    return Answer(S.NOT_ELIGIBLE, within(rules, case.lapse, case.times(home)), outage_id)


# --- answering --------------------------------------------------------------------------------------------------


async def _settle(
    session: AsyncSession, row: CompensationApplicationRow, answer: Answer, now: datetime, told: str | None = None
) -> None:
    """Write the answer into the application, and what it gives into the grants."""
    row.outage_id, row.state, row.decision, row.amount = answer.outage_id, answer.state, answer.decision, None
    row.decided_at = None if answer.state is S.QUEUED else now
    if answer.found and answer.outage_id:
        await give(session, answer.outage_id, answer.found, await first_state(session), now, told)
        _follow(row, await _grants(session, answer.outage_id, row.account_no), now)


async def follow(session: AsyncSession, outage_id: str, accounts: Sequence[str], now: datetime) -> None:
    """Grants of one outage were decided: so are the applications for them."""
    table = CompensationApplicationRow
    waiting = select(table).where(table.outage_id == outage_id, table.account_no.in_(accounts))
    for row in list(await session.scalars(waiting.where(table.state != S.QUEUED))):
        if grants := await _grants(session, outage_id, row.account_no):
            _follow(row, grants, now)
    await session.flush()


async def _grants(session: AsyncSession, outage_id: str, account_no: str) -> list[GrantRow]:
    mine = select(GrantRow).where(GrantRow.outage_id == outage_id, GrantRow.account_no == account_no)
    return list(await session.scalars(mine.order_by(GrantRow.id)))


def _follow(row: CompensationApplicationRow, grants: Sequence[GrantRow], now: datetime) -> None:
    states = {grant.state for grant in grants}
    first = (S.PENDING, S.GRANTED, S.REJECTED)
    row.state = next(state for state in first if state in states)
    row.amount = sum((grant.amount for grant in grants if grant.state != GrantState.REJECTED), Decimal(0)) or None
    row.decision = say.AND.join(words(grant) for grant in grants)
    row.decided_at = None if row.state == S.PENDING else now


def words(grant: GrantRow) -> str:
    """The reason with its figures, and how far it is."""
    waits = [say.WAITS] if grant.state == GrantState.PENDING else []
    said = [say.STAFF_SAID.format(reason=grant.decision)] if grant.decision else []
    return say.AND.join([grant.reason, *waits, *said])


async def answer_waiting(session: AsyncSession, outage_id: str, now: datetime) -> int:
    """The applications that waited for the end of an outage; how many. Commits as it goes."""
    table, count = CompensationApplicationRow, 0
    outage = await session.get_one(OutageRow, outage_id)
    while True:
        await alone(session)
        waiting = select(table).where(table.state == S.QUEUED, table.outage_id == outage_id)
        rows = list(await session.scalars(waiting.order_by(table.id).limit(BATCH)))
        for row in rows:
            account = await session.get(AccountRow, row.account_no)
            await _answer_late(session, row, account, outage, now)
        await session.commit()
        count += sum(row.state != S.QUEUED for row in rows)
        if not rows or any(row.state == S.QUEUED for row in rows):
            return count


async def _answer_late(
    session: AsyncSession,
    row: CompensationApplicationRow,
    account: AccountRow | None,
    outage: OutageRow,
    now: datetime,
) -> None:
    if account is None:
        answer = Answer(S.NOT_ELIGIBLE, say.NO_RULE, outage.id)
    else:
        answer = await _look(session, home_of(account), outage, now)
    await _settle_late(session, row, answer, now)


async def _settle_late(session: AsyncSession, row: CompensationApplicationRow, answer: Answer, now: datetime) -> None:
    """The customer went away meanwhile: a no is news too, a grant is news by itself."""
    await _settle(session, row, answer, now)
    if row.state == S.NOT_ELIGIBLE:
        await tell_answer(session, row.id, S.NOT_ELIGIBLE, now)


async def decide_application(
    session: AsyncSession, id: int, wish: ApplicationDecision, now: datetime
) -> CompensationApplicationRow:
    """Staff answer one that waits: the rules decide about the outage they found, or they say no. Who decided it may
    send it again; Impossible for somebody else, or when it needs nobody. Missing, Invalid: no such outage."""
    await alone(session)
    row = await session.get(CompensationApplicationRow, id)
    if row is None:
        raise Missing("no such application")
    if row.decided_by == wish.staff:
        return row
    if row.state != S.QUEUED:
        raise Impossible(f"the application is {row.state} already")
    said = say.STAFF_SAID.format(reason=wish.reason)
    row.decided_by = wish.staff
    if wish.outage_id is None:
        await _settle_late(session, row, Answer(S.NOT_ELIGIBLE, said, row.outage_id), now)
    else:
        account = await session.get(AccountRow, row.account_no)
        outage = await public_outage(session, wish.outage_id)
        await _answer_late(session, row, account, outage, now)
        row.decision = say.AND.join([row.decision, said])
    await session.flush()
    return row
