"""What customers do: tries at identity, tickets and all that hangs on them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.tables.base import Base
from utility.models import TimeLimit


class IdentityAttemptRow(Base):
    """A try at a second factor, kept for two days. `subject` is an account number or `ticket:` and a number."""

    __tablename__ = "identity_attempts"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    requester: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    passed: Mapped[bool]


class BindingRow(Base):
    """An account that a customer (an opaque conversation id) keeps at hand."""

    __tablename__ = "bindings"
    conversation: Mapped[str] = mapped_column(primary_key=True)
    account_no: Mapped[str] = mapped_column(ForeignKey("accounts.account_no"), primary_key=True, index=True)
    at: Mapped[datetime]


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
    outage_id: Mapped[str | None] = mapped_column(ForeignKey("outages.id"), index=True)
    urged: Mapped[int]
    seeded: Mapped[bool]
    paused_at: Mapped[datetime | None]

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
    """A line of the time line. A note with a `conversation` is read by that conversation alone, an internal one by
    staff alone; `news` numbers what staff did and customers are to be told."""

    __tablename__ = "ticket_events"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"), index=True)
    name: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str]
    conversation: Mapped[str | None]
    staff: Mapped[str | None]
    internal: Mapped[bool] = mapped_column(default=False)
    news: Mapped[int | None] = mapped_column(unique=True)


class RevealRow(Base):
    """That somebody saw a contact in full, and why."""

    __tablename__ = "reveals"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    staff: Mapped[str]
    subject: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]


class IdempotencyRow(Base):
    """A key that was carried out, and for which ticket."""

    __tablename__ = "idempotency"
    operation: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no"))
    conversation: Mapped[str]
    joined: Mapped[bool]
    at: Mapped[datetime]
