"""The nouns of planned outages: scope, what a plan would do, the plan and its history, and the news of outages."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from utility.models import Model, Outage, OutageKind, TariffClass, TimeLimit, Words
from utility.staff import Said


def _in_our_time(moment: datetime) -> datetime:
    if not 2000 <= moment.year < 2100:
        raise ValueError("not in this century")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
"""An aware time of this century: everything that is reckoned from it stays a time."""

Name = Annotated[Words, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Note = Annotated[Words, StringConstraints(strip_whitespace=True, max_length=500)]
Names = Annotated[list[Name], Field(max_length=200)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class OutageFact(StrEnum):
    """What can be told about an outage."""

    PUBLISHED = "公布"
    CHANGED = "变更"
    CANCELLED = "取消"
    BEGUN = "开始"
    PROGRESS = "进展"
    EXPECTED = "预计"
    RESTORED = "恢复"


class OutageNews(Model):
    """A fact to be told to whom the outage concerns. `id` grows and has no gaps to wait for."""

    id: int = Field(description="read on after it")
    outage_id: str = Field(description="which outage")
    fact: OutageFact = Field(description="what happened")
    note: str = Field(description="for customers; may be empty")
    at: datetime = Field(description="when")
    drill: bool = Field(description="an exercise: nobody outside its list is told")
    version: int = Field(description="how many facts about this outage there are with this one")
    outage: Outage = Field(description="as it stands now")


class PlanStatus(StrEnum):
    DRAFT = "草稿"
    PUBLISHED = "已发布"
    CHANGED = "已变更"
    CANCELLED = "已取消"
    DONE = "已完成"


class Measure(StrEnum):
    """Ordered power use, in the order in which the approved scheme takes its measures."""

    SHIFT = "错峰"
    AVOID = "避峰"
    LIMIT = "限电"
    CUT = "拉路"


class PlanScope(Model):
    """Whom a plan takes off the grid: the union of what is named. Buildings belong to a single place."""

    feeders: Names = Field(default=[], description="10 kV lines by name")
    transformer_areas: Names = Field(default=[], description="台区 by name")
    place_ids: Names = Field(default=[], description="communities or streets")
    buildings: Names = Field(default=[], description="3栋; only with exactly one place and nothing else")
    accounts: Names = Field(default=[], description="户号; only for 有序用电, from the approved list")


# --- what a plan would do ----------------------------------------------------------------------------------------


class PlanWish(Model):
    """A plan as staff want it. A missing reason that a rule asks for refuses it (422), a protected event too (409)."""

    staff: Said = Field(description="who plans")
    kind: OutageKind = Field(description="计划停电, 临时停电 or 有序用电")
    scope: PlanScope = Field(description="whom it concerns")
    scope_text: Note = Field(default="", description="as people read it; made from the scope when empty")
    starts_at: Moment = Field(description="planned")
    ends_at: Moment = Field(description="planned")
    reason: Said = Field(description="for customers")
    template: Name | None = Field(default=None, description="what it was made from")
    duty: Names = Field(default=[], description="who is responsible, the first one before all")
    lead_reason: Note = Field(default="", description="why it is announced later than promised")
    peak_reason: Note = Field(default="", description="why it lies in a peak of past years")
    measure: Measure | None = Field(default=None, description="of 有序用电")
    approved_list: Name | None = Field(default=None, description="of 有序用电: the list that names those concerned")
    drill: bool = Field(default=False, description="an exercise: no customer ever sees it")
    publish: bool = Field(default=True, description="false keeps a draft, which no customer sees")


class PlanChange(PlanWish):
    """The whole plan as it is to be. A draft is published with `publish`; a drill stays one."""

    version: Version = Field(description="that was read; 409 when it is not the newest any more")
    note: Note = Field(default="", description="for customers: what has changed")


class FaultCode(StrEnum):
    LEAD = "lead_reason"
    PEAK = "peak_reason"
    EVENT = "event"
    APPROVAL = "approved_list"


class PlanFault(Model):
    """Why a plan is not published as it is: a reason is wanting, or something forbids it."""

    code: FaultCode = Field(description="lead_reason and peak_reason want a reason; event and approved_list forbid")
    text: str = Field(description="for staff, in Chinese")


class ClassCount(Model):
    tariff_class: TariffClass = Field(description="decides the price")
    accounts: int = Field(description="how many of the class")


class ImportantUser(Model):
    """An important customer by name, for staff."""

    account_no: str = Field(description="户号")
    name: str = Field(description="in full")
    kind: str = Field(description="医院, 学校 …")
    place: str = Field(description="district and community")
    manager: str | None = Field(default=None, description="客户经理")


class VulnerableHome(Model):
    """A household to be thought of; masked."""

    account_masked: str = Field(description="the last four digits")
    holder_masked: str = Field(description="张*")
    place: str = Field(description="district and community")
    life_support: bool = Field(description="a device that keeps somebody alive runs here")
    hardship: bool = Field(description="低保、五保 and the like")


class PeakOverlap(Model):
    """A peak of past years within the window."""

    name: str = Field(description="夏季午晚高峰")
    place: str = Field(description="where; empty for everywhere")
    days: str = Field(description="07-01 to 08-31")
    hours: str = Field(description="11-15")
    source: str = Field(description="who says so")


class EventClash(Model):
    """An event with guaranteed supply (保电) within the window."""

    name: str = Field(description="高考")
    starts_at: datetime = Field(description="from")
    ends_at: datetime = Field(description="until")
    source: str = Field(description="who says so")


class PlanImpact(Model):
    """What a plan would do, as of now. `vulnerable` and `important` may be cut short, the counts never are."""

    scope_text: str = Field(description="as people read it")
    place_ids: list[str] = Field(description="communities and streets concerned")
    transformer_areas: list[str] = Field(description="台区 concerned")
    accounts: int = Field(description="how many are affected")
    by_class: list[ClassCount] = Field(description="by tariff class, in the order of the classes")
    important_count: int = Field(description="how many important customers")
    important: list[ImportantUser] = Field(description="by name")
    life_support: int = Field(description="households with a device that keeps somebody alive")
    hardship: int = Field(description="households in hardship")
    vulnerable: list[VulnerableHome] = Field(description="masked; life support first")
    lead_minutes: int = Field(description="from the announcement to the planned beginning; below zero when it is past")
    lead_days: Decimal = Field(description="the same in days, rounded down to a tenth")
    lead_limit: TimeLimit | None = Field(description="the promise for it; none where there is none")
    lead_breach: bool = Field(description="announced later than promised")
    peaks: list[PeakOverlap] = Field(description="peaks of past years in the window")
    clashes: list[EventClash] = Field(description="events with guaranteed supply in the window")
    not_approved: list[str] = Field(description="named, but not on the approved list for the measure")
    faults: list[PlanFault] = Field(description="why it would not be published; empty: it would")


# --- plans -------------------------------------------------------------------------------------------------------


class Plan(Model):
    """A plan as staff see it; its public side is the outage of the same id."""

    outage_id: str = Field(description="PL20261123-0001")
    kind: OutageKind = Field(description="计划停电, 临时停电 or 有序用电")
    status: PlanStatus = Field(description="of the plan")
    version: int = Field(description="grows with every write")
    scope: PlanScope = Field(description="whom it concerns")
    scope_text: str = Field(description="as people read it")
    reason: str = Field(description="for customers")
    starts_at: datetime = Field(description="planned")
    ends_at: datetime = Field(description="planned")
    actual_start: datetime | None = Field(default=None, description="as told by who did it")
    actual_end: datetime | None = Field(default=None, description="as told by who did it")
    actual_areas: list[str] = Field(default=[], description="台区 that went off beyond the plan")
    deviation_reason: str = Field(default="", description="why it went otherwise than planned")
    overdue: bool = Field(description="it should have begun or ended, and nobody said so")
    duty: list[str] = Field(description="who is responsible")
    template: str | None = Field(default=None, description="what it was made from")
    measure: Measure | None = Field(default=None, description="of 有序用电")
    approved_list: str | None = Field(default=None, description="of 有序用电")
    drill: bool = Field(description="an exercise")
    lead_minutes: int | None = Field(default=None, description="between the announcement and the planned beginning")
    lead_breach: bool = Field(description="announced later than promised")
    lead_reason: str = Field(description="why so late")
    peak_reason: str = Field(description="why in a peak")
    created_by: str = Field(description="who made it")
    created_at: datetime = Field(description="when")
    published_at: datetime | None = Field(default=None, description="when customers were first told; none for a draft")


class PlanVersion(Model):
    """One write to a plan."""

    version: int = Field(description="1, 2, 3")
    fact: str = Field(description="创建 修改 公布 变更 取消 开始 恢复")
    staff: str = Field(description="who")
    at: datetime = Field(description="when")
    note: str = Field(description="what was said about it")
    starts_at: datetime = Field(description="planned, after it")
    ends_at: datetime = Field(description="planned, after it")
    scope: PlanScope = Field(description="after it")
    accounts: int = Field(description="how many were affected after it")
    changed: list[str] = Field(description="what is otherwise than in the version before: 开始时间 结束时间 范围")


class PlanDetail(Model):
    """All of a plan."""

    plan: Plan = Field(description="as in the list")
    impact: PlanImpact = Field(description="as of now")
    history: list[PlanVersion] = Field(description="oldest first")


class PlanCancel(Model):
    staff: Said = Field(description="who calls it off")
    reason: Said = Field(description="for customers")


class PlanActual(Model):
    """What really happened: the beginning, the end, or both. A reason where it is not what was planned."""

    staff: Said = Field(description="who says so")
    started_at: Moment | None = Field(default=None, description="when the power went off")
    ended_at: Moment | None = Field(default=None, description="when it was back")
    areas: Names = Field(default=[], description="台区 that went off beyond the plan")
    reason: Note = Field(default="", description="why it went otherwise than planned")
    note: Note = Field(default="", description="for customers")


class PlanTemplate(Model):
    name: str = Field(description="配变检修")
    kind: OutageKind = Field(description="of the plan")
    reason: str = Field(description="for customers")
    minutes: int = Field(description="how long it usually lasts")
    duty: list[str] = Field(description="who is usually responsible")
    checklist: list[str] = Field(description="what to think of")
    source: str = Field(description="who says so")


class ApprovedTarget(Model):
    measure: Measure = Field(description="错峰 避峰 限电 拉路")
    target: str = Field(description="a feeder by name or an account by number")


class ApprovedList(Model):
    """Whom ordered power use may touch, by approval of the government."""

    id: str = Field(description="stable key")
    document: str = Field(description="the approval")
    targets: list[ApprovedTarget] = Field(description="in the order of the measures, then of the list")
