"""The nouns of faults as events: incidents, what speaks for them, who is concerned, whether power is back."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from utility.alarms import Alarm
from utility.models import Model, Words
from utility.plans import Moment, Name, Note, PlanScope
from utility.staff import Said

Conversation = Annotated[Words, StringConstraints(min_length=1, max_length=200)]


class IncidentState(StrEnum):
    PROPOSED = "待确认"
    CONFIRMED = "已确认"
    WITHDRAWN = "已撤销"


class IncidentOrigin(StrEnum):
    REPORTS = "报修"
    ALARM = "告警"
    HAND = "人工"


class IncidentStep(StrEnum):
    """Progress, in this order."""

    RECEIVED = "受理"
    DISPATCHED = "派单"
    ACCEPTED = "接单"
    ARRIVED = "到达"
    FIXED = "修复"
    REVISITED = "回访"


# --- what staff see ----------------------------------------------------------------------------------------------


class Incident(Model):
    """A fault in a list for staff; its public side is the outage of the same id."""

    outage_id: str = Field(description="FT20261123-0001")
    state: IncidentState = Field(description="customers see it once it is confirmed")
    origin: IncidentOrigin = Field(description="what made it known")
    active: bool = Field(description="neither restored nor withdrawn")
    drill: bool = Field(description="an exercise")
    stage: str = Field(description="the last step: 受理 派单 接单 到达 修复 回访; empty before the first")
    scope_text: str = Field(description="as people read it")
    place_ids: list[str] = Field(description="communities and streets concerned")
    transformer_areas: list[str] = Field(description="台区 concerned")
    feeder: str = Field(description="10 kV line")
    reason: str = Field(description="for customers")
    fault_type: str = Field(description="decides the checklist")
    cause_code: str | None = Field(default=None, description="why it happened, once that is known")
    responsible_unit: str = Field(default="", description="who answers for it")
    team: str = Field(description="who works on it")
    customers: int | None = Field(default=None, description="accounts off; none before it is confirmed")
    starts_at: datetime = Field(description="when the power went off, as far as is known")
    opened_at: datetime = Field(description="when it became known")
    confirmed_at: datetime | None = Field(default=None, description="when somebody, or the rule, confirmed it")
    confirmed_by: str = Field(default="", description="who; 自动 when the rule did")
    arrived_at: datetime | None = Field(default=None, description="when the crew was there")
    restored_at: datetime | None = Field(default=None, description="when the power was back")
    expected_at: datetime | None = Field(default=None, description="the newest estimate; none: nobody knows")
    reopened: int = Field(description="how often customers without power opened it again")
    flagged: bool = Field(description="opened again and not restored since")
    reports: int = Field(description="how many customers speak for it")
    alarms: int = Field(description="how many alarms do")


class IncidentReport(Model):
    """A customer's report that speaks for an incident. No door, no phone."""

    ticket_no: str = Field(description="RP20261123-0001")
    conversation: str = Field(description="opaque id")
    transformer_areas: list[str] = Field(description="台区 that it speaks of")
    address: str = Field(description="as said, up to the first digit")
    symptom: str = Field(description="没电, 跳闸 …")
    scope: str = Field(description="整栋 | 整个小区")
    description: str = Field(description="in the customer's words")
    at: datetime = Field(description="when")


class Progress(Model):
    name: str = Field(description="受理 派单 接单 到达 进展 修复 回访 取消")
    at: datetime = Field(description="when")
    note: str = Field(description="for customers")


class Estimate(Model):
    """A word on when the power will be back."""

    expected_at: datetime = Field(description="when it was expected then")
    said_at: datetime = Field(description="when that was said")
    reason: str = Field(description="for customers")


class Check(Model):
    """An item of the checklist, and what became of it."""

    id: str = Field(description="stable key")
    text: str = Field(description="what to do, or never to do")
    forbidden: bool = Field(description="a ban: to be kept, or broken with a violation")
    source: str = Field(description="who says so")
    done_by: str = Field(default="", description="who; empty while open")
    done_at: datetime | None = Field(default=None, description="when")
    violation: str = Field(default="", description="what was done against the ban")


class IncidentEvent(Model):
    name: str = Field(description="提出 确认 派单 …")
    staff: str = Field(description="who; empty: the system")
    at: datetime = Field(description="when it was written down")
    note: str = Field(description="what was said about it")


class Answers(Model):
    """What customers said to 来电了吗 after the newest restoration. Silence is neither yes nor no."""

    yes: int = Field(description="the power is back")
    no: int = Field(description="it is not")
    silent: int = Field(description="concerned, and said nothing")


