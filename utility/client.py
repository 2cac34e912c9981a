"""The one client of the contract.

Budget: every call ends within `budget` seconds (3 by default), retries included. Only what is idempotent is tried
again: reads, and writes that carry an idempotency key; the identity check is neither. A breaker keeps a dead backend
from costing every customer the whole budget. Whatever goes wrong leaves as a member of `utility.errors`.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from utility.answers import faults, refusal
from utility.breaker import Breaker
from utility.errors import InvalidRequest, NotFound, UtilityRefused, UtilityUnavailable
from utility.models import (
    Account,
    Balance,
    Bill,
    Grant,
    IdentityCheck,
    Outage,
    OutageReport,
    PaymentWay,
    Place,
    PlaceMatch,
    ServiceHours,
    Ticket,
    TicketNote,
    TicketRequest,
    TimeLimit,
)

PAUSES: Final = (0.05, 0.2)
"""Seconds before the second and the third attempt of what may be tried again."""

GRANT: Final = "X-Account-Grant"
KEY: Final = "Idempotency-Key"

Parser = Callable[[bytes], Any]


@cache
def _list_of(model: type[BaseModel]) -> Parser:
    return TypeAdapter(list[model]).validate_json  # type: ignore[valid-type]


class UtilityClient:
    """Typed access to the utility's systems.

    `http` brings the address (`base_url`) and the connections, and belongs to the caller; `budget` is in seconds.
    Every method may raise `UtilityUnavailable`; the members of `UtilityRefused` named in its docstring; and
    `InvalidRequest` when the request itself breaks the contract.
    """

    def __init__(
        self, http: httpx.AsyncClient, *, secret: str, budget: float = 3.0, breaker: Breaker | None = None
    ) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
        self._budget = budget
        self._breaker = breaker or Breaker()

    # --- places ---------------------------------------------------------------------------------------------------

    async def find_places(self, text: str, limit: int = 4) -> list[PlaceMatch]:
        """Places that `text` (a name, a misspelt name or a whole sentence) may mean, best first; [] for none."""
        found: list[PlaceMatch] = await self._get("/places", _list_of(PlaceMatch), q=text, limit=str(limit))
        return found

    async def places(self) -> list[Place]:
        """The whole gazetteer."""
        found: list[Place] = await self._get("/places", _list_of(Place))
        return found

    async def place(self, id: str) -> Place:
        """One place. NotFound."""
        found: Place = await self._get(f"/places/{_segment(id)}", Place.model_validate_json)
        return found

    async def place_outages(self, place_id: str, building: str | None = None) -> OutageReport:
        """What is known about a place, or about one building (3栋) of it. NotFound for an unknown place."""
        report: OutageReport = await self._get(
            f"/places/{_segment(place_id)}/outages", OutageReport.model_validate_json, building=building
        )
        return report

    # --- accounts -------------------------------------------------------------------------------------------------

    async def check_identity(self, check: IdentityCheck) -> Grant:
        """Proof that the customer may see an account. IdentityMismatch, IdentityLocked. Never tried twice."""
        grant: Grant = await self._post("/identity", check, Grant.model_validate_json, key=None)
        return grant

    async def bind(self, check: IdentityCheck) -> list[Grant]:
        """Keep an account at hand; all that are. IdentityMismatch, IdentityLocked. Never tried twice."""
        grants: list[Grant] = await self._post("/bindings", check, _list_of(Grant), key=None)
        return grants

    async def bound(self, conversation: str) -> list[Grant]:
        """The accounts that a customer keeps at hand, the longest first, each with a fresh grant."""
        grants: list[Grant] = await self._get(f"/bindings/{_segment(conversation)}", _list_of(Grant))
        return grants

    async def unbind(self, conversation: str, no: str | None = None) -> list[Grant]:
        """What is left after one account, or all, are let go."""
        path = f"/bindings/{_segment(conversation)}" + (f"/{_segment(no)}" if no else "")
        grants: list[Grant] = await self._delete(path, _list_of(Grant))
        return grants

    async def account(self, no: str, grant: str) -> Account:
        """Masked master data. NotAllowed."""
        found: Account = await self._get(f"/accounts/{_segment(no)}", Account.model_validate_json, grant=grant)
        return found

    async def bills(self, no: str, first: str, last: str, grant: str) -> list[Bill]:
        """Bills of the periods `first`..`last` (YYYY-MM, both ends in), oldest first. NotAllowed."""
        path = f"/accounts/{_segment(no)}/bills"
        found: list[Bill] = await self._get(path, _list_of(Bill), grant=grant, first=first, last=last)
        return found

    async def balance(self, no: str, grant: str) -> Balance:
        """What is owed now. NotAllowed."""
        found: Balance = await self._get(f"/accounts/{_segment(no)}/balance", Balance.model_validate_json, grant=grant)
        return found

    async def account_outages(self, no: str) -> OutageReport:
        """What is known about the supply of an account; names no place. NotFound for an unknown number."""
        report: OutageReport = await self._get(f"/accounts/{_segment(no)}/outages", OutageReport.model_validate_json)
        return report

    async def payment_ways(self) -> list[PaymentWay]:
        """How a bill can be paid."""
        found: list[PaymentWay] = await self._get("/payment-ways", _list_of(PaymentWay))
        return found

    async def outage(self, id: str) -> Outage:
        """One outage with its progress. NotFound."""
        found: Outage = await self._get(f"/outages/{_segment(id)}", Outage.model_validate_json)
        return found

    # --- tickets --------------------------------------------------------------------------------------------------

    async def create_ticket(self, request: TicketRequest, key: str) -> Ticket:
        """The ticket made for `key` (ASCII); the same key brings the same ticket, however often it is sent."""
        ticket: Ticket = await self._post("/tickets", request, Ticket.model_validate_json, key=key)
        return ticket

    async def ticket(self, no: str, conversation: str, phone_tail: str | None = None) -> Ticket:
        """A ticket for those who made it, or who know the phone's last four digits. NotFound, IdentityLocked."""
        found: Ticket = await self._get(
            f"/tickets/{_segment(no)}", Ticket.model_validate_json, conversation=conversation, phone_tail=phone_tail
        )
        return found

    async def tickets(self, conversation: str) -> list[Ticket]:
        """Every ticket the conversation made or joined, newest first."""
        found: list[Ticket] = await self._get("/tickets", _list_of(Ticket), conversation=conversation)
        return found

    async def urge(self, no: str, note: TicketNote, key: str) -> Ticket:
        """催办: the same key counts once. NotFound."""
        ticket: Ticket = await self._post(f"/tickets/{_segment(no)}/urge", note, Ticket.model_validate_json, key=key)
        return ticket

    async def add_note(self, no: str, note: TicketNote, key: str) -> Ticket:
        """补充: the same key writes once. NotFound."""
        ticket: Ticket = await self._post(f"/tickets/{_segment(no)}/notes", note, Ticket.model_validate_json, key=key)
        return ticket

    # --- promises -------------------------------------------------------------------------------------------------

    async def time_limits(self, area: str | None = None) -> list[TimeLimit]:
        """The promises in force today, for one area (城区 | 农村 | 边远) or all."""
        found: list[TimeLimit] = await self._get("/time-limits", _list_of(TimeLimit), area=area)
        return found

    async def service_hours(self) -> ServiceHours:
        """When people sit at the desk."""
        found: ServiceHours = await self._get("/service-hours", ServiceHours.model_validate_json)
        return found

    # --- the way there and back -----------------------------------------------------------------------------------

    async def _get(self, path: str, parse: Parser, grant: str | None = None, **query: str | None) -> Any:
        asked = {name: value for name, value in query.items() if value is not None}
        headers = self._headers if grant is None else {**self._headers, GRANT: grant}
        request = self._build("GET", path, headers, params=asked or None)
        return await self._call(request, parse, attempts=len(PAUSES) + 1)

    async def _post(self, path: str, body: BaseModel, parse: Parser, *, key: str | None) -> Any:
        headers = {**self._headers, "Content-Type": "application/json"}
        if key is not None:
            headers[KEY] = key
        request = self._build("POST", path, headers, content=body.model_dump_json().encode())
        return await self._call(request, parse, attempts=1 if key is None else len(PAUSES) + 1)

    async def _delete(self, path: str, parse: Parser) -> Any:
        return await self._call(self._build("DELETE", path, self._headers), parse, attempts=len(PAUSES) + 1)

    def _build(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Request:
        try:
            return self._http.build_request(method, path, headers=headers, params=params, content=content, timeout=None)
        except (httpx.InvalidURL, ValueError):
            raise InvalidRequest(f"{method}: cannot be written as an HTTP request") from None

    async def _call(self, request: httpx.Request, parse: Parser, attempts: int) -> Any:
        """One call: one budget, one verdict for the breaker."""
        if not self._breaker.admit():
            raise UtilityUnavailable("the circuit breaker is open")
        try:
            async with asyncio.timeout(self._budget):
                answer = await self._attempt(request, parse, attempts)
        except TimeoutError as late:
            self._breaker.failed()
            raise UtilityUnavailable(f"no answer within {self._budget} s") from late
        except UtilityUnavailable:
            self._breaker.failed()
            raise
        except UtilityRefused:
            self._breaker.succeeded()
            raise
        except BaseException:
            self._breaker.abandoned()
            raise
        self._breaker.succeeded()
        return answer

    async def _attempt(self, request: httpx.Request, parse: Parser, attempts: int) -> Any:
        """Try again after quick failures only: a slow backend is not made faster by asking twice."""
        for pause in PAUSES[: attempts - 1]:
            try:
                return await self._once(request, parse)
            except _Passing:
                await asyncio.sleep(pause)
        return await self._once(request, parse)

    async def _once(self, request: httpx.Request, parse: Parser) -> Any:
        try:
            response = await self._http.send(request)
        except httpx.HTTPError as broken:
            raise _Passing(f"connection failed: {type(broken).__name__}") from broken
        if response.status_code >= 500:
            raise _Passing(f"the backend answered {response.status_code}")
        if not response.is_success:
            raise refusal(response.status_code, response.content)
        try:
            return parse(response.content)
        except ValidationError as unreadable:
            raise UtilityUnavailable(f"the answer does not follow the contract: {faults(unreadable)}") from None


class _Passing(UtilityUnavailable):
    """A failure that may be gone in a moment: worth another attempt."""


def _segment(value: str) -> str:
    """One segment of a path. What cannot be one cannot be the name of anything either."""
    if value.strip(". ") == "":
        raise NotFound("there is nothing without a name")
    return quote(value, safe="")
