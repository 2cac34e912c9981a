"""Reports, alarms and steps for the tests of incidents."""

from urllib.parse import quote

from sqlalchemy import update

from backend.tables import PolicyRow
from tests.backend.conftest import SECRET, Town, repair
from utility.incidents import (
    ConfirmationWish,
    IncidentConfirm,
    IncidentDetail,
    IncidentStep,
    IncidentWish,
    RestoreWish,
    StepWish,
)
from utility.incidents_client import IncidentsClient
from utility.models import Ticket
from utility.plans import OutageFact, PlanScope
from utility.plans_client import PlansClient

PLACE = "C05"
"""金色家园: nothing is known there. Buildings 1 to 6 hang on the first transformer, the next six on the second."""
AREA = "金色家园2号公变"
OTHER = "金色家园1号公变"


def crew(town: Town) -> IncidentsClient:
    return IncidentsClient(town.http, secret=SECRET, budget=30)


async def policy(town: Town, name: str, value: str) -> None:
    async with town.database.write() as session, session.begin():
        await session.execute(update(PolicyRow).where(PolicyRow.name == name).values(value=value))


async def report(town: Town, who: str, building: str = "7栋", scope: str = "整栋", **known: object) -> Ticket:
    """A repair report of 金色家园, each from a conversation of its own."""
    asked = {"place_id": PLACE, "address": f"金色家园{building}", "scope": scope, "symptom": "没电"}
    return await town.client.create_ticket(repair(who, **(asked | known)), quote(f"k-{who}-{building}-{scope}"))


async def three(town: Town) -> str:
    """Three customers of one transformer area, and the incident that they propose."""
    for who, building in (("a", "7栋"), ("b", "8栋"), ("c", "9栋")):
        await report(town, who, building)
    (incident,) = await crew(town).incidents(active="true")
    return incident.outage_id


async def confirmed(town: Town) -> str:
    id = await three(town)
    await crew(town).confirm_incident(id, IncidentConfirm(staff="diaodu", reason="低压电缆故障"), "confirm")
    return id


async def step(town: Town, id: str, which: IncidentStep, **known: object) -> IncidentDetail:
    wish = StepWish.model_validate({"staff": "diaodu", "step": which} | known)
    return await crew(town).take_incident_step(id, wish, quote(f"{which}-{town.clock.now}"))


async def restore(town: Town, id: str, **known: object) -> IncidentDetail:
    wish = RestoreWish.model_validate({"staff": "diaodu"} | known)
    return await crew(town).restore_incident(id, wish, f"restore-{town.clock.now}")


def by_hand(**known: object) -> IncidentWish:
    return IncidentWish.model_validate({"staff": "diaodu", "scope": PlanScope(place_ids=[PLACE])} | known)


def says(who: str, powered: bool) -> ConfirmationWish:
    return ConfirmationWish(conversation=who, powered=powered)


async def facts(town: Town, after: int = 0) -> list[OutageFact]:
    return [news.fact for news in await PlansClient(town.http, secret=SECRET, budget=20).outage_news(after)]


async def shown(town: Town, building: str | None = None) -> list[str]:
    return [outage.id for outage in (await town.client.place_outages(PLACE, building)).outages]
