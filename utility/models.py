"""The nouns of the contract, as they travel over HTTP.

Times are aware ISO 8601; money is yuan as Decimal with two places; energy is kWh; a period is a month `YYYY-MM`.
Enumeration values are the Chinese words that people read, so no table translates them a second time.
Whatever states a fact carries `as_of` and `source`: a reply may not show a figure without them.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Model(BaseModel):
    """Frozen, and strict about unknown fields: both sides speak the same contract or fail loudly."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _without_nul(text: str) -> str:
    return text.replace("\x00", "")


Words = Annotated[str, AfterValidator(_without_nul)]
"""What a customer or a caller wrote: a NUL, which no database keeps, is dropped rather than the ticket lost."""


# --- places ------------------------------------------------------------------------------------------------------


class Area(StrEnum):
    """Decides the arrival promise of a repair crew (commitment 3)."""

    CITY = "城区"
    RURAL = "农村"
    REMOTE = "边远"


class PlaceKind(StrEnum):
    COMMUNITY = "community"
    STREET = "street"


class Place(Model):
    """A community or street of the gazetteer."""

    id: str = Field(description="stable key of the gazetteer")
    kind: PlaceKind = Field(description="community or street")
    name: str = Field(description="official name")
    aliases: list[str] = Field(default=[], description="what people also call it, misspellings that have become names")
    district: str = Field(description="城东区")
    area: Area = Field(description="decides the arrival promise")


class PlaceMatch(Model):
    """A candidate for what the customer wrote; `score` 0..1, 1 is the exact name or alias."""

    place: Place = Field(description="the candidate")
    score: float = Field(description="0..1, 1 is the exact name or an alias")
    matched: str = Field(description="the name or alias that was closest")


# --- accounts ----------------------------------------------------------------------------------------------------


class TariffClass(StrEnum):
    RESIDENTIAL = "居民生活"
    NON_RESIDENTIAL = "非居民"
    COMMERCIAL = "商业"
    GENERAL_INDUSTRY = "非工业/普通工业"
    LARGE_INDUSTRY = "大工业"
    AGRICULTURE = "农业生产"
    WHOLESALE = "趸售"


class SupplyRelation(StrEnum):
    DIRECT = "直供"
    WHOLESALE = "趸售"
    RESOLD = "转供电"


class SupplySource(StrEnum):
    HIGH_VOLTAGE = "高压"
    LOW_VOLTAGE = "低压"
    DUAL = "双电源"
    SELF_OWNED = "自备电源"
    DEDICATED = "专线"


class UsageNature(StrEnum):
    ORDINARY = "一般"
    TEMPORARY = "临时"
    SEASONAL = "季节性"
    IMPORTANT = "重要"


class Account(Model):
    """A supply account as a verified customer may see it: name and phone are masked at the source."""

    account_no: str = Field(description="户号, 10 digits (13 or 16 elsewhere)")
    holder_masked: str = Field(description="张*")
    phone_masked: str = Field(description="138****5678")
    address_masked: str = Field(description="community level only")
    place_id: str = Field(description="the community or street it lies in")
    building: str = Field(description="3栋; empty in villages")
    transformer_area: str = Field(description="台区")
    feeder: str = Field(description="10 kV line")
    tariff_class: TariffClass = Field(description="decides the price")
    supply_relation: SupplyRelation = Field(description="who sells the power")
    supply_source: SupplySource = Field(description="how it is supplied")
    usage_nature: UsageNature = Field(description="temporary, seasonal and important users have rules of their own")
    important_kind: str | None = Field(default=None, description="医院, 学校 …; only where the nature is 重要")
    hardship: bool = Field(default=False, description="低保、五保 and the like")
    life_support: bool = Field(default=False, description="a device that keeps somebody alive runs here")
    manager: str | None = Field(default=None, description="客户经理 of a key customer")


