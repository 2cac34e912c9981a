"""After an outage that broke a rule: whoever it hurt is found once, is granted what the rule says, and is told."""

import asyncio
import tracemalloc
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, insert, select, update

from backend.tables import AccountRow, CompensationRuleRow, GrantRow, TransformerAreaRow
from tests.backend.compensation_kit import ACCOUNT, BEGAN, NO, YES, bind, client, outage, plan, policy, restored
from tests.backend.conftest import Town
from utility.compensation import ApplicationRequest, ApplicationState, Breach, GrantState
from utility.errors import NotFound, NotPossible
from utility.models import OutageKind, TariffClass


async def residents(town: Town, *conditions: object) -> int:
    async with town.database.read() as session:
        homes = AccountRow.tariff_class == TariffClass.RESIDENTIAL
        return await session.scalar(select(func.count()).where(homes, *conditions)) or 0


async def test_the_rules_are_examples_and_say_so(reading: Town) -> None:
    rules = await client(reading).compensation_rules()
    assert {rule.breach for rule in rules} == set(Breach)
    assert {rule.source for rule in rules} == {"示例，须由供电企业核定"}


async def test_who_was_off_too_long_is_found_and_waits_for_approval(own_town: Town) -> None:
    run = await client(own_town).run_compensation(await outage(own_town))
    homes = await residents(own_town, AccountRow.place_id == "C05")
    assert (run.over, run.rules, run.granted, run.pending, run.already) == (True, 2, 0, homes, 0)
    assert run.amount == homes * Decimal("10.00")
    found = await client(own_town).staff_grants(state="待审批", outage_id="FT1")
    assert len(found) == homes
    one = next(each for each in found if each.grant.account_masked == ACCOUNT[-4:])
    assert (one.rule_id, one.rule_version, one.decided_by) == ("FAULT-HOME", 1, None)
    assert one.grant.reason == (
        "金色家园全部楼栋故障停电（编号FT1）2026-11-22 08:00停电，2026-11-22 18:00恢复，共600分钟，"
        "超过规则规定的480分钟；超出120分钟，不足1小时按1小时计，共2小时，"
        "按“故障超时未恢复（居民）”（第1版）每小时5.00元，计10.00元"
    )
    assert await client(own_town).last_grant_news() == 0


@pytest.mark.parametrize(("minutes", "amount"), [(480, None), (481, 5), (540, 5), (541, 10), (1081, 50), (1500, 50)])
async def test_begun_hours_count_and_the_cap_holds(own_town: Town, minutes: int, amount: int | None) -> None:
    await client(own_town).run_compensation(await outage(own_town, ends_at=BEGAN + timedelta(minutes=minutes)))
    found = await client(own_town).staff_grants(outage_id="FT1")
    assert {each.grant.amount for each in found} == ({Decimal(amount)} if amount else set())


async def test_nothing_is_decided_before_the_power_is_back(own_town: Town) -> None:
    await outage(own_town, hours=None)
    run = await client(own_town).run_compensation("FT1")
    assert (run.over, run.pending) == (False, 0)
    await restored(own_town, "FT1", BEGAN + timedelta(hours=9))
    assert (await client(own_town).run_compensation("FT1")).pending > 0


async def test_nothing_is_granted_twice_by_many_at_once(own_town: Town) -> None:
    await policy(own_town, "compensation_automatic", "1")
    await outage(own_town)
    homes = await residents(own_town, AccountRow.place_id == "C05")
    runs = await asyncio.gather(*(client(own_town).run_compensation("FT1") for _ in range(6)))
    assert sum(run.granted for run in runs) == homes
    assert all(run.granted + run.already == homes for run in runs)
    assert sum(run.amount for run in runs) == homes * Decimal(10)
    assert [one.id for one in await client(own_town).grant_news(0)] == list(range(1, homes + 1))


@pytest.mark.parametrize("lapse", [{"drill": True}, {"cancelled": True}, {"kind": OutageKind.RESTRICTED}])
async def test_exercises_cancelled_plans_and_ordered_use_are_no_breach(
    own_town: Town, lapse: dict[str, object]
) -> None:
    run = await client(own_town).run_compensation(await outage(own_town, **lapse))
    assert (run.over, run.pending, run.granted) == (False, 0, 0)


async def test_drafts_and_unknown_outages_are_not_there(own_town: Town) -> None:
    await outage(own_town, draft=True)
    for id in ("FT1", "FT404"):
        with pytest.raises(NotFound):
            await client(own_town).run_compensation(id)


async def test_without_a_rule_nothing_is_promised(own_town: Town) -> None:
    async with own_town.database.write() as session, session.begin():
        await session.execute(delete(CompensationRuleRow))
    await outage(own_town)
    run = await client(own_town).run_compensation("FT1")
    assert (run.over, run.rules, run.pending) == (True, 0, 0)
    assert await client(own_town).compensation_rules() == []


