"""Plans and all that hangs on them: versions, templates, peaks, events, approved lists, news, tasks to tell people."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.columns import Document
from backend.tables.base import Base
from utility.plans import PlanScope


class OutageNewsRow(Base):
    """A fact about an outage that people are to be told. `id` is numbered under a lock: seen in order, never skipped;
    `version` counts the facts of one outage."""

    __tablename__ = "outage_news"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outage_id: Mapped[str] = mapped_column(ForeignKey("outages.id"))
    fact: Mapped[str]
    note: Mapped[str]
    at: Mapped[datetime]
    drill: Mapped[bool]
    version: Mapped[int]

    __table_args__ = (UniqueConstraint("outage_id", "version", name="uq_outage_news_version"),)


class PlanRow(Base):
    """What staff know of a planned outage. Its window stays as planned here, while the outage shows what really
    happened; `fingerprint` is alike for plans of the same kind, window and scope."""

    __tablename__ = "plans"
    outage_id: Mapped[str] = mapped_column(ForeignKey("outages.id"), primary_key=True)
    status: Mapped[str]
    version: Mapped[int]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    template: Mapped[str | None]
    duty: Mapped[list[str]]
    planned_start: Mapped[datetime] = mapped_column(index=True)
    planned_end: Mapped[datetime]
    scope: Mapped[PlanScope] = mapped_column(Document(PlanScope))
    reason: Mapped[str]
    measure: Mapped[str | None]
    approved_list: Mapped[str | None] = mapped_column(ForeignKey("approved_lists.id"))
    lead_minutes: Mapped[int | None]
    lead_breach: Mapped[bool]
    lead_reason: Mapped[str]
    peak_reason: Mapped[str]
    actual_start: Mapped[datetime | None]
    actual_end: Mapped[datetime | None]
    actual_areas: Mapped[list[str]]
    deviation_reason: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(index=True)

    __table_args__ = (Index("ix_plans_status", "status", "planned_start"),)


class PlanVersionRow(Base):
    """Who did what to a plan when, and what it was afterwards. `key` makes every write happen once."""

    __tablename__ = "plan_versions"
    outage_id: Mapped[str] = mapped_column(ForeignKey("plans.outage_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    fact: Mapped[str]
    staff: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    scope: Mapped[PlanScope] = mapped_column(Document(PlanScope))
    accounts: Mapped[int]


class PlanTemplateRow(Base):
    """What a usual plan begins with. `minutes` is how long it lasts."""

    __tablename__ = "plan_templates"
    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    reason: Mapped[str]
    minutes: Mapped[int]
    duty: Mapped[list[str]]
    checklist: Mapped[list[str]]
    source: Mapped[str]


class PeakWindowRow(Base):
    """Days (MM-DD, both in, the new year may lie between) and hours (from, until) in which past years had their peak;
    an empty district is everywhere, a place narrows it further."""

    __tablename__ = "peak_windows"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    district: Mapped[str] = mapped_column(index=True)
    place_id: Mapped[str | None] = mapped_column(ForeignKey("places.id"))
    from_day: Mapped[str]
    to_day: Mapped[str]
    from_hour: Mapped[int]
    to_hour: Mapped[int]
    source: Mapped[str]


class GuaranteedEventRow(Base):
    """保电: an examination or a festival during which nobody plans an outage there; no places are all places."""

    __tablename__ = "guaranteed_events"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    place_ids: Mapped[list[str]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[str]


class ApprovedListRow(Base):
    """A list for ordered power use as the government approved it: `document` names the approval."""

    __tablename__ = "approved_lists"
    id: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class ApprovedTargetRow(Base):
    """Whom a measure may touch: a feeder by name or an account by number."""

    __tablename__ = "approved_targets"
    list_id: Mapped[str] = mapped_column(ForeignKey("approved_lists.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]


class NoticeTaskRow(Base):
    """A named person tells a customer one version of an outage. A newer version supersedes what was not told yet."""

    __tablename__ = "notice_tasks"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    outage_id: Mapped[str] = mapped_column(ForeignKey("outages.id"))
    account_no: Mapped[str] = mapped_column(index=True)
    version: Mapped[int]
    fact: Mapped[str]
    person: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    superseded: Mapped[bool]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    close_key: Mapped[str | None] = mapped_column(unique=True)
    told_whom: Mapped[str]
    told_how: Mapped[str]
    told_at: Mapped[datetime | None]
    served: Mapped[bool]
    notified: Mapped[bool]
    reported: Mapped[bool]
    supervised: Mapped[bool]
    ticked_by: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("outage_id", "account_no", "version", name="uq_notice_tasks_version"),
        Index(
            "ix_notice_tasks_open",
            "due_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
