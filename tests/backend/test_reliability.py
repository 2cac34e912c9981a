"""A month in figures: promises kept, customers affected, indices; exercises left out, plans counted apart."""

from datetime import timedelta
from decimal import Decimal

import pytest_asyncio
from sqlalchemy import delete, func, select

from backend.tables import AccountRow, OutagePlaceRow, OutageRow, OutageStepRow
from tests.backend.compensation_kit import plan
from tests.backend.conftest import MONDAY, Town
from tests.backend.incident_kit import by_hand, crew, report, restore, says, step
from utility.incidents import CauseWish, CheckWish, IncidentStep, IncidentWithdraw
from utility.models import Area, OutageKind
from utility.plans import PlanScope
from utility.reliability import PromiseKept, Reliability

MONTH = "2026-11"
CITY, REMOTE = "C05", "C16"


@pytest_asyncio.fixture(loop_scope="session")
async def empty(own_town: Town) -> Town:
    """A town in which nothing has happened yet."""
    async with own_town.database.write() as session, session.begin():
        for table in (OutageStepRow, OutagePlaceRow, OutageRow):
            await session.execute(delete(table))
    return own_town


async def accounts(town: Town, place: str | None = None) -> int:
    async with town.database.read() as session:
        counted = select(func.count()).select_from(AccountRow)
        counted = counted.where(AccountRow.place_id == place) if place else counted
        return await session.scalar(counted) or 0


async def fault(town: Town, place: str, arrived: int, ended: int, **known: object) -> str:
    """Minutes from now until the crew is there, and until the power is back; the clock stands at the end."""
    began = town.clock.now
    wish = by_hand(scope=PlanScope(place_ids=[place]), **known)
    id = (await crew(town).create_incident(wish, f"k-{began.timestamp()}-{place}")).incident.outage_id
    town.clock.now = began + timedelta(minutes=arrived)
    await step(town, id, IncidentStep.ARRIVED)
    town.clock.now = began + timedelta(minutes=ended)
    await restore(town, id)
    return id


def kept(month: Reliability, matter: str, area: Area) -> PromiseKept:
    return next(one for one in month.promises if (one.matter, one.area) == (matter, area))


async def test_promises_are_shown_as_average_and_as_share_on_time(empty: Town) -> None:
    await fault(empty, CITY, 30, 90)
    empty.clock.forward(hours=1)
    await fault(empty, CITY, 61, 61 + 240)
    await fault(empty, REMOTE, 100, 160)
    month = await crew(empty).reliability(MONTH)
    city, remote = kept(month, "到达现场", Area.CITY), kept(month, "到达现场", Area.REMOTE)
    assert (city.faults, city.mean_minutes, city.on_time, city.on_time_share) == (
        2, Decimal("45.5"), 1, Decimal("50.0"),
    )  # fmt: skip
    assert (city.limit.minutes, remote.limit.minutes) == (45, 120)
    assert (remote.mean_minutes, remote.on_time_share) == (Decimal("100.0"), Decimal("100.0"))
    back = kept(month, "恢复供电", Area.CITY)
    assert (back.limit.minutes, back.mean_minutes, back.on_time) == (180, Decimal("150.0"), 1)
    rural = kept(month, "恢复供电", Area.RURAL)
    assert (rural.limit.minutes, rural.faults, rural.mean_minutes, rural.on_time_share) == (240, 0, None, None)


async def test_indices_follow_their_definitions(empty: Town) -> None:
    served, here = await accounts(empty), await accounts(empty, CITY)
    await fault(empty, CITY, 30, 90)
    await fault(empty, CITY, 10, 30)
    month = await crew(empty).reliability(MONTH)
    assert (month.served, month.ongoing) == (served, 0)
    assert (month.faults.interruptions, month.faults.customers) == (2, 2 * here)
    assert month.faults.customer_minutes == 120 * here
    assert month.faults.saidi == (Decimal(120 * here) / served).quantize(Decimal("0.0001"))
    assert month.faults.saifi == (Decimal(2 * here) / served).quantize(Decimal("0.0001"))
    assert month.faults.caidi == Decimal("60.0000")
    assert {"SAIDI", "SAIFI", "CAIDI"} <= {one.name for one in month.definitions}
    assert all(one.text and one.source for one in month.definitions)


