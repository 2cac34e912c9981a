"""The client of making good: compensation, grants, and damaged appliances."""

from typing import Final
from urllib.parse import quote

from pydantic import TypeAdapter

from utility.client import GRANT, KEY, UtilityClient
from utility.compensation import (
    ApplianceClaim,
    ApplianceClaimRequest,
    ApplianceClass,
    ApplicationDecision,
    ApplicationRequest,
    Compensation,
    CompensationApplication,
    CompensationRequest,
    CompensationRule,
    CompensationRun,
    GrantDecision,
    GrantNews,
    StaffGrant,
)

RULES: Final = TypeAdapter(list[CompensationRule]).validate_json
GRANTS: Final = TypeAdapter(list[StaffGrant]).validate_json
NEWS: Final = TypeAdapter(list[GrantNews]).validate_json
APPLICATIONS: Final = TypeAdapter(list[CompensationApplication]).validate_json
CLASSES: Final = TypeAdapter(list[ApplianceClass]).validate_json
CLAIMS: Final = TypeAdapter(list[ApplianceClaim]).validate_json
NUMBER: Final = TypeAdapter(int).validate_json


class CompensationClient(UtilityClient):
    """See UtilityClient for what every method may raise."""

    async def compensation_rules(self) -> list[CompensationRule]:
        """What holds today; empty: nothing is promised."""
        found: list[CompensationRule] = await self._get("/compensation-rules", RULES)
        return found

    async def run_compensation(self, outage_id: str) -> CompensationRun:
        """Grant what the rules give after an outage; give it a budget for many accounts. NotFound."""
        wish = CompensationRequest(outage_id=outage_id)
        run: CompensationRun = await self._post(
            "/staff/compensation/run", wish, CompensationRun.model_validate_json, key=None
        )
        return run

    async def compensation(self, conversation: str) -> Compensation:
        """Grants and applications of a customer, with reasons."""
        found: Compensation = await self._get(
            "/compensation", Compensation.model_validate_json, conversation=conversation
        )
        return found

    async def apply_for_compensation(
        self, wish: ApplicationRequest, key: str, grant: str | None = None
    ) -> CompensationApplication:
        """Once per key. NotAllowed when the account is neither bound nor proven by `grant`."""
        headers = {**self._headers, "Content-Type": "application/json", KEY: key} | ({GRANT: grant} if grant else {})
        content = wish.model_dump_json().encode()
        request = self._build("POST", "/compensation/applications", headers, content=content)
        made: CompensationApplication = await self._call(
            request, CompensationApplication.model_validate_json, attempts=3
        )
        return made

    async def staff_applications(self, **filters: str | None) -> list[CompensationApplication]:
        """state, after, limit; the oldest first."""
        found: list[CompensationApplication] = await self._get(
            "/staff/compensation/applications", APPLICATIONS, **filters
        )
        return found

    async def decide_application(self, id: int, wish: ApplicationDecision) -> CompensationApplication:
        """Of one that waits. NotFound, NotPossible."""
        path = f"/staff/compensation/applications/{id}/decide"
        found: CompensationApplication = await self._post(
            path, wish, CompensationApplication.model_validate_json, key=None
        )
        return found

    async def staff_grants(self, **filters: str | None) -> list[StaffGrant]:
        """state, outage_id, after, limit; the oldest first."""
        found: list[StaffGrant] = await self._get("/staff/grants", GRANTS, **filters)
        return found

    async def approve_grant(self, id: int, wish: GrantDecision) -> StaffGrant:
        """NotFound, NotPossible (it was refused before)."""
        found: StaffGrant = await self._post(
            f"/staff/grants/{id}/approve", wish, StaffGrant.model_validate_json, key=None
        )
        return found

    async def reject_grant(self, id: int, wish: GrantDecision) -> StaffGrant:
        """NotFound, NotPossible (it was given before)."""
        found: StaffGrant = await self._post(
            f"/staff/grants/{id}/reject", wish, StaffGrant.model_validate_json, key=None
        )
        return found

    async def approve_grants_of(self, outage_id: str, wish: GrantDecision) -> int:
        """Every grant of an outage that waits; how many. Give it a budget for many accounts."""
        path = f"/staff/outages/{quote(outage_id, safe='')}/grants/approve"
        count: int = await self._post(path, wish, NUMBER, key=None)
        return count

    async def grant_news(self, after: int, limit: int = 100) -> list[GrantNews]:
        """What was decided since, in order."""
        found: list[GrantNews] = await self._get("/grant-news", NEWS, after=str(after), limit=str(limit))
        return found

    async def last_grant_news(self) -> int:
        """Where a new reader begins."""
        found: int = await self._get("/grant-news/last", NUMBER)
        return found

    async def appliance_classes(self) -> list[ApplianceClass]:
        """Years of service by class."""
        found: list[ApplianceClass] = await self._get("/appliance-classes", CLASSES)
        return found

    async def claim_appliance(self, wish: ApplianceClaimRequest, key: str) -> ApplianceClaim:
        """Once per key; a claim that is too late is answered, not refused. InvalidRequest for days that cannot be."""
        claim: ApplianceClaim = await self._post("/appliance-claims", wish, ApplianceClaim.model_validate_json, key=key)
        return claim

    async def appliance_claims(self, conversation: str) -> list[ApplianceClaim]:
        """Newest first."""
        found: list[ApplianceClaim] = await self._get("/appliance-claims", CLAIMS, conversation=conversation)
        return found
