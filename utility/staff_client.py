"""The client for those who work at the desk: all that a customer's matters need, and the staff's side."""

from typing import Final
from urllib.parse import quote

from pydantic import TypeAdapter

from utility.compensation_client import CompensationClient
from utility.incidents_client import IncidentsClient
from utility.models import ServiceHours
from utility.plans_client import PlansClient
from utility.staff import Contact, NewHours, StaffTicket, StaffTicketDetail, StepRequest, TicketNews
from utility.subscriptions_client import SubscriptionsClient

TICKETS: Final = TypeAdapter(list[StaffTicket]).validate_json
NEWS: Final = TypeAdapter(list[TicketNews]).validate_json
NAMES: Final = TypeAdapter(list[str]).validate_json
NUMBER: Final = TypeAdapter(int).validate_json


class StaffClient(PlansClient, IncidentsClient, CompensationClient, SubscriptionsClient):
    """See UtilityClient for what every method may raise."""

    async def staff_tickets(self, **filters: str | None) -> list[StaffTicket]:
        """Open ones first; kind, status, grade, team, text, conversation, open, overdue, limit, offset."""
        found: list[StaffTicket] = await self._get("/staff/tickets", TICKETS, **filters)
        return found

    async def staff_ticket(self, no: str) -> StaffTicketDetail:
        """NotFound."""
        path = f"/staff/tickets/{quote(no, safe='')}"
        found: StaffTicketDetail = await self._get(path, StaffTicketDetail.model_validate_json)
        return found

    async def take_step(self, no: str, wish: StepRequest, key: str) -> StaffTicketDetail:
        """Once per key. NotFound, NotPossible."""
        path = f"/staff/tickets/{quote(no, safe='')}/steps"
        found: StaffTicketDetail = await self._post(path, wish, StaffTicketDetail.model_validate_json, key=key)
        return found

    async def reveal_contact(self, no: str, conversation: str, staff: str, reason: str) -> Contact:
        """A phone in full, on record. NotFound."""
        path = f"/staff/tickets/{quote(no, safe='')}/contact"
        asked = {"conversation": conversation, "staff": staff, "reason": reason}
        found: Contact = await self._get(path, Contact.model_validate_json, **asked)
        return found

    async def teams(self) -> list[str]:
        """Every team that works on tickets."""
        found: list[str] = await self._get("/staff/teams", NAMES)
        return found

    async def ticket_news(self, after: int, limit: int = 100) -> list[TicketNews]:
        """What staff did since, in order."""
        found: list[TicketNews] = await self._get("/ticket-news", NEWS, after=str(after), limit=str(limit))
        return found

    async def last_news(self) -> int:
        """Where a new reader begins."""
        found: int = await self._get("/ticket-news/last", NUMBER)
        return found

    async def set_service_hours(self, wish: NewHours) -> ServiceHours:
        """From a day on. InvalidRequest for shifts that make no sense."""
        request = self._build(
            "PUT",
            "/service-hours",
            {**self._headers, "Content-Type": "application/json"},
            content=wish.model_dump_json().encode(),
        )
        found: ServiceHours = await self._call(request, ServiceHours.model_validate_json, attempts=1)
        return found
