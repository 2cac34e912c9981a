"""The client for faults as events: incidents, alarms, whether power is back, who is concerned, and reliability."""

from typing import Final
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter

from utility.alarms import Alarm, AlarmReport
from utility.client import UtilityClient
from utility.incidents import (
    CauseWish,
    CheckWish,
    Confirmation,
    ConfirmationWish,
    EstimateWish,
    Incident,
    IncidentConfirm,
    IncidentDetail,
    IncidentRules,
    IncidentWish,
    IncidentWithdraw,
    Recipient,
    RestoreWish,
    StepWish,
)
from utility.reliability import Reliability, StaffReliability

INCIDENTS: Final = TypeAdapter(list[Incident]).validate_json
RECIPIENTS: Final = TypeAdapter(list[Recipient]).validate_json


class IncidentsClient(UtilityClient):
    """See UtilityClient for what every method may raise."""

    # --- incidents ------------------------------------------------------------------------------------------------

    async def incidents(self, **filters: str | None) -> list[Incident]:
        """Open ones first; state, active, limit, offset."""
        found: list[Incident] = await self._get("/staff/incidents", INCIDENTS, **filters)
        return found

    async def incident(self, outage_id: str) -> IncidentDetail:
        """NotFound."""
        found: IncidentDetail = await self._get(_path(outage_id), IncidentDetail.model_validate_json)
        return found

    async def incident_rules(self) -> IncidentRules:
        """Fault types with their checklists, and causes."""
        found: IncidentRules = await self._get("/staff/incident-rules", IncidentRules.model_validate_json)
        return found

    async def create_incident(self, wish: IncidentWish, key: str) -> IncidentDetail:
        """Once per key. InvalidRequest, NotPossible: a confirmed one is open on one of its areas."""
        found: IncidentDetail = await self._post("/staff/incidents", wish, IncidentDetail.model_validate_json, key=key)
        return found

    async def confirm_incident(self, outage_id: str, wish: IncidentConfirm, key: str) -> IncidentDetail:
        """Customers see it from now on. NotFound, NotPossible."""
        return await self._do(outage_id, "confirm", wish, key)

    async def withdraw_incident(self, outage_id: str, wish: IncidentWithdraw, key: str) -> IncidentDetail:
        """There was no such fault. NotFound, NotPossible."""
        return await self._do(outage_id, "withdraw", wish, key)

    async def take_incident_step(self, outage_id: str, wish: StepWish, key: str) -> IncidentDetail:
        """Forward only. NotFound, InvalidRequest, NotPossible."""
        return await self._do(outage_id, "steps", wish, key)

    async def estimate_incident(self, outage_id: str, wish: EstimateWish, key: str) -> IncidentDetail:
        """When the power will be back. NotFound, InvalidRequest, NotPossible."""
        return await self._do(outage_id, "estimate", wish, key)

    async def restore_incident(self, outage_id: str, wish: RestoreWish, key: str) -> IncidentDetail:
        """The power is back. NotFound, InvalidRequest, NotPossible."""
        return await self._do(outage_id, "restore", wish, key)

    async def check_incident(self, outage_id: str, item: str, wish: CheckWish) -> IncidentDetail:
        """An item of the checklist; may be repeated. NotFound, InvalidRequest."""
        return await self._do(outage_id, f"checklist/{quote(item, safe='')}", wish, quote(f"check:{outage_id}:{item}"))

    async def put_incident_cause(self, outage_id: str, wish: CauseWish, key: str) -> IncidentDetail:
        """Why it happened, and who answers for it. NotFound, InvalidRequest."""
        return await self._do(outage_id, "cause", wish, key)

    async def _do(self, outage_id: str, what: str, wish: BaseModel, key: str) -> IncidentDetail:
        path = f"{_path(outage_id)}/{what}"
        found: IncidentDetail = await self._post(path, wish, IncidentDetail.model_validate_json, key=key)
        return found

    # --- around them ----------------------------------------------------------------------------------------------

    async def report_alarm(self, report: AlarmReport) -> Alarm:
        """Once per source and number, whatever is sent again. InvalidRequest: an unknown area or feeder."""
        key = f"{report.source}:{report.external_id}"
        found: Alarm = await self._post("/alarms", report, Alarm.model_validate_json, key=quote(key))
        return found

    async def confirm_power(self, outage_id: str, wish: ConfirmationWish) -> Confirmation:
        """来电了吗: the last word of a conversation counts. NotFound, NotPossible: nothing has begun."""
        path = f"/outages/{quote(outage_id, safe='')}/confirmations"
        key = quote(f"{outage_id}:{wish.conversation}")
        found: Confirmation = await self._post(path, wish, Confirmation.model_validate_json, key=key)
        return found

    async def audience(self, outage_id: str, after: str = "", limit: int = 500) -> list[Recipient]:
        """Whom an outage concerns, read on after the last one; fewer than `limit` is the end. NotFound."""
        path = f"/staff/outages/{quote(outage_id, safe='')}/audience"
        found: list[Recipient] = await self._get(path, RECIPIENTS, after=after, limit=str(limit))
        return found

    async def reliability(self, month: str) -> Reliability:
        """A month (YYYY-MM) as the public sees it."""
        found: Reliability = await self._get("/reliability", Reliability.model_validate_json, month=month)
        return found

    async def staff_reliability(self, month: str) -> StaffReliability:
        """The same with causes and responsible units."""
        found: StaffReliability = await self._get(
            "/staff/reliability", StaffReliability.model_validate_json, month=month
        )
        return found


def _path(outage_id: str) -> str:
    return f"/staff/incidents/{quote(outage_id, safe='')}"
