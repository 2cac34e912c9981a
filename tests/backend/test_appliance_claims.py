"""A damaged appliance: taken in within seven days, reckoned line by line, and somebody comes within a day."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete

from backend.tables import ApplianceClassRow
from tests.backend.compensation_kit import bind, client, outage
from tests.backend.conftest import MONDAY, Town
from utility.compensation import ApplianceClaimRequest, ClaimState
from utility.errors import InvalidRequest
from utility.models import TicketKind, TicketStatus

TODAY = MONDAY.date()
RULE = "《居民用户家用电器损坏处理办法》（电力工业部令第7号）"


def wish(**other: Any) -> ApplianceClaimRequest:
    known = {
        "conversation": "c1",
        "channel": "web",
        "phone": "13912345678",
        "place_id": "C05",
        "address": "金色家园7栋1单元402室",
        "appliance": "液晶电视",
        "price": Decimal(3000),
        "bought_on": date(2021, 11, 22),
        "damaged_on": date(2026, 11, 22),
        "description": "来电时一声响，屏幕不亮了",
    }
    return ApplianceClaimRequest(**known | other)


async def test_the_calculation_is_shown_line_by_line_and_marked_as_an_estimate(own_town: Town) -> None:
    made = await client(own_town).claim_appliance(wish(), "k1")
    assert (made.state, made.appliance_class, made.estimate) == (ClaimState.RECEIVED, "电子类", Decimal(1500))
    assert [line.text for line in made.lines] == [
        "损坏于2026-11-22，今天2026-11-23是第1天，在损坏之日起7日内",
        "液晶电视原价3000元，购于2021-11-22，损坏于2026-11-22，已使用60个月（足月）",
        "电子类使用年限10年，即120个月",
        "3000×(1−60/120)＝1500.00元",
        "以上为不可修复时的测算，以核定为准；是否属于供电企业责任、能否修复由到场人员确认",
    ]
    assert [line.source for line in made.lines] == [RULE, "", RULE, RULE, RULE]


async def test_somebody_comes_within_a_day_by_a_ticket(own_town: Town) -> None:
    made = await client(own_town).claim_appliance(wish(outage_id=await outage(own_town)), "k1")
    assert made.promise and made.promise.text == "家用电器损坏登记后24小时内派员到场核实"
    assert made.due_at == MONDAY + timedelta(hours=24)
    ticket = await own_town.client.ticket(made.ticket_no or "", "c1")
    assert (ticket.kind, ticket.due_at, ticket.limits) == (TicketKind.SERVICE, made.due_at, [made.promise])
    assert ticket.status is made.ticket_status is TicketStatus.OPEN
    assert "液晶电视（电子类）2026-11-22损坏，购于2021-11-22，原价3000元，客户称与停电FT1有关" in ticket.description


async def test_the_same_key_makes_one_claim_and_one_ticket(own_town: Town) -> None:
    made = await asyncio.gather(*(client(own_town).claim_appliance(wish(), "k1") for _ in range(6)))
    assert len({(one.id, one.ticket_no) for one in made}) == 1
    assert len(await own_town.client.tickets("c1")) == 1
    assert await client(own_town).appliance_claims("c1") == made[:1]


@pytest.mark.parametrize(
    ("days", "state"), [(0, ClaimState.RECEIVED), (7, ClaimState.RECEIVED), (8, ClaimState.TOO_LATE)]
)
async def test_after_seven_days_it_is_declined_with_the_rule(own_town: Town, days: int, state: ClaimState) -> None:
    made = await client(own_town).claim_appliance(wish(damaged_on=TODAY - timedelta(days=days)), f"k{days}")
    assert made.state is state
    if state is ClaimState.TOO_LATE:
        assert (made.ticket_no, made.estimate, made.promise, made.due_at) == (None, None, None, None)
        fact, rule = made.lines
        assert fact.text == "损坏于2026-11-15，到今天2026-11-23已8天"
        assert rule.text.startswith("应在损坏之日起7日内提出，过期视为放弃")
        assert rule.source == RULE


async def test_new_and_old_ones_have_their_own_lines(own_town: Town) -> None:
    new = await client(own_town).claim_appliance(wish(bought_on=date(2026, 6, 1)), "k1")
    old = await client(own_town).claim_appliance(wish(bought_on=date(2010, 6, 1)), "k2")
    fridge = {"appliance": "双门电冰箱", "price": Decimal(2500), "bought_on": date(2020, 11, 22)}
    half = await client(own_town).claim_appliance(wish(**fridge), "k3")
    assert [one.estimate for one in (new, old, half)] == [Decimal(3000), Decimal(300), Decimal(1250)]
    assert new.lines[2].text == "购买不超过6个月，不可修复的按原价：3000.00元"
    assert old.lines[3].text == "折旧后不足原价10%的按10%：3000×10%＝300.00元"
    assert half.appliance_class == "电机类"


async def test_a_class_can_be_named_and_what_is_not_proven_says_so(own_town: Town) -> None:
    classes = {cls.name: cls for cls in await client(own_town).appliance_classes()}
    assert (classes["电子类"].years, classes["电机类"].years) == (10, 12)
    assert classes["电阻电热类"].source.startswith("未核实，可配置")
    made = await client(own_town).claim_appliance(wish(appliance="榨汁机", appliance_class="电机类"), "k1")
    assert made.estimate == Decimal(1750)
    with pytest.raises(InvalidRequest):
        await client(own_town).claim_appliance(wish(appliance_class="奢侈品类"), "k2")


async def test_without_years_of_service_there_is_a_ticket_but_no_figure(own_town: Town) -> None:
    unknown = await client(own_town).claim_appliance(wish(appliance="鱼缸"), "k1")
    assert (unknown.estimate, unknown.appliance_class, len(unknown.lines)) == (None, "", 2)
    assert unknown.ticket_no
    async with own_town.database.write() as session, session.begin():
        await session.execute(delete(ApplianceClassRow))
    assert (await client(own_town).claim_appliance(wish(), "k2")).estimate is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"damaged_on": TODAY + timedelta(days=1)},
        {"bought_on": date(2026, 11, 23)},
        {"outage_id": "FT404"},
        {"place_id": "C404"},
    ],
)
async def test_what_cannot_be_is_refused_and_leaves_nothing(own_town: Town, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        await client(own_town).claim_appliance(wish(conversation="c8", **wrong), "k8")
    assert await client(own_town).appliance_claims("c8") == []


async def test_one_customer_sees_them_on_every_channel_and_others_do_not(own_town: Town) -> None:
    for conversation in ("c1", "c2"):
        await bind(own_town, conversation)
    made = await client(own_town).claim_appliance(wish(), "k1")
    assert await client(own_town).appliance_claims("c2") == [made]
    assert await client(own_town).appliance_claims("c9") == []
