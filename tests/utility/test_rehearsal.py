"""A rehearsal reads and changes nothing."""

import httpx
import pytest

from tests.utility.conftest import PLACES
from utility.client import UtilityClient
from utility.models import TicketKind, TicketNote, TicketRequest
from utility.rehearsal import NotInRehearsal, RehearsalClient


async def test_a_rehearsal_reads_and_never_writes() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        return httpx.Response(200, content=PLACES)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://utility") as http:
        client = RehearsalClient(UtilityClient(http, secret="s"))
        assert await client.places()
        with pytest.raises(NotInRehearsal):
            await client.create_ticket(TicketRequest(kind=TicketKind.REPAIR, channel="web", conversation="c"), "k")
        with pytest.raises(NotInRehearsal):
            await client.urge("RP20261122-0001", TicketNote(conversation="c", text="快"), "k")
    assert asked == ["GET"]
