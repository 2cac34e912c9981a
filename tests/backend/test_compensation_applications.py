"""Who asks for compensation gets an answer with its reason: at once where a rule decides, else when one can."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete

from backend.tables import CompensationRuleRow
from tests.backend.compensation_kit import ACCOUNT, BEGAN, NO, TAIL, YES, bind, client, outage, policy, restored
from tests.backend.conftest import Town
from utility.compensation import ApplicationDecision, ApplicationRequest, ApplicationState
from utility.errors import InvalidRequest, NotAllowed, NotFound, NotPossible
from utility.models import OutageKind

S = ApplicationState


def wish(outage_id: str | None = "FT1", conversation: str = "c1", no: str = ACCOUNT) -> ApplicationRequest:
    return ApplicationRequest(conversation=conversation, account_no=no, outage_id=outage_id, reason="冰箱的肉坏了")


async def test_a_rule_that_gives_is_answered_at_once_with_its_figures(own_town: Town) -> None:
    await policy(own_town, "compensation_automatic", "1")
    await bind(own_town)
    await outage(own_town)
    made = await client(own_town).apply_for_compensation(wish(), "k1")
    assert (made.state, made.amount, made.outage_id) == (S.GRANTED, Decimal(10), "FT1")
    assert "共600分钟" in made.decision
    shown = await client(own_town).compensation("c1")
    assert shown.applications == [made]
    assert [(one.state, one.amount) for one in shown.grants] == [("已发放", Decimal(10))]


async def test_the_same_key_is_carried_out_once(own_town: Town) -> None:
    await bind(own_town)
    await outage(own_town)
    asked = client(own_town)
    made = await asyncio.gather(*(asked.apply_for_compensation(wish(), "k1") for _ in range(5)))
    assert len({one.id for one in made}) == 1
    assert len(await asked.staff_grants()) == 1
    run = await asked.run_compensation("FT1")
    assert run.already == 1
    assert len([one for one in await asked.staff_grants() if one.grant.account_masked == ACCOUNT[-4:]]) == 1


async def test_it_waits_for_approval_and_the_applicant_is_told(own_town: Town) -> None:
    """Not bound, but proven: whoever applied hears of the decision too."""
    await outage(own_town)
    grant = (await own_town.grant(ACCOUNT, TAIL)).token
    made = await client(own_town).apply_for_compensation(wish(), "k1", grant)
    assert (made.state, made.amount, made.decided_at) == (S.PENDING, Decimal(10), None)
    assert made.decision.endswith("待审批，有结果会主动告知")
    (waiting,) = await client(own_town).staff_grants()
    await client(own_town).approve_grant(waiting.grant.id, YES)
    (news,) = await client(own_town).grant_news(0)
    assert news.conversations == ["c1"]
    (shown,) = (await client(own_town).compensation("c1")).applications
    assert (shown.state, shown.amount) == (S.GRANTED, Decimal(10))
    assert shown.decision.endswith("审批意见：核实无误")


async def test_a_refused_grant_refuses_the_application(own_town: Town) -> None:
    await bind(own_town)
    await outage(own_town)
    await client(own_town).apply_for_compensation(wish(), "k1")
    (waiting,) = await client(own_town).staff_grants()
    await client(own_town).reject_grant(waiting.grant.id, NO)
    (shown,) = (await client(own_town).compensation("c1")).applications
    assert (shown.state, shown.amount) == (S.REJECTED, None)
    assert "用户侧故障所致" in shown.decision


async def test_who_was_answered_at_once_is_not_told_again_but_others_are(own_town: Town) -> None:
    await policy(own_town, "compensation_automatic", "1")
    for conversation in ("c1", "c2"):
        await bind(own_town, conversation)
    await outage(own_town)
    await client(own_town).apply_for_compensation(wish(), "k1")
    (news,) = await client(own_town).grant_news(0)
    assert news.conversations == ["c2"]


async def test_neither_bound_nor_proven_is_refused_and_leaves_nothing(own_town: Town) -> None:
    await outage(own_town)
    other = (await own_town.grant("3300100001", "5678")).token
    for token in (None, other, "nonsense"):
        with pytest.raises(NotAllowed):
            await client(own_town).apply_for_compensation(wish(), "k1", token)
    assert await client(own_town).staff_applications() == []


@pytest.mark.parametrize(
    ("lapse", "why"),
    [
        ({"hours": 7}, "共420分钟，当月停电1次，未超过规则规定，不符合补偿条件"),
        ({"buildings": ["1栋"]}, "影响范围不包含该户"),
        ({"cancelled": True}, "已取消，没有停电"),
        ({"kind": OutageKind.RESTRICTED}, "不属于补偿规则覆盖的情形"),
        ({"kind": OutageKind.PLANNED, "expected_at": BEGAN + timedelta(hours=10)}, "晚0分钟"),
    ],
)
async def test_what_no_rule_gives_is_answered_with_the_reason(
    own_town: Town, lapse: dict[str, object], why: str
) -> None:
    await bind(own_town)
    await outage(own_town, **lapse)
    made = await client(own_town).apply_for_compensation(wish(), "k1")
    assert (made.state, made.amount) == (S.NOT_ELIGIBLE, None)
    assert why in made.decision


async def test_without_a_rule_nothing_is_promised(own_town: Town) -> None:
    await bind(own_town)
    await outage(own_town)
    async with own_town.database.write() as session, session.begin():
        await session.execute(delete(CompensationRuleRow))
    made = await client(own_town).apply_for_compensation(wish(), "k1")
    assert (made.state, made.decision) == (S.NOT_ELIGIBLE, "目前没有适用于这户的停电补偿规则，不能作出补偿承诺")


@pytest.mark.parametrize(("hours", "state"), [(10, S.PENDING), (7, S.NOT_ELIGIBLE)])
async def test_while_the_power_is_off_it_waits_and_the_run_answers_it(
    own_town: Town, hours: int, state: ApplicationState
) -> None:
    await bind(own_town)
    await outage(own_town, hours=None)
    made = await client(own_town).apply_for_compensation(wish(), "k1")
    assert (made.state, made.decided_at) == (S.QUEUED, None)
    assert (await client(own_town).apply_for_compensation(wish(), "k2")).id == made.id
    await restored(own_town, "FT1", BEGAN + timedelta(hours=hours))
    run = await client(own_town).run_compensation("FT1")
    assert run.applications == 1
    assert (await client(own_town).run_compensation("FT1")).applications == 0
    (shown,) = (await client(own_town).compensation("c1")).applications
    assert shown.state is state
    news = await client(own_town).grant_news(0)
    told = [] if state is S.PENDING else [(made.id, None, S.NOT_ELIGIBLE, ["c1"])]
    assert [(one.application_id, one.grant_id, one.state, one.conversations) for one in news] == told


async def test_without_an_outage_the_newest_that_gives_something_is_found(own_town: Town) -> None:
    await bind(own_town)
    await outage(own_town, id="old", starts_at=BEGAN - timedelta(days=3), ends_at=BEGAN - timedelta(days=2))
    await outage(own_town, id="short", hours=1)
    made = await client(own_town).apply_for_compensation(wish(None), "k1")
    assert (made.state, made.outage_id, made.amount) == (S.PENDING, "old", Decimal(50))


async def test_an_outage_nobody_knows_is_looked_for_by_staff(own_town: Town) -> None:
    await bind(own_town)
    made = await client(own_town).apply_for_compensation(wish(None), "k1")
    assert (made.state, made.outage_id) == (S.QUEUED, None)
    assert made.decision == "近30天没有查到影响该户的停电记录，已转工作人员核实，有结果会主动告知"
    assert await client(own_town).staff_applications(state="待核实") == [made]
    await outage(own_town)
    found = ApplicationDecision(staff="kefu", reason="查实为该故障", outage_id="FT1")
    for _ in range(2):
        decided = await client(own_town).decide_application(made.id, found)
    assert (decided.state, decided.amount) == (S.PENDING, Decimal(10))
    assert decided.decision.endswith("审批意见：查实为该故障")
    with pytest.raises(NotPossible):
        await client(own_town).decide_application(made.id, found.model_copy(update={"staff": "li"}))


async def test_staff_say_no_and_the_customer_is_told(own_town: Town) -> None:
    await bind(own_town)
    made = await client(own_town).apply_for_compensation(wish(None), "k1")
    no = ApplicationDecision(staff="kefu", reason="该时段系统无停电记录")
    for _ in range(2):
        decided = await client(own_town).decide_application(made.id, no)
    assert decided.state is S.NOT_ELIGIBLE
    (news,) = await client(own_town).grant_news(0)
    assert (news.application_id, news.grant_id, news.state, news.amount) == (made.id, None, S.NOT_ELIGIBLE, Decimal(0))
    assert (news.reason, news.conversations) == ("审批意见：该时段系统无停电记录", ["c1"])
    with pytest.raises(NotFound):
        await client(own_town).decide_application(999999, no)


async def test_an_outage_that_customers_do_not_see_is_unknown(own_town: Town) -> None:
    await bind(own_town)
    await outage(own_town, id="drill", drill=True)
    await outage(own_town, id="draft", draft=True)
    for id in ("drill", "draft", "FT404"):
        with pytest.raises(InvalidRequest):
            await client(own_town).apply_for_compensation(wish(id), f"k-{id}")


async def test_a_customer_sees_own_matters_only(own_town: Town) -> None:
    await bind(own_town)
    await outage(own_town)
    await client(own_town).apply_for_compensation(wish(), "k1")
    await client(own_town).run_compensation("FT1")
    assert len((await client(own_town).compensation("c1")).grants) == 1
    nothing = await client(own_town).compensation("c9")
    assert (nothing.grants, nothing.applications) == ([], [])