class IdentityCheck(Model):
    """户号 + last four digits of the registered phone; `requester` is the conversation that tries."""

    account_no: str = Field(pattern=r"^[0-9]{10,16}$", description="户号")
    phone_tail: str = Field(pattern=r"^[0-9]{4}$", description="last four digits of the registered phone")
    requester: Words = Field(description="who tries: the opaque conversation id; tries are counted by it")


class Grant(Model):
    """Proof of a passed identity check: the account's data is given out only against `token`."""

    account: Account = Field(description="the account as a verified customer may see it")
    token: str = Field(description="send it as X-Account-Grant")
    expires_at: datetime = Field(description="the grant is refused from then on")


# --- bills -------------------------------------------------------------------------------------------------------


class BillStatus(StrEnum):
    PAID = "已缴"
    OPEN = "待缴"
    OVERDUE = "逾期"


class BillItem(Model):
    """One line of a bill. `unit_price` is yuan per kWh where the line is a quantity of energy."""

    name: str = Field(description="第一档电费, 峰段电费, 政府性基金及附加 …")
    quantity: Decimal | None = Field(
        default=None, description="kWh (kVA for a capacity charge); none where the line is not a quantity"
    )
    unit_price: Decimal | None = Field(default=None, description="yuan per unit of the quantity")
    amount: Decimal = Field(description="yuan; negative for a reduction")


class TierUse(Model):
    """What was used within a tier of the yearly ladder; `upper` is None for the last tier."""

    tier: int = Field(description="1, 2, 3")
    upper: Decimal | None = Field(description="yearly kWh up to which the tier reaches; none for the last")
    kwh: Decimal = Field(description="of this month within the tier")
    unit_price: Decimal = Field(description="yuan per kWh of the tier without peak and valley")


class Bill(Model):
    account_no: str = Field(description="户号")
    period: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$", description="month of use, YYYY-MM")
    days: int = Field(description="days between the two readings")
    reading_start: Decimal = Field(description="meter before, kWh")
    reading_end: Decimal = Field(description="meter after, kWh")
    kwh: Decimal = Field(description="energy of the period")
    kwh_peak: Decimal | None = Field(default=None, description="its part in peak hours, where metered apart")
    kwh_valley: Decimal | None = Field(default=None, description="its part in valley hours, where metered apart")
    year_kwh: Decimal = Field(description="cumulative since January, decides the tier")
    items: list[BillItem] = Field(description="add up to the total exactly")
    tiers: list[TierUse] = Field(default=[], description="residents only")
    total: Decimal = Field(description="yuan, without a late fee")
    late_fee: Decimal = Field(default=Decimal("0.00"), description="yuan owed on top as of now (违约金)")
    status: BillStatus = Field(description="as of now")
    due_on: date = Field(description="last day to pay without a late fee")
    estimated: bool = Field(default=False, description="the reading is an estimate (估抄)")
    as_of: datetime = Field(description="the moment this was true")
    source: str = Field(description="the system that says so")


class Balance(Model):
    """What is owed now. `cutoff_on` is set only after a legal notice was served."""

    account_no: str = Field(description="户号")
    arrears: Decimal = Field(
        description="yuan: sum of the overdue bills, without late fees; open bills are not arrears"
    )
    late_fee: Decimal = Field(description="yuan owed on top as of now")
    overdue_periods: list[str] = Field(description="periods not paid in time")
    open_periods: list[str] = Field(description="periods still in time")
    prepaid: Decimal = Field(description="yuan on the account")
    cut_off: bool = Field(description="supply is interrupted for arrears now")
    cutoff_on: date | None = Field(
        default=None, description="the day of disconnection; only after a legal notice was served"
    )
    pay_url: str = Field(description="where to pay")
    as_of: datetime = Field(description="the moment this was true")
    source: str = Field(description="the system that says so")


class PaymentWay(Model):
    name: str = Field(description="what it is called")
    how: str = Field(description="what to do, one sentence")
    url: str | None = Field(default=None, description="where, if it is on the web")
    source: str = Field(description="who says so")
    valid_from: date = Field(description="since when it holds")


