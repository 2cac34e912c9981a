"""Puts the town into a database: once or again, in one transaction, without touching what customers did."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.locks import insert
from backend.tables import (
    AccountRow,
    ApplianceClassRow,
    ApprovedListRow,
    ApprovedTargetRow,
    Base,
    BillRow,
    BuildingAreaRow,
    CauseCodeRow,
    ChecklistItemRow,
    CompensationRuleRow,
    FaultTypeRow,
    GuaranteedEventRow,
    IncidentRow,
    OutageNewsRow,
    OutagePlaceRow,
    OutageRow,
    OutageStepRow,
    PaymentWayRow,
    PeakWindowRow,
    PlaceRow,
    PlanRow,
    PlanTemplateRow,
    PolicyRow,
    PriceRow,
    Row,
    ServiceHoursRow,
    TeamRow,
    TicketEventRow,
    TicketPartyRow,
    TicketRow,
    TimeLimitRow,
    TransformerAreaRow,
)
from backend.town import bills, compensation, incidents, matters, plans, rules, tariffs
from backend.town.demo_accounts import DEMO_ACCOUNTS
from backend.town.disruptions import disruptions
from backend.town.gazetteer import Gazetteer, read_gazetteer, transformer_rows
from backend.town.households import Household, account_row
from backend.town.population import population
from utility.models import TariffClass

CHUNK = 1000
RENEWED = (BillRow, PriceRow, PaymentWayRow, TimeLimitRow, ServiceHoursRow, PolicyRow)


async def plant(database: Database, now: datetime, homes: Sequence[Household] | None = None) -> None:
    """Seed or refresh: the town is as of `now` afterwards. Tickets of customers and their outages stay.

    `homes` instead of the whole population makes a smaller town.
    """
    sites = read_gazetteer()
    demo = [account.home for account in DEMO_ACCOUNTS]
    async with database.write() as session, session.begin():
        await _renew_rules(session)
        await _renew_places(session, sites)
        await _renew_accounts(session, sites, [*demo, *(population(sites) if homes is None else homes)], now)
        await _renew_outages(session, sites, now)
        await _renew_plan_rules(session, now)
        await _renew_compensation(session)
        await _renew_incident_rules(session, sites)
        await renew_tickets(session, sites, now)


async def _fill(session: AsyncSession, table: type[Base], rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), CHUNK):
        await session.execute(insert(session, table), rows[start : start + CHUNK])


async def _upsert(session: AsyncSession, table: type[Base], key: str, rows: Sequence[Row]) -> None:
    """Rows that others refer to are changed in place."""
    for row in rows:
        values = insert(session, table).values(**row)
        changed = {name: value for name, value in row.items() if name != key}
        await session.execute(values.on_conflict_do_update(index_elements=[key], set_=changed))


async def _put(session: AsyncSession, table: type[Base], key: str, rows: Sequence[Row]) -> None:
    """As `_upsert`, for many rows of one shape."""
    values = insert(session, table)
    changed = {column.name: values.excluded[column.name] for column in table.__table__.columns if column.name != key}
    statement = values.on_conflict_do_update(index_elements=[key], set_=changed)
    for start in range(0, len(rows), CHUNK):
        await session.execute(statement, rows[start : start + CHUNK])


async def _renew_rules(session: AsyncSession) -> None:
    for table in (*RENEWED, TeamRow):
        await session.execute(delete(table))
    await _fill(session, PolicyRow, rules.policy_rows())
    await _fill(session, TimeLimitRow, rules.limit_rows())
    await _fill(session, ServiceHoursRow, rules.hours_rows())
    await _fill(session, TeamRow, rules.team_rows())
    await _fill(session, PaymentWayRow, rules.payment_rows())
    await _fill(session, PriceRow, tariffs.price_rows())


async def _renew_places(session: AsyncSession, sites: Gazetteer) -> None:
    await _upsert(session, PlaceRow, "id", [site.row() for site in sites.values()])
    await _put(session, TransformerAreaRow, "name", transformer_rows(sites))


async def _renew_accounts(session: AsyncSession, sites: Gazetteer, homes: list[Household], now: datetime) -> None:
    rows = [account_row(home, sites, bills.money(home, now.date())) for home in homes]
    await _put(session, AccountRow, "account_no", rows)
    listed = tariffs.price_rows()
    prices = {tariff.value: tariffs.prices_of(tariff, listed) for tariff in TariffClass}
    await _fill(session, BillRow, list(bills.all_bills(homes, now.date(), prices)))


async def _renew_plan_rules(session: AsyncSession, now: datetime) -> None:
    """The town's own peaks, events, templates and list; what staff added stays."""
    await _fill(session, PolicyRow, plans.policy_rows())
    await _upsert(session, PeakWindowRow, "id", plans.peak_rows())
    await _upsert(session, GuaranteedEventRow, "id", plans.event_rows(now))
    await _upsert(session, PlanTemplateRow, "name", plans.template_rows())
    await _upsert(session, ApprovedListRow, "id", plans.list_rows())
    await session.execute(delete(ApprovedTargetRow).where(ApprovedTargetRow.list_id == plans.LIST))
    await _fill(session, ApprovedTargetRow, plans.target_rows())


