"""Making good: rules, what was granted by them, who asked for it, and what was damaged."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.columns import Document
from backend.tables.base import Base
from utility.compensation import CalculationLine
from utility.models import TimeLimit


class CompensationRuleRow(Base):
    """A version of a rule. `threshold` is minutes, for 重复停电 times a month; `cap` bounds an amount per hour; days
    from `valid_from` to `valid_to`, both in. `*` is every class that has no rule of its own."""

    __tablename__ = "compensation_rules"
    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    tariff_class: Mapped[str]
    breach: Mapped[str]
    threshold: Mapped[int]
    amount: Mapped[Decimal]
    per_hour: Mapped[bool]
    cap: Mapped[Decimal | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]


class GrantRow(Base):
    """What an account gets for one outage by one rule: once, whatever happens."""

    __tablename__ = "grants"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    outage_id: Mapped[str]
    account_no: Mapped[str] = mapped_column(index=True)
    rule_id: Mapped[str]
    rule_version: Mapped[int]
    rule_name: Mapped[str]
    breach: Mapped[str]
    state: Mapped[str]
    amount: Mapped[Decimal]
    reason: Mapped[str]
    source: Mapped[str]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decision: Mapped[str]

    __table_args__ = (
        UniqueConstraint("outage_id", "account_no", "rule_id", name="uq_grants_once"),
        Index("ix_grants_state", "state", "id"),
        Index("ix_grants_outage", "outage_id", "state", "id"),
    )


class CompensationApplicationRow(Base):
    """Somebody asked for compensation. `decision` is what they were told, with the figures."""

    __tablename__ = "compensation_applications"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(unique=True)
    conversation: Mapped[str] = mapped_column(index=True)
    account_no: Mapped[str] = mapped_column(index=True)
    outage_id: Mapped[str | None]
    reason: Mapped[str]
    state: Mapped[str]
    amount: Mapped[Decimal | None]
    decision: Mapped[str]
    at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]

    __table_args__ = (
        Index("ix_compensation_applications_state", "state", "id"),
        Index("ix_compensation_applications_outage", "outage_id", "account_no"),
    )


class GrantNewsRow(Base):
    """A decision that people are to be told: of a grant, or of an application without one. `id` is numbered under a
    lock: seen in order, never skipped. `told` is the conversation that was answered at once and needs no news."""

    __tablename__ = "grant_news"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("compensation_applications.id"))
    state: Mapped[str]
    at: Mapped[datetime]
    told: Mapped[str | None]


class ApplianceClassRow(Base):
    """How many years appliances of a class serve; `examples` are their names."""

    __tablename__ = "appliance_classes"
    name: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    years: Mapped[int]
    examples: Mapped[list[str]]
    source: Mapped[str]
    position: Mapped[int]


class ApplianceClaimRow(Base):
    """A damaged appliance as it was reported, with the calculation that was shown."""

    __tablename__ = "appliance_claims"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(unique=True)
    conversation: Mapped[str] = mapped_column(index=True)
    account_no: Mapped[str | None]
    outage_id: Mapped[str | None]
    ticket_no: Mapped[str | None] = mapped_column(ForeignKey("tickets.no"))
    state: Mapped[str]
    appliance: Mapped[str]
    appliance_class: Mapped[str]
    price: Mapped[Decimal]
    bought_on: Mapped[date]
    damaged_on: Mapped[date]
    description: Mapped[str]
    estimate: Mapped[Decimal | None]
    lines: Mapped[list[CalculationLine]] = mapped_column(Document(list[CalculationLine]))
    promise: Mapped[TimeLimit | None] = mapped_column(Document(TimeLimit))
    due_at: Mapped[datetime | None]
    at: Mapped[datetime]
