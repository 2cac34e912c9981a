"""What the backend keeps. Alembic makes the tables (`migrations/backend`); a test holds the two together."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from backend.columns import Document, Instant, price, yuan
from utility.models import BillItem, TierUse, TimeLimit


class Base(DeclarativeBase):
    """Times are aware and local when read; money is Decimal yuan; lists of words and of models are JSON."""

    type_annotation_map: ClassVar = {
        datetime: Instant(),
        Decimal: yuan(),
        str: String(),
        list[str]: JSON(),
        list[BillItem]: Document(list[BillItem]),
        list[TierUse]: Document(list[TierUse]),
        list[TimeLimit]: Document(list[TimeLimit]),
    }


# --- the town: what was seeded, or what a real utility would keep ---------------------------------------------------


class PlaceRow(Base):
    """A community or street; `street` is the one a community lies on, `position` the order of the gazetteer."""

    __tablename__ = "places"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    aliases: Mapped[list[str]]
    district: Mapped[str]
    street: Mapped[str]
    area: Mapped[str]
    buildings: Mapped[int]
    position: Mapped[int]


class TransformerAreaRow(Base):
    """台区: the part of a place behind one transformer, and the feeder that supplies it."""

    __tablename__ = "transformer_areas"
    name: Mapped[str] = mapped_column(primary_key=True)
    place_id: Mapped[str] = mapped_column(ForeignKey("places.id"), index=True)
    feeder: Mapped[str]


class AccountRow(Base):
    """A supply account with what is never given out unmasked: name, phone, full address."""

    __tablename__ = "accounts"
    account_no: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    phone: Mapped[str]
    address: Mapped[str]
    place_id: Mapped[str] = mapped_column(ForeignKey("places.id"), index=True)
    building: Mapped[str]
    transformer_area: Mapped[str] = mapped_column(ForeignKey("transformer_areas.name"))
    tariff_class: Mapped[str]
    supply_relation: Mapped[str]
    supply_source: Mapped[str]
    usage_nature: Mapped[str]
    important_kind: Mapped[str | None]
    hardship: Mapped[bool]
    life_support: Mapped[bool]
    manager: Mapped[str | None]
    prepaid: Mapped[Decimal]
    cut_off: Mapped[bool]
    cutoff_on: Mapped[date | None]


class BillRow(Base):
    """A bill as issued. Status and late fee depend on the day and are worked out when it is read."""

    __tablename__ = "bills"
    account_no: Mapped[str] = mapped_column(ForeignKey("accounts.account_no"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int]
    reading_start: Mapped[int]
    reading_end: Mapped[int]
    kwh: Mapped[int]
    kwh_peak: Mapped[int | None]
    kwh_valley: Mapped[int | None]
    year_kwh: Mapped[int]
    items: Mapped[list[BillItem]]
    tiers: Mapped[list[TierUse]]
    total: Mapped[Decimal]
    due_on: Mapped[date]
    paid_on: Mapped[date | None]
    estimated: Mapped[bool]


class PriceRow(Base):
    """A price of a class. `upper` is the yearly kWh up to which a tier reaches; a surcharge adds to the base price."""

    __tablename__ = "prices"
    tariff_class: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    unit_price: Mapped[Decimal] = mapped_column(price())
    upper: Mapped[int | None]
    source: Mapped[str]


class PaymentWayRow(Base):
    __tablename__ = "payment_ways"
    name: Mapped[str] = mapped_column(primary_key=True)
    how: Mapped[str]
    url: Mapped[str | None]
    source: Mapped[str]
    valid_from: Mapped[date]
    position: Mapped[int]


# --- outages --------------------------------------------------------------------------------------------------------


class OutageRow(Base):
    """A plan or a fault. `expected_at` is what was first said; later words on it are steps."""

    __tablename__ = "outages"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    cancelled: Mapped[bool]
    buildings: Mapped[list[str]]
    scope: Mapped[str]
    feeder: Mapped[str]
    transformer_areas: Mapped[list[str]]
    reason: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    expected_at: Mapped[datetime | None]
    published_at: Mapped[datetime]
    source: Mapped[str]


class OutagePlaceRow(Base):
    __tablename__ = "outage_places"
    outage_id: Mapped[str] = mapped_column(ForeignKey("outages.id"), primary_key=True)
    place_id: Mapped[str] = mapped_column(ForeignKey("places.id"), primary_key=True, index=True)


class OutageStepRow(Base):
    """A step of progress. One whose time has not come is not shown; `expected_at` replaces what was said before."""

    __tablename__ = "outage_steps"
    outage_id: Mapped[str] = mapped_column(ForeignKey("outages.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str]
    expected_at: Mapped[datetime | None]


# --- promises, hours, rules: figures are rows, each with source and valid-from --------------------------------------


class TimeLimitRow(Base):
    """A promise. Empty `region` and `area` mean everywhere; a row of the own region goes before one for everywhere."""

    __tablename__ = "time_limits"
    matter: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    minutes: Mapped[int | None]
    working_days: Mapped[int | None]
    text: Mapped[str]
    source: Mapped[str]
    position: Mapped[int]


class ServiceHoursRow(Base):
    """Shifts like `9:00-12:00,13:30-17:30`, on working days only or on every day."""

    __tablename__ = "service_hours"
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    text: Mapped[str]
    shifts: Mapped[str]
    working_days_only: Mapped[bool]
    source: Mapped[str]


class CalendarDayRow(Base):
    """A day whose kind the operator states: goes before the published calendar."""

    __tablename__ = "calendar_days"
    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    source: Mapped[str]


class PolicyRow(Base):
    """A number or word that a rule uses, like the pause after wrong tries."""

    __tablename__ = "policies"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date]


class TeamRow(Base):
    """Who gets in touch about a kind of ticket; an empty district is for all that have no team of their own."""

    __tablename__ = "teams"
    kind: Mapped[str] = mapped_column(primary_key=True)
    district: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


# --- what customers do ----------------------------------------------------------------------------------------------


class IdentityAttemptRow(Base):
    """A try at a second factor, kept for two days. `subject` is an account number or `ticket:` and a number."""

    __tablename__ = "identity_attempts"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    requester: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    passed: Mapped[bool]


class LockRow(Base):
    """A name that a transaction holds until it ends, so that what it checked stays true until it wrote."""

    __tablename__ = "locks"
    name: Mapped[str] = mapped_column(primary_key=True)


class TicketNumberRow(Base):
    """The last number given out for a prefix and day."""

    __tablename__ = "ticket_numbers"
    prefix: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class TicketRow(Base):
    """A ticket: what all its parties share. `place_id` and `building` may be known from the account alone."""

    __tablename__ = "tickets"
    no: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    status: Mapped[str]
    grade: Mapped[str]
    channel: Mapped[str]
    place_id: Mapped[str | None] = mapped_column(ForeignKey("places.id"))
    building: Mapped[str]
    account_no: Mapped[str | None]
    complaint_class: Mapped[str | None]
    skill: Mapped[str]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    limits: Mapped[list[TimeLimit]]
    contact: Mapped[str]
    outage_id: Mapped[str | None] = mapped_column(ForeignKey("outages.id"))
    urged: Mapped[int]
    seeded: Mapped[bool]

    __table_args__ = (Index("ix_tickets_joining", "kind", "created_at"),)


class TicketPartyRow(Base):
    """One conversation's part in a ticket. Nobody else sees these words, this phone or this address."""

    __tablename__ = "ticket_parties"
    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"), primary_key=True)
    conversation: Mapped[str] = mapped_column(primary_key=True, index=True)
    phone: Mapped[str | None]
    account_no: Mapped[str | None]
    place_id: Mapped[str | None]
    address: Mapped[str]
    symptom: Mapped[str]
    scope: Mapped[str]
    description: Mapped[str]
    joined: Mapped[bool]
    at: Mapped[datetime]


class TicketEventRow(Base):
    """A line of the time line. A note with a `conversation` is read by that conversation alone."""

    __tablename__ = "ticket_events"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"), index=True)
    name: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str]
    conversation: Mapped[str | None]


class IdempotencyRow(Base):
    """A key that was carried out, and for which ticket."""

    __tablename__ = "idempotency"
    operation: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"))
    conversation: Mapped[str]
    joined: Mapped[bool]
    at: Mapped[datetime]


Row = dict[str, Any]
"""A row on its way into the database, by column name; never crosses the border of this package."""
