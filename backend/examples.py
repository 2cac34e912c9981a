"""One example of each noun for the OpenAPI document, made of the real models so that none can be wrong."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from pydantic import BaseModel

from backend import wording
from backend.clock import LOCAL
from utility.models import (
    Account,
    Area,
    Bill,
    BillItem,
    BillStatus,
    IdentityCheck,
    Outage,
    OutageKind,
    OutageStatus,
    OutageStep,
    SupplyRelation,
    SupplySource,
    TariffClass,
    Ticket,
    TicketEvent,
    TicketKind,
    TicketNote,
    TicketRequest,
    TicketStatus,
    TierUse,
    TimeLimit,
    UsageNature,
)

AT = datetime(2026, 11, 22, 14, 5, tzinfo=LOCAL)


def examples() -> list[BaseModel]:
    """A customer of 翠湖苑 whose power is out: account, bill, outage, report, ticket."""
    check = IdentityCheck(account_no="3300100002", phone_tail="1234", requester="c-7f3a")
    note = TicketNote(conversation="c-7f3a", text="家里有老人，请尽快")
    return [check, note, _account(), _bill(), _outage(), _request(), _ticket()]


def _account() -> Account:
    return Account(
        account_no="3300100002",
        holder_masked="李*",
        phone_masked="138****1234",
        address_masked="澜湾市城东区翠湖苑",
        place_id="C02",
        building="5栋",
        transformer_area="翠湖苑1号公变",
        feeder="10千伏翠湖线",
        tariff_class=TariffClass.RESIDENTIAL,
        supply_relation=SupplyRelation.DIRECT,
        supply_source=SupplySource.LOW_VOLTAGE,
        usage_nature=UsageNature.ORDINARY,
    )


def _bill() -> Bill:
    price, kwh = Decimal("0.538"), Decimal(200)
    return Bill(
        account_no="3300100002",
        period="2026-10",
        days=31,
        reading_start=Decimal(8120),
        reading_end=Decimal(8320),
        kwh=kwh,
        year_kwh=Decimal(2140),
        items=[BillItem(name="第一档电费", quantity=kwh, unit_price=price, amount=Decimal("107.60"))],
        tiers=[TierUse(tier=1, upper=Decimal(2760), kwh=kwh, unit_price=price)],
        total=Decimal("107.60"),
        status=BillStatus.OPEN,
        due_on=date(2026, 11, 25),
        as_of=AT,
        source=wording.ACCOUNTS,
    )


def _outage() -> Outage:
    began = AT - timedelta(minutes=50)
    return Outage(
        id="FT20261122-01",
        kind=OutageKind.FAULT,
        status=OutageStatus.ONGOING,
        place_ids=["C02"],
        scope="翠湖苑全部楼栋",
        feeder="10千伏翠湖线",
        transformer_areas=["翠湖苑1号公变", "翠湖苑2号公变"],
        reason="10千伏电缆故障",
        starts_at=began,
        expected_at=AT + timedelta(hours=2),
        steps=[OutageStep(name="到达", at=AT - timedelta(minutes=18), note="抢修人员已到达现场")],
        updated_at=AT - timedelta(minutes=18),
        source=wording.OUTAGES,
    )


def _request() -> TicketRequest:
    return TicketRequest(
        kind=TicketKind.REPAIR,
        channel="web",
        conversation="c-7f3a",
        phone="13800121234",
        place_id="C02",
        address="翠湖苑5栋1单元302室",
        symptom="没电",
        scope="整栋",
        description="整栋楼都没电了",
    )


def _ticket() -> Ticket:
    limit = TimeLimit(
        matter="到达现场",
        area=Area.CITY,
        minutes=45,
        text="城区抢修人员一般45分钟内到达现场",
        source="国家电网供电服务“十项承诺”第3条",
        valid_from=date(2023, 1, 1),
    )
    return Ticket(
        no="RP20261122-0001",
        kind=TicketKind.REPAIR,
        status=TicketStatus.OPEN,
        grade=_request().grade,
        place_id="C02",
        address_masked="城东区翠湖苑",
        symptom="没电",
        scope="整栋",
        description="整栋楼都没电了",
        complaint_class=None,
        phone_masked="138****1234",
        created_at=AT,
        due_at=AT + timedelta(minutes=45),
        limits=[limit],
        contact="城东供电所抢修班",
        timeline=[TicketEvent(name="受理", at=AT, note="已登记，由城东供电所抢修班处理")],
        as_of=AT,
        source=wording.TICKETS,
    )