# --- outages -----------------------------------------------------------------------------------------------------


class OutageKind(StrEnum):
    PLANNED = "计划停电"
    TEMPORARY = "临时停电"
    FAULT = "故障停电"
    RESTRICTED = "有序用电"


class OutageStatus(StrEnum):
    ANNOUNCED = "已公告"
    ONGOING = "停电中"
    RESTORED = "已恢复"
    CANCELLED = "已取消"


class OutageStep(Model):
    """Progress of a fault: 受理 派单 接单 到达 修复 回访."""

    name: str = Field(description="受理 派单 接单 到达 进展 修复 回访; 公告 for a plan")
    at: datetime = Field(description="when")
    note: str = Field(default="", description="for customers")


class Outage(Model):
    """A plan or a fault. `starts_at`/`ends_at` are the planned window of a plan, the actual times of a fault.

    `expected_at` is None when nobody knows yet: then nobody may say a time.
    """

    id: str = Field(description="stable key")
    kind: OutageKind = Field(description="plan, fault or restriction")
    status: OutageStatus = Field(description="as of now")
    place_ids: list[str] = Field(description="communities and streets concerned")
    buildings: list[str] = Field(default=[], description="empty: the whole of the places")
    scope: str = Field(description="as people read it: 阳光花园 1–6 栋")
    feeder: str = Field(description="10 kV line")
    transformer_areas: list[str] = Field(description="台区 concerned")
    reason: str = Field(description="for customers")
    starts_at: datetime = Field(description="planned, or actual for a fault")
    ends_at: datetime | None = Field(
        default=None, description="planned, or actual for a fault; none while a fault goes on"
    )
    expected_at: datetime | None = Field(
        default=None, description="expected restoration; none: nobody knows, say no time"
    )
    steps: list[OutageStep] = Field(default=[], description="progress so far, oldest first")
    updated_at: datetime = Field(description="when the newest of this became known")
    source: str = Field(description="the system that says so")


class OutageReport(Model):
    """Everything known about a place or account, most pressing first. An empty list means: nothing is known."""

    place: Place | None = Field(description="none when asked by account: an address is not given away")
    outages: list[Outage] = Field(description="most pressing first: ongoing, announced by beginning, restored")
    as_of: datetime = Field(description="the moment this was true")
    source: str = Field(description="the system that says so")


# --- tickets -----------------------------------------------------------------------------------------------------


class TicketKind(StrEnum):
    REPAIR = "故障报修"
    HAZARD = "紧急处置"
    COMPLAINT = "投诉"
    CALLBACK = "人工回电"
    SERVICE = "服务申请"


class TicketStatus(StrEnum):
    OPEN = "已受理"
    DISPATCHED = "已派单"
    ACCEPTED = "已接单"
    ARRIVED = "已到达"
    FIXED = "已修复"
    CLOSED = "已办结"


class ComplaintClass(StrEnum):
    SERVICE = "服务投诉"
    BUSINESS = "营业投诉"
    OUTAGE = "停送电投诉"
    QUALITY = "供电质量投诉"
    CONSTRUCTION = "电网建设投诉"


class Grade(StrEnum):
    NORMAL = "一般"
    IMPORTANT = "重要"
    MAJOR = "重大"


class TicketEvent(Model):
    """A line of the ticket's time line."""

    name: str = Field(description="受理 并入 关联故障 派单 接单 到达 修复 催办 补充 …")
    at: datetime = Field(description="when")
    note: str = Field(default="", description="for customers; empty where it is another party’s")


class TimeLimit(Model):
    """A promise as data. Exactly one of `minutes` and `working_days` is set; `text` is how people read it."""

    matter: str = Field(description="到达现场, 投诉答复 …")
    area: Area | None = Field(default=None, description="none: everywhere")
    minutes: int | None = Field(default=None, description="by the clock")
    working_days: int | None = Field(
        default=None, description="with 调休, ends with the last service hour of the last day"
    )
    text: str = Field(description="how people read it")
    source: str = Field(description="the commitment or rule")
    valid_from: date = Field(description="since when it holds")


