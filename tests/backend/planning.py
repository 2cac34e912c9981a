"""Plans as the tests of plans want them."""

from datetime import datetime, timedelta

from backend.clock import LOCAL
from tests.backend.conftest import SECRET, Town
from utility.models import OutageKind
from utility.plans import (
    PlanChange,
    PlanDetail,
    PlanScope,
    PlanWish,
)
from utility.plans_client import PlansClient

PLACE = "C06"  # 滨河新村: nothing else is known there
EARLY = datetime(2026, 12, 3, 8, 30, tzinfo=LOCAL)


def planner(town: Town) -> PlansClient:
    return PlansClient(town.http, secret=SECRET, budget=20)


def wish(**known: object) -> PlanWish:
    """Ten days ahead, in one community; what is not said is usual."""
    usual = {
        "staff": "diaodu",
        "kind": OutageKind.PLANNED,
        "scope": PlanScope(place_ids=[PLACE]),
        "starts_at": EARLY,
        "ends_at": EARLY + timedelta(hours=4),
        "reason": "台区变压器检修",
        "duty": ["值班长 张工"],
    }
    return PlanWish.model_validate(usual | known)


def changed(plan: PlanDetail, **known: object) -> PlanChange:
    p = plan.plan
    same = wish(scope=p.scope, starts_at=p.starts_at, ends_at=p.ends_at, kind=p.kind, duty=p.duty)
    return PlanChange.model_validate(same.model_dump() | {"version": p.version} | known)


async def facts(town: Town, after: int = 0) -> list[str]:
    return [news.fact for news in await planner(town).outage_news(after)]


async def shown(town: Town, place: str = PLACE, building: str | None = None) -> list[str]:
    return [outage.id for outage in (await town.client.place_outages(place, building)).outages]
