"""Many at once, on both databases: no number twice, no gap, no second ticket."""

import asyncio
from collections import Counter

import httpx
import pytest

from backend.app import create_app
from tests.backend.conftest import SECRET, Town, repair
from utility.client import UtilityClient
from utility.models import Ticket, TicketKind, TicketNote, TicketRequest


async def test_numbers_are_unique_and_without_gaps(town: Town) -> None:
    kinds = [TicketKind.REPAIR, TicketKind.HAZARD, TicketKind.COMPLAINT]
    asked = [
        TicketRequest(kind=kinds[n % 3], channel="web", conversation=f"c{n}", address=f"某处{n}") for n in range(30)
    ]
    made = await asyncio.gather(*(town.client.create_ticket(one, f"k{n}") for n, one in enumerate(asked)))
    assert sorted(ticket.no for ticket in made) == sorted(
        f"{prefix}20261123-{n:04d}" for prefix in ("RP", "EM", "CP") for n in range(1, 11)
    )


async def test_the_same_key_at_the_same_moment_makes_one_ticket(town: Town) -> None:
    made = await asyncio.gather(*(town.client.create_ticket(repair(address="某处"), "k1") for _ in range(8)))
    assert {ticket.no for ticket in made} == {"RP20261123-0001"}


async def test_reports_of_one_trouble_at_the_same_moment_meet(town: Town) -> None:
    reports = [repair(f"c{n}", place_id="C05", address="7栋", scope="整栋") for n in range(8)]
    made = await asyncio.gather(*(town.client.create_ticket(one, f"k{n}") for n, one in enumerate(reports)))
    assert {ticket.no for ticket in made} == {"RP20261123-0001"}
    assert Counter(ticket.joined for ticket in made) == {True: 7, False: 1}


async def test_no_urging_is_lost(town: Town) -> None:
    ticket = await town.client.create_ticket(repair(address="某处"), "k1")
    urgings = [town.client.urge(ticket.no, TicketNote(conversation="c1"), f"u{n}") for n in range(8)]
    assert {urged.urged for urged in await asyncio.gather(*urgings)} == set(range(1, 9))


async def test_two_processes_share_the_counters(town: Town) -> None:
    """A second application over the same database, as a second process would be."""
    other = create_app(database_url=town.url, secret=SECRET, clock=town.clock)
    async with (
        other.router.lifespan_context(other),
        httpx.AsyncClient(transport=httpx.ASGITransport(other), base_url="http://other") as http,
    ):
        clients = [town.client, UtilityClient(http, secret=SECRET, budget=20)]
        made: list[Ticket] = await asyncio.gather(
            *(clients[n % 2].create_ticket(repair(f"c{n}", address=f"某处{n}"), f"k{n}") for n in range(16))
        )
    assert sorted(ticket.no for ticket in made) == [f"RP20261123-{n:04d}" for n in range(1, 17)]


@pytest.mark.parametrize("days", [1, 2])
async def test_each_day_counts_from_one(town: Town, days: int) -> None:
    await town.client.create_ticket(repair(address="某处"), "k1")
    town.clock.forward(days=days)
    ticket = await town.client.create_ticket(repair(address="另一处"), "k2")
    assert ticket.no == f"RP202611{23 + days}-0001"