class IncidentDetail(Model):
    """All of an incident. Reports may be cut short, the count of them never is."""

    incident: Incident = Field(description="as in the list")
    reports: list[IncidentReport] = Field(description="oldest first, masked")
    alarms: list[Alarm] = Field(description="oldest first")
    tickets: int = Field(description="how many tickets are attached")
    steps: list[Progress] = Field(description="as customers see them, oldest first")
    next_steps: list[IncidentStep] = Field(description="what can be done now")
    estimates: list[Estimate] = Field(description="oldest first; the last one holds")
    checklist: list[Check] = Field(description="of the fault type")
    answers: Answers = Field(description="to 来电了吗")
    history: list[IncidentEvent] = Field(description="who did what, oldest first")


class FaultType(Model):
    name: str = Field(description="高压故障")
    checklist: list[Check] = Field(description="what to do, and never to do")
    source: str = Field(description="who says so")


class Cause(Model):
    code: str = Field(description="stable key")
    name: str = Field(description="外力破坏")
    source: str = Field(description="who says so")


class IncidentRules(Model):
    """What an incident can be told to be."""

    fault_types: list[FaultType] = Field(description="each with its checklist")
    causes: list[Cause] = Field(description="why it may have happened")


# --- what staff do -----------------------------------------------------------------------------------------------


class IncidentWish(Model):
    """An incident by hand. Proposals on its transformer areas are taken up in it."""

    staff: Said = Field(description="who opens it")
    scope: PlanScope = Field(description="by feeder, transformer areas, or community and buildings")
    scope_text: Note = Field(default="", description="as people read it; made from the scope when empty")
    reason: Note = Field(default="", description="for customers; being looked into when empty")
    fault_type: Name | None = Field(default=None, description="of the incident rules")
    starts_at: Moment | None = Field(default=None, description="when the power went off; now when not said")
    expected_at: Moment | None = Field(default=None, description="when it will be back, if somebody knows")
    confirm: bool = Field(default=True, description="false: a proposal, which no customer sees")
    drill: bool = Field(default=False, description="an exercise: no customer ever sees it")


class IncidentConfirm(Model):
    staff: Said = Field(description="who confirms it")
    reason: Note = Field(default="", description="for customers; as it stands when empty")
    fault_type: Name | None = Field(default=None, description="of the incident rules")
    expected_at: Moment | None = Field(default=None, description="when it will be back, if somebody knows")


class IncidentWithdraw(Model):
    staff: Said = Field(description="who withdraws it")
    reason: Said = Field(description="for customers, if they knew of it")


class StepWish(Model):
    """A step. 派单 may name a team; 修复 is the same as a restoration at `at`."""

    staff: Said = Field(description="who says so")
    step: IncidentStep = Field(description="which")
    at: Moment | None = Field(default=None, description="when it happened; now when not said")
    team: Note = Field(default="", description="of 派单: whom it goes to")
    note: Note = Field(default="", description="for customers")


class EstimateWish(Model):
    staff: Said = Field(description="who estimates")
    expected_at: Moment = Field(description="when the power will be back")
    reason: Said = Field(description="for customers")


class RestoreWish(Model):
    staff: Said = Field(description="who says so")
    at: Moment | None = Field(default=None, description="when the power was back; now when not said")
    note: Note = Field(default="", description="for customers")


class CheckWish(Model):
    staff: Said = Field(description="who went through it")
    violation: Note = Field(default="", description="of a ban: what was done against it")


class CauseWish(Model):
    staff: Said = Field(description="who says so")
    cause_code: Name = Field(description="of the incident rules")
    responsible_unit: Said = Field(description="who answers for it")
    fault_type: Name | None = Field(default=None, description="of the incident rules, if it turned out to be another")
    note: Note = Field(default="", description="for staff")


# --- confirmations, audience -------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """What follows from an answer to 来电了吗."""

    RECORDED = "已记录"
    REOPENED = "已重新处理"
    UNDER_REPAIR = "抢修中"
    TICKET = "已报修"


class ConfirmationWish(Model):
    conversation: Conversation = Field(description="opaque id of the conversation that answers")
    powered: bool = Field(description="is the power back")
    channel: Name = Field(default="web", description="wechat, web, telegram …: where a ticket would come from")


class Confirmation(Model):
    """One per conversation; the last word counts."""

    outage_id: str = Field(description="which outage")
    powered: bool = Field(description="as answered")
    outcome: Outcome = Field(description="what follows")
    ticket_no: str | None = Field(default=None, description="of 已报修: the ticket")
    note: str = Field(description="for the customer")
    at: datetime = Field(description="when it was answered")


class Because(StrEnum):
    BOUND = "bound"
    SUBSCRIBED = "subscribed"
    REPORTED = "reported"


class Recipient(Model):
    """Somebody whom an outage concerns: once, however many accounts they have."""

    conversation: str = Field(description="opaque id; read on after the last one")
    place: str = Field(description="district and community that it is about; empty when unknown")
    accounts_masked: list[str] = Field(description="the last four digits of their accounts that are off")
    because: Because = Field(description="why they are told; bound goes before subscribed before reported")
    important: bool = Field(description="one of the accounts is an important customer's")
