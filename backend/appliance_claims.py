"""Damaged appliances: taken in within the days of the rule, with a calculation that is shown and a ticket."""

from collections.abc import Sequence
from datetime import date, datetime

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import compensation_wording as say
from backend.appliance_lines import lines_of, rules_of_claims, too_late, value_of
from backend.bindings import company
from backend.compensation_applications import public_outage
from backend.hours import desk
from backend.limits import due_at, limits_in_force
from backend.locks import bucket, hold
from backend.parts import Now, Reading, Writing
from backend.problems import Invalid, Unready
from backend.tables import ApplianceClaimRow, ApplianceClassRow, TicketRow
from backend.ticket_making import make
from backend.tickets import Conversation, Key
from utility.compensation import ApplianceClaim, ApplianceClaimRequest, ApplianceClass, ClaimState
from utility.models import TicketKind, TicketRequest, TicketStatus, TimeLimit

router = APIRouter(tags=["家电损坏"])


async def classes_in_force(session: AsyncSession, today: date) -> list[ApplianceClass]:
    """The newest row of each class."""
    query = select(ApplianceClassRow).where(ApplianceClassRow.valid_from <= today)
    newest = {row.name: row for row in await session.scalars(query.order_by(ApplianceClassRow.valid_from))}
    return [
        ApplianceClass(
            name=row.name, years=row.years, examples=row.examples, source=row.source, valid_from=row.valid_from
        )
        for row in sorted(newest.values(), key=lambda row: row.position)
    ]


@router.get("/appliance-classes", summary="家用电器使用年限")
async def appliance_classes(session: Reading, now: Now) -> list[ApplianceClass]:
    """How many years appliances of a class serve, for the calculation; each with its source."""
    return await classes_in_force(session, now.date())


@router.post("/appliance-claims", status_code=201, summary="登记家电损坏")
async def claim(wish: ApplianceClaimRequest, key: Key, session: Writing, now: Now) -> ApplianceClaim:
    """Carried out once per key. Within the days of the rule a ticket is made and the calculation shown
    (测算，以核定为准); later the answer says by which rule it is too late, and no ticket is made."""
    await hold(session, bucket("appliance-claims", key))
    row = await session.scalar(select(ApplianceClaimRow).where(ApplianceClaimRow.key == key))
    if row is None:
        row = await _new(session, wish, key, now)
    ticket = await session.get(TicketRow, row.ticket_no) if row.ticket_no else None
    return _claim(row, ticket)


@router.get("/appliance-claims", summary="本会话的家电损坏登记")
async def claims(conversation: Conversation, session: Reading) -> list[ApplianceClaim]:
    """Newest first: of this conversation, and of those that are bound to one of its accounts, as with tickets."""
    query = select(ApplianceClaimRow, TicketRow).outerjoin(TicketRow, TicketRow.no == ApplianceClaimRow.ticket_no)
    mine = query.where(ApplianceClaimRow.conversation.in_(await company(session, conversation)))
    return [_claim(row, ticket) for row, ticket in await session.execute(mine.order_by(ApplianceClaimRow.id.desc()))]


async def _new(session: AsyncSession, wish: ApplianceClaimRequest, key: str, now: datetime) -> ApplianceClaimRow:
    """Invalid for days that cannot be, an unknown outage, class or place."""
    _check_days(wish, now.date())
    if wish.outage_id:
        await public_outage(session, wish.outage_id)
    rules, cls = await rules_of_claims(session), await _class_of(session, wish, now.date())
    in_time = (now.date() - wish.damaged_on).days <= rules.limit
    row = ApplianceClaimRow(
        key=key,
        conversation=wish.conversation,
        account_no=wish.account_no,
        outage_id=wish.outage_id,
        ticket_no=None,
        state=ClaimState.RECEIVED if in_time else ClaimState.TOO_LATE,
        appliance=wish.appliance,
        appliance_class=cls.name if cls else "",
        price=wish.price,
        bought_on=wish.bought_on,
        damaged_on=wish.damaged_on,
        description=wish.description,
        estimate=None,
        lines=too_late(wish, rules, now.date()),
        promise=None,
        due_at=None,
        at=now,
    )
    if in_time:
        value = value_of(wish, cls, rules)
        row.estimate, row.lines = value.amount if value else None, list(lines_of(wish, cls, rules, value, now.date()))
        await _hand_over(session, row, wish, now)
    session.add(row)
    await session.flush()
    return row


def _check_days(wish: ApplianceClaimRequest, today: date) -> None:
    if wish.damaged_on > today:
        raise Invalid("body.damaged_on: after today")
    if wish.bought_on > wish.damaged_on:
        raise Invalid("body.bought_on: after it was damaged")


async def _class_of(session: AsyncSession, wish: ApplianceClaimRequest, today: date) -> ApplianceClass | None:
    """As named, else the one with the longest example that the appliance's name contains."""
    known = await classes_in_force(session, today)
    if wish.appliance_class:
        found = next((cls for cls in known if cls.name == wish.appliance_class), None)
        if found is None:
            raise Invalid("body.appliance_class: no such class")
        return found
    named = [(len(example), cls) for cls in known for example in cls.examples if example in wish.appliance]
    return max(named, key=lambda one: one[0])[1] if named else None


# --- the ticket ---------------------------------------------------------------------------------------------------


async def _hand_over(session: AsyncSession, row: ApplianceClaimRow, wish: ApplianceClaimRequest, now: datetime) -> None:
    """A ticket that carries the promise of claims instead of a usual request's."""
    ticket = (await make(session, _request(row, wish), f"claim:{row.key}", now)).ticket
    promise = _promise(await limits_in_force(session, now.date()))
    row.promise, row.due_at = promise, due_at(promise, now, await desk(session, now.date()))
    row.ticket_no, ticket.limits, ticket.due_at = ticket.no, [promise], row.due_at


def _promise(limits: Sequence[TimeLimit]) -> TimeLimit:
    for limit in limits:
        if limit.matter == say.PROMISE:
            return limit
    raise Unready(f"no time limit for {say.PROMISE}; run python -m backend.seed")


def _request(row: ApplianceClaimRow, wish: ApplianceClaimRequest) -> TicketRequest:
    description = say.CLAIM.format(
        appliance=row.appliance,
        cls=row.appliance_class or say.UNCLASSED,
        damaged=row.damaged_on,
        bought=row.bought_on,
        price=row.price,
        outage=say.CLAIM_OUTAGE.format(id=row.outage_id) if row.outage_id else "",
        description=wish.description,
    )
    return TicketRequest(
        kind=TicketKind.SERVICE,
        channel=wish.channel,
        conversation=wish.conversation,
        phone=wish.phone,
        account_no=wish.account_no,
        place_id=wish.place_id,
        address=wish.address,
        symptom=say.SKILL,
        description=description,
        skill=say.SKILL,
    )


def _claim(row: ApplianceClaimRow, ticket: TicketRow | None) -> ApplianceClaim:
    return ApplianceClaim(
        id=row.id,
        state=ClaimState(row.state),
        appliance=row.appliance,
        appliance_class=row.appliance_class,
        price=row.price,
        bought_on=row.bought_on,
        damaged_on=row.damaged_on,
        estimate=row.estimate,
        lines=row.lines,
        promise=row.promise,
        due_at=row.due_at,
        ticket_no=row.ticket_no,
        ticket_status=TicketStatus(ticket.status) if ticket else None,
        outage_id=row.outage_id,
        at=row.at,
        source=say.CLAIMS,
    )
