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

    id: str
    kind: PlaceKind
    name: str
    aliases: list[str] = []
    district: str
    area: Area


class PlaceMatch(Model):
    """A candidate for what the customer wrote; `score` 0..1, 1 is the exact name or alias."""

    place: Place
    score: float
    matched: str


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

    account_no: str
    holder_masked: str = Field(description="张*")
    phone_masked: str = Field(description="138****5678")
    address_masked: str = Field(description="community level only")
    place_id: str
    building: str = Field(description="3栋; empty in villages")
    transformer_area: str
    feeder: str
    tariff_class: TariffClass
    supply_relation: SupplyRelation
    supply_source: SupplySource
    usage_nature: UsageNature
    important_kind: str | None = None
    hardship: bool = False
    life_support: bool = False
    manager: str | None = None


class IdentityCheck(Model):
    """户号 + last four digits of the registered phone; `requester` is the conversation that tries."""

    account_no: str = Field(pattern=r"^\d{10,16}$")
    phone_tail: str = Field(pattern=r"^\d{4}$")
    requester: Words


class Grant(Model):
    """Proof of a passed identity check: the account's data is given out only against `token`."""

    account: Account
    token: str
    expires_at: datetime


# --- bills -------------------------------------------------------------------------------------------------------


class BillStatus(StrEnum):
    PAID = "已缴"
    OPEN = "待缴"
    OVERDUE = "逾期"


class BillItem(Model):
    """One line of a bill. `unit_price` is yuan per kWh where the line is a quantity of energy."""

    name: str
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal


class TierUse(Model):
    """What was used within a tier of the yearly ladder; `upper` is None for the last tier."""

    tier: int
    upper: Decimal | None
    kwh: Decimal
    unit_price: Decimal


class Bill(Model):
    account_no: str
    period: str = Field(pattern=r"^\d{4}-\d{2}$")
    days: int
    reading_start: Decimal
    reading_end: Decimal
    kwh: Decimal
    kwh_peak: Decimal | None = None
    kwh_valley: Decimal | None = None
    year_kwh: Decimal = Field(description="cumulative since January, decides the tier")
    items: list[BillItem]
    tiers: list[TierUse] = []
    total: Decimal
    late_fee: Decimal = Decimal("0.00")
    status: BillStatus
    due_on: date
    estimated: bool = False
    as_of: datetime
    source: str


class Balance(Model):
    """What is owed now. `cutoff_on` is set only after a legal notice was served."""

    account_no: str
    arrears: Decimal
    late_fee: Decimal
    overdue_periods: list[str]
    open_periods: list[str]
    prepaid: Decimal
    cut_off: bool = Field(description="supply is interrupted for arrears now")
    cutoff_on: date | None = None
    pay_url: str
    as_of: datetime
    source: str


class PaymentWay(Model):
    name: str
    how: str
    url: str | None = None
    source: str
    valid_from: date


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

    name: str
    at: datetime
    note: str = ""


class Outage(Model):
    """A plan or a fault. `starts_at`/`ends_at` are the planned window of a plan, the actual times of a fault.

    `expected_at` is None when nobody knows yet: then nobody may say a time.
    """

    id: str
    kind: OutageKind
    status: OutageStatus
    place_ids: list[str]
    buildings: list[str] = Field(default=[], description="empty: the whole of the places")
    scope: str = Field(description="as people read it: 阳光花园 1–6 栋")
    feeder: str
    transformer_areas: list[str]
    reason: str
    starts_at: datetime
    ends_at: datetime | None = None
    expected_at: datetime | None = None
    steps: list[OutageStep] = []
    updated_at: datetime
    source: str


class OutageReport(Model):
    """Everything known about a place or account, newest first. An empty list means: nothing is known."""

    place: Place | None
    outages: list[Outage]
    as_of: datetime
    source: str


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

    name: str
    at: datetime
    note: str = ""


class TimeLimit(Model):
    """A promise as data. Exactly one of `minutes` and `working_days` is set; `text` is how people read it."""

    matter: str
    area: Area | None = None
    minutes: int | None = None
    working_days: int | None = None
    text: str
    source: str
    valid_from: date


class TicketRequest(Model):
    """A ticket to be made. The idempotency key travels in the header `Idempotency-Key`."""

    kind: TicketKind
    channel: Words
    conversation: Words
    phone: str | None = Field(default=None, pattern=r"^\d{7,12}$")
    account_no: Words | None = None
    place_id: Words | None = None
    address: Words = ""
    symptom: Words = ""
    scope: Words = ""
    description: Words = ""
    complaint_class: ComplaintClass | None = None
    grade: Grade = Grade.NORMAL
    skill: Words = ""
    anonymous: bool = False


class Ticket(Model):
    """`no` like RP20261122-0001. `due_at` is the first promise still to be kept, `limit` says which one it is.

    `joined` is true when the request met an open ticket for the same trouble and was added to it;
    `outage_id` names the known outage the ticket was attached to.
    """

    no: str
    kind: TicketKind
    status: TicketStatus
    grade: Grade
    place_id: str | None
    address_masked: str
    symptom: str
    scope: str
    description: str
    complaint_class: ComplaintClass | None
    phone_masked: str | None
    created_at: datetime
    due_at: datetime
    limits: list[TimeLimit]
    contact: str = Field(description="who will get in touch: 城东供电所抢修班")
    joined: bool = False
    outage_id: str | None = None
    urged: int = 0
    timeline: list[TicketEvent]
    as_of: datetime
    source: str


class TicketNote(Model):
    """An addition to an open ticket: an urging or more facts."""

    conversation: Words
    text: Words = ""


# --- service hours -----------------------------------------------------------------------------------------------


class ServiceHours(Model):
    """When people sit at the desk: `open_now`, and when the next shift begins."""

    text: str = Field(description="工作日 9:00-12:00,13:30-17:30")
    open_now: bool
    next_open_at: datetime
    source: str
    valid_from: date


class Problem(Model):
    """Body of every error of the contract. `code` is one of the names below; `message` is for operators.

    not_found · identity_mismatch (tries_left) · identity_locked (until) · not_allowed · invalid · unavailable
    """

    code: str
    message: str
    tries_left: int | None = None
    until: datetime | None = None
