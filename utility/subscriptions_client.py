"""The client of being told: subscriptions to outages, and emergency contacts."""

from typing import Final
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter

from utility.client import GRANT, UtilityClient
from utility.subscriptions import (
    EmergencyContact,
    EmergencyContactsWish,
    StaffEmergencyContact,
    Subscription,
    SubscriptionRequest,
)

SUBSCRIPTIONS: Final = TypeAdapter(list[Subscription]).validate_json
CONTACTS: Final = TypeAdapter(list[EmergencyContact]).validate_json
IN_FULL: Final = TypeAdapter(list[StaffEmergencyContact]).validate_json


class SubscriptionsClient(UtilityClient):
    """See UtilityClient for what every method may raise."""

    async def subscribe(self, wish: SubscriptionRequest) -> Subscription:
        """The same target again is the same subscription. NotAllowed (not bound), NotPossible (too many)."""
        request = self._put("/subscriptions", wish)
        found: Subscription = await self._call(request, Subscription.model_validate_json, attempts=3)
        return found

    async def subscriptions(self, conversation: str) -> list[Subscription]:
        """What a conversation is told of, the oldest first."""
        found: list[Subscription] = await self._get("/subscriptions", SUBSCRIPTIONS, conversation=conversation)
        return found

    async def unsubscribe(self, conversation: str, id: int | None = None) -> list[Subscription]:
        """What is left after one, or all, are taken back."""
        path = "/subscriptions" + (f"/{id}" if id is not None else "")
        request = self._build("DELETE", path, self._headers, params={"conversation": conversation})
        left: list[Subscription] = await self._call(request, SUBSCRIPTIONS, attempts=3)
        return left

    async def set_emergency_contacts(self, no: str, wish: EmergencyContactsWish, grant: str) -> list[EmergencyContact]:
        """All of them, in place of those before. NotAllowed."""
        request = self._put(f"/accounts/{quote(no, safe='')}/emergency-contacts", wish)
        request.headers[GRANT] = grant
        found: list[EmergencyContact] = await self._call(request, CONTACTS, attempts=3)
        return found

    async def emergency_contacts(self, no: str, grant: str) -> list[EmergencyContact]:
        """Masked, in their order. NotAllowed."""
        path = f"/accounts/{quote(no, safe='')}/emergency-contacts"
        found: list[EmergencyContact] = await self._get(path, CONTACTS, grant=grant)
        return found

    async def reveal_emergency_contacts(self, no: str, staff: str, reason: str) -> list[StaffEmergencyContact]:
        """In full, on record. NotFound."""
        path = f"/staff/accounts/{quote(no, safe='')}/emergency-contacts"
        found: list[StaffEmergencyContact] = await self._get(path, IN_FULL, staff=staff, reason=reason)
        return found

    def _put(self, path: str, body: BaseModel) -> httpx.Request:
        headers = {**self._headers, "Content-Type": "application/json"}
        return self._build("PUT", path, headers, content=body.model_dump_json().encode())