class TicketRequest(Model):
    """A ticket to be made. The idempotency key travels in the header `Idempotency-Key`."""

    kind: TicketKind = Field(description="decides number, promise and team")
    channel: Words = Field(description="wechat, web, telegram …")
    conversation: Words = Field(description="opaque id of the conversation that asks")
    phone: str | None = Field(default=None, pattern=r"^[0-9]{7,12}$", description="for the call back, digits only")
    account_no: Words | None = Field(
        default=None, description="户号, if known; an unknown one is noted and stops nothing"
    )
    place_id: Words | None = Field(default=None, description="from the gazetteer, if known")
    address: Words = Field(default="", description="as the customer wrote it; the building is read from it")
    symptom: Words = Field(default="", description="没电, 跳闸 …")
    scope: Words = Field(default="", description="一户 | 整栋 | 整个小区")
    description: Words = Field(default="", description="in the customer’s words")
    complaint_class: ComplaintClass | None = Field(default=None, description="of a complaint")
    grade: Grade = Field(default=Grade.NORMAL, description="重大: injury, media, many people")
    skill: Words = Field(default="", description="for the desk that takes it on")
    anonymous: bool = Field(default=False, description="neither phone nor account is kept")


class Ticket(Model):
    """`no` like RP20261122-0001. `due_at` is the first promise still to be kept, `limit` says which one it is.

    `joined` is true when the request met an open ticket for the same trouble and was added to it;
    `outage_id` names the known outage the ticket was attached to.
    """

    no: str = Field(description="RP20261122-0001: kind, day, count")
    kind: TicketKind = Field(description="decides number, promise and team")
    status: TicketStatus = Field(description="as of now; follows the outage it is attached to")
    grade: Grade = Field(description="as asked for")
    place_id: str | None = Field(description="as the party said it")
    address_masked: str = Field(description="community level")
    symptom: str = Field(description="of this party")
    scope: str = Field(description="of this party")
    description: str = Field(description="of this party")
    complaint_class: ComplaintClass | None = Field(description="of a complaint")
    phone_masked: str | None = Field(description="of this party")
    created_at: datetime = Field(description="of the ticket, which may be older than the request")
    due_at: datetime = Field(description="when the first promise still to be kept falls due")
    limits: list[TimeLimit] = Field(description="the promises it carries, first due first")
    contact: str = Field(description="who will get in touch: 城东供电所抢修班")
    joined: bool = Field(default=False, description="this party was added to a ticket that was open already")
    outage_id: str | None = Field(default=None, description="the known outage it is attached to")
    urged: int = Field(default=0, description="how often it was urged")
    timeline: list[TicketEvent] = Field(description="oldest first")
    as_of: datetime = Field(description="the moment this was true")
    source: str = Field(description="the system that says so")


class TicketNote(Model):
    """An addition to an open ticket: an urging or more facts."""

    conversation: Words = Field(description="one of the ticket’s own")
    text: Words = Field(default="", description="what is added")


# --- service hours -----------------------------------------------------------------------------------------------


class ServiceHours(Model):
    """When people sit at the desk: `open_now`, and when the next shift begins."""

    text: str = Field(description="工作日 9:00-12:00,13:30-17:30")
    open_now: bool = Field(description="does somebody sit there now")
    next_open_at: datetime = Field(description="beginning of the next shift, later than now")
    source: str = Field(description="who says so")
    valid_from: date = Field(description="since when it holds")


class Problem(Model):
    """Body of every error of the contract. `code` is one of the names below; `message` is for operators.

    not_found · identity_mismatch (tries_left) · identity_locked (until) · not_allowed · not_possible · invalid ·
    unavailable
    """

    code: str = Field(description="stable name of the refusal")
    message: str = Field(description="for operators; never holds what the request said")
    tries_left: int | None = Field(default=None, description="with identity_mismatch")
    until: datetime | None = Field(default=None, description="with identity_locked: the end of the pause")