async def test_the_version_of_the_day_counts_and_no_class_gets_two(own_town: Town) -> None:
    """A rule for every class is replaced by one of the class; a version ends with its last day."""
    row = {
        "name": "新",
        "breach": Breach.FAULT_LATE,
        "threshold": 60,
        "per_hour": False,
        "cap": None,
        "source": "测试",
        "valid_to": None,
    }
    day = BEGAN.date()
    later = {"version": 3, "valid_from": day + timedelta(days=1), "amount": Decimal(99)}
    ended = {"version": 4, "valid_from": date(2026, 1, 1), "valid_to": day - timedelta(days=1), "amount": Decimal(98)}
    home = {"id": "FAULT-HOME", "tariff_class": TariffClass.RESIDENTIAL}
    async with own_town.database.write() as session, session.begin():
        for values in (
            row | home | {"version": 2, "valid_from": day, "amount": Decimal(7)},
            row | home | later,
            row | home | ended,
            row | {"id": "ALL", "version": 1, "tariff_class": "*", "valid_from": day, "amount": Decimal(3)},
        ):
            await session.execute(insert(CompensationRuleRow).values(**values))
    await outage(own_town, places=("C05", "S05"))
    await client(own_town).run_compensation("FT1")
    async with own_town.database.read() as session:
        query = select(AccountRow.tariff_class, GrantRow.rule_id, GrantRow.rule_version, GrantRow.amount).distinct()
        found = {tuple(one) for one in await session.execute(query.where(AccountRow.account_no == GrantRow.account_no))}
    assert (TariffClass.RESIDENTIAL, "FAULT-HOME", 2, Decimal(7)) in found
    assert {rule for cls, rule, *_ in found if cls == TariffClass.RESIDENTIAL} == {"FAULT-HOME"}
    assert {rule for cls, rule, *_ in found if cls == TariffClass.COMMERCIAL} == {"FAULT-SHOP"}
    others = {rule for cls, rule, *_ in found if cls not in (TariffClass.RESIDENTIAL, TariffClass.COMMERCIAL)}
    assert others == {"ALL"}


async def test_only_the_named_buildings_and_areas_were_hurt(own_town: Town) -> None:
    async with own_town.database.read() as session:
        area = await session.scalar(select(AccountRow.transformer_area).where(AccountRow.account_no == ACCOUNT))
    await outage(own_town, id="B", buildings=["7栋"])
    await outage(own_town, id="A", transformer_areas=[area])
    wanted = {
        "B": await residents(own_town, AccountRow.place_id == "C05", AccountRow.building == "7栋"),
        "A": await residents(own_town, AccountRow.transformer_area == area),
    }
    for id, count in wanted.items():
        assert (await client(own_town).run_compensation(id)).pending == count


async def test_a_plan_is_measured_against_its_own_end_and_over_when_staff_say_so(own_town: Town) -> None:
    planned = {"kind": OutageKind.PLANNED, "hours": 2}
    await outage(own_town, id="PL1", **planned)
    await plan(own_town, "PL1", ended=None)
    assert not (await client(own_town).run_compensation("PL1")).over
    async with own_town.database.read() as session:
        (beyond,) = await session.scalars(
            select(TransformerAreaRow.name).where(TransformerAreaRow.place_id == "C06").limit(1)
        )
    await outage(own_town, id="PL2", **planned)
    await plan(own_town, "PL2", ended=BEGAN + timedelta(hours=4), areas=(beyond,))
    run = await client(own_town).run_compensation("PL2")
    homes = await residents(own_town, AccountRow.place_id == "C05")
    homes += await residents(own_town, AccountRow.transformer_area == beyond)
    assert run.pending == homes
    (one, *_) = await client(own_town).staff_grants(outage_id="PL2")
    assert one.grant.amount == Decimal(5)
    assert "原定2026-11-22 10:00送电，实际2026-11-22 12:00送电，晚120分钟，超过规则允许的60分钟" in one.grant.reason


async def test_the_fourth_outage_of_a_month_is_one_too_many(own_town: Town) -> None:
    """Of the same account: those of another building, of the month before, and exercises do not count."""
    for n in range(1, 4):
        await outage(
            own_town, id=f"F{n}", starts_at=BEGAN - timedelta(days=n), ends_at=BEGAN - timedelta(days=n, hours=-1)
        )
    await outage(own_town, id="other", hours=1, starts_at=BEGAN - timedelta(days=5), buildings=["99栋"])
    await outage(own_town, id="drill", hours=1, starts_at=BEGAN - timedelta(days=5), drill=True)
    await outage(own_town, id="october", hours=1, starts_at=BEGAN - timedelta(days=30))
    await outage(own_town, id="F4", hours=1)
    assert (await client(own_town).run_compensation("F1")).pending == 0
    run = await client(own_town).run_compensation("F4")
    async with own_town.database.read() as session:
        everyone = await session.scalar(select(func.count()).where(AccountRow.place_id == "C05"))
    assert (run.pending, run.amount) == (everyone, (everyone or 0) * Decimal(10))
    (one, *_) = await client(own_town).staff_grants(outage_id="F4")
    assert "当月已停电4次，超过规则规定的3次" in one.grant.reason


