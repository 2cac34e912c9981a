"""The nouns of making good: rules, grants, applications, and damaged appliances. Money is yuan."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from utility.models import Model, TicketStatus, TimeLimit, Words
from utility.staff import Said
from utility.subscriptions import Conversation, Key

Text = Annotated[Words, StringConstraints(strip_whitespace=True, max_length=500)]
Name = Annotated[Words, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Yuan = Annotated[Decimal, Field(gt=0, le=Decimal(10_000_000), decimal_places=2)]


class Breach(StrEnum):
    """What is made good."""

    PLAN_LATE = "计划停电未按时送电"
    FAULT_LATE = "故障超时未恢复"
    REPEATED = "重复停电"


class GrantState(StrEnum):
    """Of a grant, and of an application that led to one."""

    PENDING = "待审批"
    GRANTED = "已发放"
    REJECTED = "未通过"


class ApplicationState(StrEnum):
    """Of an application. 待核实: the outage is not over, or is not known yet; the answer comes by itself."""

    QUEUED = "待核实"
    NOT_ELIGIBLE = "不符合"
    PENDING = "待审批"
    GRANTED = "已发放"
    REJECTED = "未通过"


# --- rules -------------------------------------------------------------------------------------------------------


class CompensationRule(Model):
    """A version of a rule, in force between two days. A rule of a class replaces one for all of the same breach."""

    id: str = Field(description="stable key")
    version: int = Field(description="1, 2, 3")
    name: str = Field(description="as people read it")
    tariff_class: str = Field(description="a tariff class, or * for every one")
    breach: Breach = Field(description="what is made good")
    threshold: int = Field(description="minutes; times a month for 重复停电. Only what is more counts")
    amount: Decimal = Field(description="yuan, once or per hour")
    per_hour: bool = Field(description="per begun hour beyond the threshold")
    cap: Decimal | None = Field(default=None, description="yuan at most; none: no bound")
    valid_from: date = Field(description="since when it holds")
    valid_to: date | None = Field(default=None, description="the last day; none: until further notice")
    source: str = Field(description="who says so")


# --- grants ------------------------------------------------------------------------------------------------------


class CompensationGrant(Model):
    """What an account gets for one outage by one rule."""

    id: int = Field(description="stable key")
    outage_id: str = Field(description="which outage")
    account_masked: str = Field(description="the last four digits")
    breach: Breach = Field(description="what is made good")
    rule: str = Field(description="name of the rule")
    state: GrantState = Field(description="as of now")
    amount: Decimal = Field(description="yuan")
    reason: str = Field(description="how it was worked out, with all figures")
    decision: str = Field(description="what staff said to it; empty when nobody had to")
    source: str = Field(description="the rule's")
    created_at: datetime = Field(description="when it was found")
    decided_at: datetime | None = Field(default=None, description="none while it waits")


class StaffGrant(Model):
    """A grant as staff see it."""

    grant: CompensationGrant = Field(description="as the customer sees it")
    rule_id: str = Field(description="which rule")
    rule_version: int = Field(description="as it was in force")
    decided_by: str | None = Field(default=None, description="who; none while it waits, empty when by rule alone")


class GrantDecision(Model):
    staff: Said = Field(description="who decides")
    reason: Said = Field(description="for the customer")


class CompensationRequest(Model):
    """Look who was hurt by an outage that is over."""

    outage_id: Key = Field(description="which outage")


class CompensationRun(Model):
    """What came of it. Asked again, nobody is found a second time."""

    outage_id: str = Field(description="which outage")
    over: bool = Field(description="false: the power is not back yet (or nobody said so), nothing was decided")
    rules: int = Field(description="how many rules this outage went against")
    granted: int = Field(description="new grants, given at once")
    pending: int = Field(description="new grants that wait for approval")
    already: int = Field(description="found before")
    amount: Decimal = Field(description="yuan of the new grants")
    applications: int = Field(description="applications that waited for it and have their answer now")
    as_of: datetime = Field(description="the moment this was true")


class GrantNews(Model):
    """A decision that customers are to be told. `id` grows and has no gaps to wait for."""

    id: int = Field(description="read on after it")
    grant_id: int | None = Field(description="none when an application ended without one")
    application_id: int | None = Field(description="of an application that ended without a grant")
    outage_id: str | None = Field(description="which outage; none when no outage was found")
    account_masked: str = Field(description="the last four digits")
    state: ApplicationState = Field(description="已发放, 未通过 or 不符合")
    amount: Decimal = Field(description="yuan; 0.00 where nothing is given")
    reason: str = Field(description="with the figures, and what staff said to it")
    at: datetime = Field(description="when")
    conversations: list[str] = Field(description="that bound the account or applied")


# --- applications ------------------------------------------------------------------------------------------------


class ApplicationRequest(Model):
    """Somebody asks for compensation. The account is bound to the conversation, or its grant is sent along."""

    conversation: Conversation = Field(description="who asks: the opaque conversation id")
    account_no: Key = Field(description="户号")
    outage_id: Key | None = Field(default=None, description="which outage; none: the newest that hurt the account")
    reason: Text = Field(default="", description="in the customer's words")


class CompensationApplication(Model):
    """An application with its answer."""

    id: int = Field(description="stable key")
    account_masked: str = Field(description="the last four digits")
    outage_id: str | None = Field(description="which outage; none when none was found")
    state: ApplicationState = Field(description="as of now")
    amount: Decimal | None = Field(description="yuan, granted or waiting for approval; none where there is none")
    reason: str = Field(description="in the customer's words")
    decision: str = Field(description="the answer with the figures that were used")
    at: datetime = Field(description="when it was made")
    decided_at: datetime | None = Field(description="none while it waits")


class ApplicationDecision(Model):
    """Staff answer an application that waits: by an outage, to which the rules are applied, or with a no."""

    staff: Said = Field(description="who decides")
    reason: Said = Field(description="for the customer")
    outage_id: Key | None = Field(default=None, description="the outage that was found; none: the answer is no")


class Compensation(Model):
    """All that a conversation has to do with compensation, newest first."""

    grants: list[CompensationGrant] = Field(description="of the accounts bound to it")
    applications: list[CompensationApplication] = Field(description="its own, and those for accounts bound to it")
    as_of: datetime = Field(description="the moment this was true")
    source: str = Field(description="the system that says so")


# --- damaged appliances ------------------------------------------------------------------------------------------


class ApplianceClass(Model):
    """How long appliances of a class serve."""

    name: str = Field(description="电子类 电机类 …")
    years: int = Field(description="of service")
    examples: list[str] = Field(description="电视机 电冰箱 …")
    source: str = Field(description="who says so")
    valid_from: date = Field(description="since when it holds")


class CalculationLine(Model):
    """A line of a calculation: what, with which figures, by which rule."""

    text: str = Field(description="as people read it")
    source: str = Field(description="the rule; empty for a fact that the customer gave")


class ClaimState(StrEnum):
    RECEIVED = "已受理"
    TOO_LATE = "超过申请期限"


class ApplianceClaimRequest(Model):
    """An appliance that an outage or a bad voltage broke. Days are calendar days where the utility is."""

    conversation: Conversation = Field(description="opaque id of the conversation that asks")
    channel: Name = Field(description="wechat, web, telegram …")
    account_no: Key | None = Field(default=None, description="户号, if known")
    phone: str | None = Field(default=None, pattern=r"^[0-9]{7,12}$", description="for the call back, digits only")
    place_id: Key | None = Field(default=None, description="from the gazetteer, if known")
    address: Text = Field(default="", description="as the customer wrote it")
    appliance: Name = Field(description="电视机")
    appliance_class: Name | None = Field(default=None, description="电子类; none: told from the name where it can be")
    price: Yuan = Field(description="yuan, as on the receipt")
    bought_on: date = Field(description="as on the receipt")
    damaged_on: date = Field(description="not before it was bought, not after today")
    description: Text = Field(default="", description="in the customer's words")
    outage_id: Key | None = Field(default=None, description="which outage, if known")


class ApplianceClaim(Model):
    """A claim with the calculation that was shown: 测算，以核定为准."""

    id: int = Field(description="stable key")
    state: ClaimState = Field(description="超过申请期限: no ticket was made; the lines say why")
    appliance: str = Field(description="电视机")
    appliance_class: str = Field(description="电子类; empty when it is not known")
    price: Decimal = Field(description="yuan")
    bought_on: date = Field(description="as said")
    damaged_on: date = Field(description="as said")
    estimate: Decimal | None = Field(description="yuan; none where no rule says how to work it out")
    lines: list[CalculationLine] = Field(description="the calculation, in order; an estimate says that it is one")
    promise: TimeLimit | None = Field(description="how soon somebody comes")
    due_at: datetime | None = Field(description="when that falls due")
    ticket_no: str | None = Field(description="who works on it")
    ticket_status: TicketStatus | None = Field(description="as of now")
    outage_id: str | None = Field(description="as said")
    at: datetime = Field(description="when it was made")
    source: str = Field(description="the system that says so")
