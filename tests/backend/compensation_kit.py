"""Outages that went on too long, for the tests of what is made good."""

from datetime import datetime, timedelta

from sqlalchemy import insert, update

from backend.clock import LOCAL
from backend.tables import OutagePlaceRow, OutageRow, PlanRow, PolicyRow
from tests.backend.conftest import SECRET, Town
from utility.compensation import GrantDecision
from utility.compensation_client import CompensationClient
from utility.models import IdentityCheck, OutageKind
from utility.plans import PlanScope

BEGAN = datetime(2026, 11, 22, 8, 0, tzinfo=LOCAL)
ACCOUNT, TAIL = "3300100007", "7890"
"""赵敏, a resident of C05, building 7."""
YES = GrantDecision(staff="banzhang", reason="核实无误")
NO = GrantDecision(staff="banzhang", reason="用户侧故障所致")


def client(town: Town) -> CompensationClient:
    return CompensationClient(town.http, secret=SECRET, budget=60)


async def bind(town: Town, conversation: str = "c1", no: str = ACCOUNT, tail: str = TAIL) -> None:
    await town.client.bind(IdentityCheck(account_no=no, phone_tail=tail, requester=conversation))


async def policy(town: Town, name: str, value: str) -> None:
    async with town.database.write() as session, session.begin():
        await session.execute(update(PolicyRow).where(PolicyRow.name == name).values(value=value))


async def outage(
    town: Town, id: str = "FT1", places: tuple[str, ...] = ("C05",), hours: float | None = 10, **other: object
) -> str:
    """A fault at 金色家园 that lasted ten hours, if nothing else is said; None: it goes on."""
    row = {
        "id": id,
        "kind": OutageKind.FAULT,
        "cancelled": False,
        "buildings": [],
        "scope": "金色家园全部楼栋",
        "feeder": "10千伏金色线",
        "transformer_areas": [],
        "reason": "电缆故障",
        "starts_at": BEGAN,
        "ends_at": BEGAN + timedelta(hours=hours) if hours is not None else None,
        "expected_at": None,
        "published_at": BEGAN,
        "source": "测试",
    }
    async with town.database.write() as session, session.begin():
        await session.execute(insert(OutageRow).values(**row | other))
        rows = [{"outage_id": id, "place_id": place} for place in places]
        await session.execute(insert(OutagePlaceRow), rows)
    return id


async def restored(town: Town, id: str, at: datetime) -> None:
    async with town.database.write() as session, session.begin():
        await session.execute(update(OutageRow).where(OutageRow.id == id).values(ends_at=at))


async def plan(town: Town, id: str, ended: datetime | None, areas: tuple[str, ...] = ()) -> None:
    """What staff know of an outage: planned for two hours, ended as they said."""
    row = {
        "outage_id": id,
        "status": "已发布" if ended is None else "已完成",
        "version": 1,
        "created_by": "kefu",
        "created_at": BEGAN,
        "duty": [],
        "planned_start": BEGAN,
        "planned_end": BEGAN + timedelta(hours=2),
        "scope": PlanScope(place_ids=["C05"]),
        "reason": "检修",
        "lead_breach": False,
        "lead_reason": "",
        "peak_reason": "",
        "actual_start": BEGAN,
        "actual_end": ended,
        "actual_areas": list(areas),
        "deviation_reason": "",
        "fingerprint": id,
    }
    async with town.database.write() as session, session.begin():
        await session.execute(insert(PlanRow).values(**row))