async def _renew_compensation(session: AsyncSession) -> None:
    """The town's own first versions; what the utility added stays."""
    await _fill(session, PolicyRow, compensation.policy_rows())
    await _fill(session, TimeLimitRow, compensation.limit_rows())
    await session.execute(delete(CompensationRuleRow).where(CompensationRuleRow.source == compensation.EXAMPLE))
    await _fill(session, CompensationRuleRow, compensation.rule_rows())
    await session.execute(delete(ApplianceClassRow).where(ApplianceClassRow.valid_from == compensation.CLASSES_SINCE))
    await _fill(session, ApplianceClassRow, compensation.class_rows())


async def _renew_incident_rules(session: AsyncSession, sites: Gazetteer) -> None:
    """The town's own checklists, causes and register of buildings; what the utility added stays."""
    await _fill(session, PolicyRow, incidents.policy_rows())
    await _upsert(session, FaultTypeRow, "name", incidents.type_rows())
    await _upsert(session, ChecklistItemRow, "id", incidents.checklist_rows())
    await _upsert(session, CauseCodeRow, "code", incidents.cause_rows())
    await session.execute(delete(BuildingAreaRow))
    await _fill(session, BuildingAreaRow, incidents.building_rows(sites))


async def _renew_outages(session: AsyncSession, sites: Gazetteer, now: datetime) -> None:
    """What the day has already goes on as told. What earlier days had goes; where a ticket waits for it, it ends.

    Plans, incidents, and whatever news there are of, are the staff's own: they stay.
    """
    todays = {outage.id: outage for outage in disruptions(sites, now)}
    there = set(await session.scalars(select(OutageRow.id)))
    staffs = set(
        await session.scalars(
            union(select(PlanRow.outage_id), select(IncidentRow.outage_id), select(OutageNewsRow.outage_id))
        )
    )
    stale = there - todays.keys() - staffs
    awaited = stale.intersection(await session.scalars(select(TicketRow.outage_id)))
    await session.execute(delete(OutagePlaceRow).where(OutagePlaceRow.outage_id.in_(stale)))
    await session.execute(delete(OutageStepRow).where(OutageStepRow.outage_id.in_(stale - awaited)))
    await session.execute(delete(OutageRow).where(OutageRow.id.in_(stale - awaited)))
    await _end(session, awaited, now)
    fresh = [outage for id, outage in todays.items() if id not in there]
    await _fill(session, OutageRow, [outage.row() for outage in fresh])
    await _fill(session, OutageStepRow, [step for outage in fresh for step in outage.step_rows()])
    await _fill(session, OutagePlaceRow, [{"outage_id": outage.id, "place_id": outage.site.id} for outage in fresh])


async def _end(session: AsyncSession, ids: set[str], now: datetime) -> None:
    """No longer listed for its place, where today's story is told."""
    ended = OutageRow.ends_at.is_(None) | (OutageRow.ends_at > now)
    await session.execute(update(OutageRow).where(OutageRow.id.in_(ids), ended).values(ends_at=now))
    await session.execute(delete(OutageStepRow).where(OutageStepRow.outage_id.in_(ids), OutageStepRow.at > now))


async def renew_tickets(session: AsyncSession, sites: Gazetteer, now: datetime) -> None:
    """The tickets that the town has already. One that a customer has joined stays as it is."""
    shared = select(TicketPartyRow.ticket_no).group_by(TicketPartyRow.ticket_no).having(func.count() > 1)
    own = select(TicketRow.no).where(TicketRow.seeded, TicketRow.no.not_in(shared))
    gone = list(await session.scalars(own))
    for table, column in ((TicketEventRow, TicketEventRow.ticket_no), (TicketPartyRow, TicketPartyRow.ticket_no)):
        await session.execute(delete(table).where(column.in_(gone)))
    await session.execute(delete(TicketRow).where(TicketRow.no.in_(gone)))
    left = set(await session.scalars(select(TicketRow.no)))
    fresh = [matter for matter in matters.matters(now) if matter.no not in left]
    for matter in fresh:
        limits = matters.limits_of(matter, sites[matter.home.place_id].area, rules.limit_rows())
        await _fill(session, TicketRow, [matters.ticket_row(matter, limits)])
        await _fill(session, TicketPartyRow, [matters.party_row(matter)])
        await _fill(session, TicketEventRow, matters.event_rows(matter))