# --- approval and news --------------------------------------------------------------------------------------------


async def test_staff_decide_once_and_everybody_who_bound_the_account_is_told(own_town: Town) -> None:
    for conversation in ("c1", "c2"):
        await bind(own_town, conversation)
    await client(own_town).run_compensation(await outage(own_town))
    found = {each.grant.account_masked: each.grant.id for each in await client(own_town).staff_grants()}
    mine, other = found.pop(ACCOUNT[-4:]), next(iter(found.values()))
    for _ in range(3):
        decided = await client(own_town).approve_grant(mine, YES)
        await client(own_town).reject_grant(other, NO)
    assert (decided.grant.state, decided.decided_by) == (GrantState.GRANTED, "banzhang")
    with pytest.raises(NotPossible):
        await client(own_town).reject_grant(mine, NO)
    with pytest.raises(NotFound):
        await client(own_town).approve_grant(999999, YES)
    yes, no = await client(own_town).grant_news(0)
    assert (yes.id, yes.grant_id, yes.state, yes.amount) == (1, mine, ApplicationState.GRANTED, Decimal(10))
    assert yes.conversations == ["c1", "c2"]
    assert yes.reason.endswith("计10.00元；审批意见：核实无误")
    assert (no.id, no.state, no.amount, no.conversations) == (2, ApplicationState.REJECTED, Decimal(0), [])
    assert await client(own_town).grant_news(2) == []
    assert await client(own_town).last_grant_news() == 2
    (shown,) = (await client(own_town).compensation("c1")).grants
    assert (shown.state, shown.decision) == (GrantState.GRANTED, "核实无误")


async def test_two_who_decide_otherwise_at_once_leave_one_decision(own_town: Town) -> None:
    await client(own_town).run_compensation(await outage(own_town))
    (one, *_) = await client(own_town).staff_grants()
    asked = client(own_town)
    calls = [asked.approve_grant(one.grant.id, YES), asked.reject_grant(one.grant.id, NO)] * 3
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(each, NotPossible) for each in ended) == 3
    assert len(await asked.grant_news(0)) == 1


async def test_all_of_an_outage_are_approved_at_once_and_none_twice(own_town: Town) -> None:
    await bind(own_town)
    await outage(own_town)
    asked = client(own_town)
    applied = await asked.apply_for_compensation(ApplicationRequest(conversation="c1", account_no=ACCOUNT), "k1")
    pending = (await asked.run_compensation("FT1")).pending + 1
    (refused, *_) = [one.grant.id for one in await asked.staff_grants() if one.grant.account_masked != ACCOUNT[-4:]]
    await asked.reject_grant(refused, NO)
    counts = await asyncio.gather(*(asked.approve_grants_of("FT1", YES) for _ in range(4)))
    assert sum(counts) == pending - 1
    assert len(await asked.grant_news(0)) == pending
    states = {one.grant.state for one in await asked.staff_grants() if one.grant.id != refused}
    assert states == {GrantState.GRANTED}
    (shown,) = (await asked.compensation("c1")).applications
    assert (shown.id, shown.state) == (applied.id, ApplicationState.GRANTED)


async def test_the_list_is_read_on_by_id(own_town: Town) -> None:
    await client(own_town).run_compensation(await outage(own_town))
    everything = [each.grant.id for each in await client(own_town).staff_grants()]
    first = [each.grant.id for each in await client(own_town).staff_grants(limit="5")]
    rest = [each.grant.id for each in await client(own_town).staff_grants(after=str(first[-1]))]
    assert first + rest == everything


# --- many -----------------------------------------------------------------------------------------------------------


async def test_memory_stays_flat_for_many_accounts(own_town: Town) -> None:
    """Five pages take no more at a time than one, and a run that was broken off goes on where it was."""
    await outage(own_town)
    async with own_town.database.write() as session, session.begin():
        model = (await session.scalars(select(AccountRow).where(AccountRow.account_no == ACCOUNT))).one()
        values = {c.name: getattr(model, c.name) for c in AccountRow.__table__.columns}
        numbers = [f"34{n:08d}" for n in range(10_000)]
        await session.execute(insert(AccountRow), [values | {"account_no": no} for no in numbers])
    async with own_town.database.write() as session, session.begin():
        some = AccountRow.account_no.in_(numbers[:4000])
        await session.execute(update(AccountRow).where(some).values(building="8栋"))
    tracemalloc.start()
    run = await client(own_town).run_compensation("FT1")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert run.pending == await residents(own_town, AccountRow.place_id == "C05") > 10_000
    assert peak < 60_000_000
    again = await client(own_town).run_compensation("FT1")
    assert (again.pending, again.already) == (0, run.pending)
