"""The client for those who plan outages: plans, their import and report, tasks to tell, and the news of outages."""

from typing import Final
from urllib.parse import quote

from pydantic import TypeAdapter

from utility.client import KEY, PAUSES, UtilityClient
from utility.notice_tasks import NoticeTask, Ticks, Told
from utility.plan_report import ImportResult, PlanReport
from utility.plans import (
    ApprovedList,
    OutageNews,
    Plan,
    PlanActual,
    PlanCancel,
    PlanChange,
    PlanDetail,
    PlanImpact,
    PlanTemplate,
    PlanWish,
)

PLANS: Final = TypeAdapter(list[Plan]).validate_json
TEMPLATES: Final = TypeAdapter(list[PlanTemplate]).validate_json
LISTS: Final = TypeAdapter(list[ApprovedList]).validate_json
TASKS: Final = TypeAdapter(list[NoticeTask]).validate_json
NEWS: Final = TypeAdapter(list[OutageNews]).validate_json
NUMBER: Final = TypeAdapter(int).validate_json


class PlansClient(UtilityClient):
    """See UtilityClient for what every method may raise. A large import wants a larger budget."""

    # --- plans ----------------------------------------------------------------------------------------------------

    async def preview_plan(self, wish: PlanWish) -> PlanImpact:
        """What it would do; nothing is written. InvalidRequest."""
        found: PlanImpact = await self._post("/staff/plans/preview", wish, PlanImpact.model_validate_json, key=None)
        return found

    async def create_plan(self, wish: PlanWish, key: str) -> PlanDetail:
        """Once per key. InvalidRequest: a reason is wanting; NotPossible: something forbids it."""
        found: PlanDetail = await self._post("/staff/plans", wish, PlanDetail.model_validate_json, key=key)
        return found

    async def plans(self, **filters: str | None) -> list[Plan]:
        """By planned beginning; status, from, to, place, overdue, limit, offset."""
        found: list[Plan] = await self._get("/staff/plans", PLANS, **filters)
        return found

    async def plan(self, outage_id: str) -> PlanDetail:
        """NotFound."""
        found: PlanDetail = await self._get(_path(outage_id), PlanDetail.model_validate_json)
        return found

    async def change_plan(self, outage_id: str, wish: PlanChange, key: str) -> PlanDetail:
        """Once per key. NotFound, InvalidRequest, NotPossible: it was changed meanwhile, is over, or is forbidden."""
        headers = {**self._headers, "Content-Type": "application/json", KEY: key}
        request = self._build("PUT", _path(outage_id), headers, content=wish.model_dump_json().encode())
        found: PlanDetail = await self._call(request, PlanDetail.model_validate_json, attempts=len(PAUSES) + 1)
        return found

    async def cancel_plan(self, outage_id: str, wish: PlanCancel, key: str) -> PlanDetail:
        """Once per key. NotFound, NotPossible."""
        path = f"{_path(outage_id)}/cancel"
        found: PlanDetail = await self._post(path, wish, PlanDetail.model_validate_json, key=key)
        return found

    async def record_actual(self, outage_id: str, wish: PlanActual, key: str) -> PlanDetail:
        """Once per key. NotFound, InvalidRequest: a reason is wanting; NotPossible."""
        path = f"{_path(outage_id)}/actual"
        found: PlanDetail = await self._post(path, wish, PlanDetail.model_validate_json, key=key)
        return found

    async def import_plans(self, content: bytes, *, staff: str, key: str, dry_run: bool = False) -> ImportResult:
        """CSV or xlsx. Once per key and row. InvalidRequest: not such a file."""
        headers = {**self._headers, "Content-Type": "application/octet-stream", KEY: key}
        asked = {"staff": staff, "dry_run": str(dry_run).lower()}
        request = self._build("POST", "/staff/plans/import", headers, params=asked, content=content)
        found: ImportResult = await self._call(request, ImportResult.model_validate_json, attempts=1)
        return found

    async def plan_templates(self) -> list[PlanTemplate]:
        """What usual plans begin with."""
        found: list[PlanTemplate] = await self._get("/staff/plan-templates", TEMPLATES)
        return found

    async def approved_lists(self) -> list[ApprovedList]:
        """Whom ordered power use may touch."""
        found: list[ApprovedList] = await self._get("/staff/approved-lists", LISTS)
        return found

    async def plan_report(self, month: str, months: int = 1) -> PlanReport:
        """Deviation of the plans of a month (YYYY-MM), and the figures of so many months up to it."""
        asked = {"month": month, "months": str(months)}
        found: PlanReport = await self._get("/staff/plan-report", PlanReport.model_validate_json, **asked)
        return found

    # --- who tells whom -------------------------------------------------------------------------------------------

    async def notice_tasks(self, **filters: str | None) -> list[NoticeTask]:
        """The earliest due first; open, overdue, person, outage_id, limit, offset."""
        found: list[NoticeTask] = await self._get("/staff/notice-tasks", TASKS, **filters)
        return found

    async def close_notice_task(self, id: int, told: Told, key: str) -> NoticeTask:
        """Once. NotFound, InvalidRequest, NotPossible: closed already, or superseded."""
        path = f"/staff/notice-tasks/{id}/close"
        found: NoticeTask = await self._post(path, told, NoticeTask.model_validate_json, key=key)
        return found

    async def tick_notice_task(self, id: int, ticks: Ticks) -> NoticeTask:
        """May be repeated. NotFound."""
        path = f"/staff/notice-tasks/{id}/ticks"
        found: NoticeTask = await self._post(path, ticks, NoticeTask.model_validate_json, key=None)
        return found

    # --- news -----------------------------------------------------------------------------------------------------

    async def outage_news(self, after: int, limit: int = 100) -> list[OutageNews]:
        """What became known since, in order."""
        found: list[OutageNews] = await self._get("/outage-news", NEWS, after=str(after), limit=str(limit))
        return found

    async def last_outage_news(self) -> int:
        """Where a new reader begins."""
        found: int = await self._get("/outage-news/last", NUMBER)
        return found


def _path(outage_id: str) -> str:
    return f"/staff/plans/{quote(outage_id, safe='')}"
