"""Whom an outage concerns: customers with an account that is off, who asked to be told, and who reported it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Self

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, Select, false, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend.breaches import extents_of
from backend.parts import Reading
from backend.problems import Missing
from backend.refusals import MISSING
from backend.tables import (
    AccountRow,
    BindingRow,
    OutagePlaceRow,
    OutageRow,
    PlaceRow,
    SubscriptionRow,
    TicketPartyRow,
    TicketRow,
)
from utility.incidents import Because, Recipient

router = APIRouter(tags=["故障事件"])

After = Annotated[str, Query(max_length=200, description="the last conversation of the page before")]
Limit = Annotated[int, Query(ge=1, le=1000)]
Conversations = Select[str]


@dataclass(frozen=True)
class Audience:
    """The three ways in which an outage concerns somebody, each a query of conversations."""

    off: ColumnElement[bool]
    places: Select[str]
    outage_id: str

    @classmethod
    async def of(cls, session: AsyncSession, outage: OutageRow) -> Self:
        extent = (await extents_of(session, [outage]))[outage.id]
        return cls(or_(false(), *extent.parts()), _places(outage.id), outage.id)

    def bound(self) -> Conversations:
        joined = select(BindingRow.conversation).join(AccountRow, AccountRow.account_no == BindingRow.account_no)
        return joined.where(self.off)

    def subscribed(self) -> Conversations:
        """Of a place; who subscribed to an account is bound to it."""
        return select(SubscriptionRow.conversation).where(SubscriptionRow.place_id.in_(self.places))

    def reported(self) -> Conversations:
        joined = select(TicketPartyRow.conversation).join(TicketRow, TicketRow.no == TicketPartyRow.ticket_no)
        return joined.where(TicketRow.outage_id == self.outage_id)

    def everybody(self) -> ColumnElement[str]:
        """Each once: the column of a union."""
        column: ColumnElement[str] = union(self.bound(), self.subscribed(), self.reported()).subquery().c.conversation
        return column

    def page(self, after: str, limit: int) -> Select[str]:
        """In the database's order of conversations; no way is read further than the page needs."""
        ways = ((self.bound(), BindingRow.conversation), (self.subscribed(), SubscriptionRow.conversation),
                (self.reported(), TicketPartyRow.conversation))  # fmt: skip
        heads = [way.where(column > after).distinct().order_by(column).limit(limit).subquery() for way, column in ways]
        whole = union(*(select(head.c.conversation) for head in heads)).subquery()
        return select(whole.c.conversation).order_by(whole.c.conversation).limit(limit)


def _places(outage_id: str) -> Select[str]:
    """The outage's places, and the streets they lie on: a street hears of the communities on it."""
    street = aliased(PlaceRow)
    near = or_(street.id == PlaceRow.id, street.name == PlaceRow.street)
    joined = select(street.id).select_from(OutagePlaceRow).join(PlaceRow, PlaceRow.id == OutagePlaceRow.place_id)
    return joined.join(street, near).where(OutagePlaceRow.outage_id == outage_id)


@router.get("/staff/outages/{outage_id}/audience", summary="一次停电涉及的客户", responses=MISSING)
async def audience(outage_id: str, session: Reading, after: After = "", limit: Limit = 500) -> list[Recipient]:
    """Each conversation once, in a fixed order: read on after the last one. Fewer than `limit`: that was the end."""
    outage = await session.get(OutageRow, outage_id)
    if outage is None:
        raise Missing("no such outage")
    found = await Audience.of(session, outage)
    names = list(await session.scalars(found.page(after, limit)))
    return await _recipients(session, found, names)


async def silent(session: AsyncSession, outage: OutageRow, answered: Select[str]) -> int:
    """How many of them are not among `answered`."""
    everybody = (await Audience.of(session, outage)).everybody()
    return await session.scalar(select(func.count(everybody)).where(everybody.not_in(answered))) or 0


@dataclass
class Known:
    """What is known of one recipient; the first place that is found stands for them."""

    accounts: list[str] = field(default_factory=list)
    place: str = ""
    because: Because = Because.REPORTED
    important: bool = False


async def _recipients(session: AsyncSession, found: Audience, names: Sequence[str]) -> list[Recipient]:
    known = {name: Known() for name in names}
    await _read_accounts(session, found, known)
    await _read_subscriptions(session, found, known)
    await _read_reports(session, found, known)
    return [
        Recipient(
            conversation=name,
            place=one.place,
            accounts_masked=one.accounts,
            because=one.because,
            important=one.important,
        )
        for name, one in known.items()
    ]


async def _read_accounts(session: AsyncSession, found: Audience, known: dict[str, Known]) -> None:
    query = select(BindingRow.conversation, AccountRow, PlaceRow).where(BindingRow.conversation.in_(known), found.off)
    query = query.join(AccountRow, AccountRow.account_no == BindingRow.account_no)
    query = query.join(PlaceRow, PlaceRow.id == AccountRow.place_id).order_by(BindingRow.at, AccountRow.account_no)
    for name, account, place in await session.execute(query):
        one = known[name]
        one.accounts.append(account.account_no[-4:])
        one.place, one.because = one.place or _name(place), Because.BOUND
        one.important = one.important or account.important_kind is not None


async def _read_subscriptions(session: AsyncSession, found: Audience, known: dict[str, Known]) -> None:
    query = select(SubscriptionRow, PlaceRow).join(PlaceRow, PlaceRow.id == SubscriptionRow.place_id)
    query = query.where(SubscriptionRow.conversation.in_(known), SubscriptionRow.place_id.in_(found.places))
    for row, place in await session.execute(query.order_by(SubscriptionRow.id)):
        one = known[row.conversation]
        one.place = one.place or _name(place)
        one.because = Because.SUBSCRIBED if one.because is Because.REPORTED else one.because


async def _read_reports(session: AsyncSession, found: Audience, known: dict[str, Known]) -> None:
    query = select(TicketPartyRow.conversation, PlaceRow).join(TicketRow, TicketRow.no == TicketPartyRow.ticket_no)
    query = query.join(PlaceRow, PlaceRow.id == TicketRow.place_id)
    query = query.where(TicketRow.outage_id == found.outage_id, TicketPartyRow.conversation.in_(known))
    for name, place in await session.execute(query.order_by(TicketPartyRow.at)):
        known[name].place = known[name].place or _name(place)


def _name(place: PlaceRow) -> str:
    return f"{place.district}{place.name}"