async def test_what_goes_on_counts_until_now_and_only_in_its_month(empty: Town) -> None:
    here = await accounts(empty, CITY)
    await crew(empty).create_incident(by_hand(), "k")
    empty.clock.forward(minutes=45)
    month = await crew(empty).reliability(MONTH)
    assert (month.ongoing, month.faults.customer_minutes) == (1, 45 * here)
    assert (await crew(empty).reliability("2026-10")).faults.interruptions == 0
    assert (await crew(empty).reliability("2026-10")).faults.caidi is None


async def test_exercises_proposals_and_what_was_withdrawn_are_left_out(empty: Town) -> None:
    await fault(empty, CITY, 5, 10, drill=True)
    await crew(empty).create_incident(by_hand(confirm=False), "k1")
    made = await crew(empty).create_incident(by_hand(scope=PlanScope(place_ids=["C06"])), "k2")
    gone = IncidentWithdraw(staff="li", reason="误报")
    await crew(empty).withdraw_incident(made.incident.outage_id, gone, "w")
    month = await crew(empty).staff_reliability(MONTH)
    assert (month.public.faults.interruptions, month.causes, month.units) == (0, [], [])


async def test_plans_are_counted_apart_by_what_really_happened(empty: Town) -> None:
    began = MONDAY - timedelta(hours=5)
    async with empty.database.write() as session, session.begin():
        for id in ("PL1", "PL2"):
            session.add(_outage(id, began))
            await session.flush()
            session.add(OutagePlaceRow(outage_id=id, place_id=CITY))
    await plan(empty, "PL1", began + timedelta(hours=2))
    month = await crew(empty).reliability(MONTH)
    here = await accounts(empty, CITY)
    assert (month.faults.interruptions, month.plans.interruptions) == (0, 2)
    assert month.plans.customer_minutes == (120 + 180) * here


def _outage(id: str, began: object) -> OutageRow:
    assert isinstance(began, type(MONDAY))
    return OutageRow(
        id=id,
        kind=OutageKind.PLANNED,
        cancelled=False,
        buildings=[],
        scope="金色家园",
        feeder="",
        transformer_areas=[],
        reason="检修",
        starts_at=began,
        ends_at=began + timedelta(hours=3),
        expected_at=None,
        published_at=began,
        source="测试",
    )


async def test_causes_units_and_broken_bans_are_for_staff(empty: Town) -> None:
    id = await fault(empty, CITY, 30, 90, fault_type="低压故障")
    wish = CauseWish(staff="li", cause_code="WL", responsible_unit="城南供电所")
    await crew(empty).put_incident_cause(id, wish, "k")
    ban = next(item for item in (await crew(empty).incident(id)).checklist if item.forbidden)
    await crew(empty).check_incident(id, ban.id, CheckWish(staff="an", violation="绕线热修"))
    await crew(empty).confirm_power(id, says("a", False))
    month = await crew(empty).staff_reliability(MONTH)
    assert [(one.name, one.faults) for one in month.causes] == [("外力破坏", 1)]
    assert [(one.name, one.faults) for one in month.units] == [("城南供电所", 1)]
    assert (month.violations, month.reopened.incidents, month.reopened.times) == (1, 1, 1)
    public = (await crew(empty).reliability(MONTH)).model_dump_json()
    assert "城南供电所" not in public
    assert "外力破坏" not in public
    assert month.public.ongoing == 1


async def test_the_towns_own_faults_are_counted_by_their_steps(own_town: Town) -> None:
    month = await crew(own_town).reliability(MONTH)
    assert (month.faults.interruptions, month.ongoing) == (3, 2)
    arrived = [one for one in month.promises if one.matter == "到达现场"]
    assert sum(one.faults for one in arrived) == 2
    assert month.plans.interruptions == 0
    await report(own_town, "a")
    assert (await own_town.http.get("/reliability", params={"month": "2026-13"})).status_code == 422
