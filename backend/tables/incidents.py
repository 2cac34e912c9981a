"""Faults as events: the incident, what speaks for it, how it is worked on, and whether the power is really back."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.tables.base import Base


class IncidentRow(Base):
    """What staff know of a fault; its public side is the outage of the same id. `active` until it is restored or
    withdrawn, `stage` is the last step taken, `customers` how many accounts it took off when it was confirmed,
    `reopened` how often somebody without power opened it again."""

    __tablename__ = "incidents"
    outage_id: Mapped[str] = mapped_column(ForeignKey("outages.id"), primary_key=True)
    state: Mapped[str]
    origin: Mapped[str]
    active: Mapped[bool]
    stage: Mapped[str]
    fault_type: Mapped[str]
    cause_code: Mapped[str | None]
    responsible_unit: Mapped[str]
    team: Mapped[str]
    customers: Mapped[int | None]
    opened_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str]
    arrived_at: Mapped[datetime | None]
    restored_at: Mapped[datetime | None]
    reopened: Mapped[int]
    flagged: Mapped[bool]

    __table_args__ = (Index("ix_incidents_active", "active", "opened_at"),)


class IncidentAreaRow(Base):
    """The incident that is open on a transformer area: the key lets there be one, and one more of an exercise."""

    __tablename__ = "incident_areas"
    transformer_area: Mapped[str] = mapped_column(primary_key=True)
    drill: Mapped[bool] = mapped_column(primary_key=True)
    outage_id: Mapped[str] = mapped_column(ForeignKey("incidents.outage_id"), index=True)


class IncidentReportRow(Base):
    """A customer's report of a transformer area. Once it speaks for an outage it speaks for no other one."""

    __tablename__ = "incident_reports"
    ticket_no: Mapped[str] = mapped_column(ForeignKey("tickets.no", ondelete="CASCADE"), primary_key=True)
    conversation: Mapped[str] = mapped_column(primary_key=True)
    transformer_area: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    drill: Mapped[bool]
    outage_id: Mapped[str | None] = mapped_column(ForeignKey("outages.id", ondelete="SET NULL"), index=True)

    __table_args__ = (Index("ix_incident_reports_area", "transformer_area", "at"),)


class AlarmRow(Base):
    """What a sensor said. `cleared_at` is when the same sensor's place was said to be well again."""

    __tablename__ = "alarms"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    source: Mapped[str]
    external_id: Mapped[str]
    kind: Mapped[str]
    transformer_area: Mapped[str | None]
    feeder: Mapped[str | None]
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    drill: Mapped[bool]
    cleared_at: Mapped[datetime | None]
    outage_id: Mapped[str | None] = mapped_column(ForeignKey("outages.id", ondelete="SET NULL"), index=True)

    __table_args__ = (
        UniqueConstraint("source", "external_id", name="uq_alarms_once"),
        Index("ix_alarms_area", "transformer_area", "at"),
        Index("ix_alarms_feeder", "feeder", "at"),
    )


class IncidentEventRow(Base):
    """Who did what to an incident when. `key` makes every write happen once."""

    __tablename__ = "incident_events"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    outage_id: Mapped[str] = mapped_column(ForeignKey("incidents.outage_id"), index=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    staff: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str]


class IncidentCheckRow(Base):
    """An item of the checklist that somebody went through; `violation` is what was done against a ban."""

    __tablename__ = "incident_checks"
    outage_id: Mapped[str] = mapped_column(ForeignKey("incidents.outage_id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(primary_key=True)
    done_by: Mapped[str]
    done_at: Mapped[datetime]
    violation: Mapped[str]


class ConfirmationRow(Base):
    """The last word of a conversation on whether its power is back. `round` counts restorations of one outage;
    `reopened`: this conversation has opened it again once and cannot a second time."""

    __tablename__ = "restoration_confirmations"
    outage_id: Mapped[str] = mapped_column(ForeignKey("outages.id", ondelete="CASCADE"), primary_key=True)
    conversation: Mapped[str] = mapped_column(primary_key=True)
    round: Mapped[int]
    powered: Mapped[bool]
    at: Mapped[datetime]
    reopened: Mapped[bool]
    outcome: Mapped[str]
    ticket_no: Mapped[str | None]


class FaultTypeRow(Base):
    __tablename__ = "fault_types"
    name: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    position: Mapped[int]


class ChecklistItemRow(Base):
    """What a crew does at a fault of a type, or must not do (`forbidden`)."""

    __tablename__ = "checklist_items"
    id: Mapped[str] = mapped_column(primary_key=True)
    fault_type: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    forbidden: Mapped[bool]
    source: Mapped[str]
    position: Mapped[int]


class CauseCodeRow(Base):
    __tablename__ = "cause_codes"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    source: Mapped[str]
    position: Mapped[int]


class BuildingAreaRow(Base):
    """Which transformer area a building hangs on."""

    __tablename__ = "building_areas"
    place_id: Mapped[str] = mapped_column(primary_key=True)
    building: Mapped[str] = mapped_column(primary_key=True)
    transformer_area: Mapped[str] = mapped_column(index=True)
