"""来电了吗: yes, no and silence after a restoration, and what follows when the power is not back."""

import asyncio

import pytest
from sqlalchemy import func, select

from backend.tables import OutageNewsRow
from tests.backend.conftest import Town
from tests.backend.incident_kit import PLACE, by_hand, confirmed, crew, facts, report, restore, says, step
from utility.errors import NotFound, NotPossible
from utility.incidents import IncidentStep, Outcome
from utility.models import OutageStatus, TicketStatus
from utility.plans import OutageFact

S = IncidentStep


async def restored(town: Town) -> str:
    id = await confirmed(town)
    town.clock.forward(minutes=30)
    await restore(town, id)
    return id


async def counts(town: Town, id: str) -> tuple[int, int, int]:
    answers = (await crew(town).incident(id)).answers
    return answers.yes, answers.no, answers.silent


async def test_yes_no_and_silence_are_counted_apart_and_the_last_word_counts(own_town: Town) -> None:
    id = await confirmed(own_town)
    assert await counts(own_town, id) == (0, 0, 0)
    await restore(own_town, id)
    assert await counts(own_town, id) == (0, 0, 3)
    said = await crew(own_town).confirm_power(id, says("a", True))
    assert (said.outcome, said.ticket_no) == (Outcome.RECORDED, None)
    assert await crew(own_town).confirm_power(id, says("a", True)) == said
    assert await counts(own_town, id) == (1, 0, 2)
    await crew(own_town).confirm_power(id, says("b", False))
    assert await counts(own_town, id) == (1, 1, 1)
    await crew(own_town).confirm_power(id, says("b", True))
    assert await counts(own_town, id) == (2, 0, 1)


async def test_a_no_within_the_hour_opens_it_again_once_per_customer(own_town: Town) -> None:
    id = await restored(own_town)
    own_town.clock.forward(minutes=60)
    said = await crew(own_town).confirm_power(id, says("a", False))
    assert said.outcome is Outcome.REOPENED
    assert await crew(own_town).confirm_power(id, says("a", False)) == said
    assert (await crew(own_town).confirm_power(id, says("b", False))).outcome is Outcome.UNDER_REPAIR
    seen = await crew(own_town).incident(id)
    assert (seen.incident.active, seen.incident.flagged, seen.incident.reopened) == (True, True, 1)
    assert (seen.incident.restored_at, await counts(own_town, id)) == (None, (0, 2, 1))
    assert (await own_town.client.outage(id)).status is OutageStatus.ONGOING
    assert [(await own_town.client.ticket(f"RP20261123-000{n}", who)).status for n, who in enumerate("abc", 1)] == [
        TicketStatus.OPEN, TicketStatus.FIXED, TicketStatus.FIXED,
    ]  # fmt: skip
    told = [OutageFact.PUBLISHED, OutageFact.RESTORED, OutageFact.PROGRESS]
    assert await facts(own_town) == told
    own_town.clock.forward(minutes=20)
    await step(own_town, id, S.ARRIVED)
    done = await restore(own_town, id)
    assert (done.incident.flagged, done.incident.reopened) == (False, 1)
    assert await counts(own_town, id) == (0, 0, 3)
    again = await crew(own_town).confirm_power(id, says("a", False))
    assert again.outcome is Outcome.TICKET
    assert await facts(own_town) == [*told, OutageFact.PROGRESS, OutageFact.RESTORED]


async def test_a_later_no_becomes_one_repair_ticket_of_the_own_home(own_town: Town) -> None:
    id = await restored(own_town)
    own_town.clock.forward(minutes=61)
    said = await crew(own_town).confirm_power(id, says("a", False))
    assert said.outcome is Outcome.TICKET
    assert said.ticket_no and said.ticket_no in said.note
    ticket = await own_town.client.ticket(said.ticket_no, "a")
    assert (ticket.outage_id, ticket.scope, ticket.place_id, ticket.status) == (None, "一户", PLACE, TicketStatus.OPEN)
    assert await crew(own_town).confirm_power(id, says("a", False)) == said
    stranger = await crew(own_town).confirm_power(id, says("unknown", False))
    assert stranger.ticket_no not in (None, said.ticket_no)
    assert not (await crew(own_town).incident(id)).incident.active


async def test_many_noes_at_once_open_it_once(own_town: Town) -> None:
    id = await restored(own_town)
    said = await asyncio.gather(*(crew(own_town).confirm_power(id, says(who, False)) for who in "abcabc"))
    assert [one.outcome for one in said].count(Outcome.UNDER_REPAIR) == 4
    assert (await crew(own_town).incident(id)).incident.reopened == 1
    assert (await facts(own_town)).count(OutageFact.PROGRESS) == 1
    async with own_town.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(OutageNewsRow)) == 3


async def test_answers_and_reports_at_once_do_not_wait_for_each_other_forever(own_town: Town) -> None:
    id = await restored(own_town)
    own_town.clock.forward(minutes=70)
    noes = [crew(own_town).confirm_power(id, says(f"n{n}", False)) for n in range(4)]
    reports = [report(own_town, f"r{n}", f"{7 + n}栋") for n in range(4)]
    steps = [crew(own_town).create_incident(by_hand(confirm=False), f"k{n}") for n in range(2)]
    await asyncio.gather(*noes, *reports, *steps)
    active = await crew(own_town).incidents(active="true")
    areas = [area for one in active for area in one.transformer_areas]
    assert len(areas) == len(set(areas))


async def test_other_outages_are_answered_for_too(own_town: Town) -> None:
    morning, ongoing = "FT20261123-03", "FT20261123-01"
    assert (await crew(own_town).confirm_power(morning, says("a", True))).outcome is Outcome.RECORDED
    assert (await crew(own_town).confirm_power(morning, says("b", False))).outcome is Outcome.TICKET
    assert (await crew(own_town).confirm_power(ongoing, says("b", False))).outcome is Outcome.UNDER_REPAIR
    with pytest.raises(NotFound):
        await crew(own_town).confirm_power("FT20000101-01", says("a", True))
    with pytest.raises(NotPossible):
        await crew(own_town).confirm_power("PL20261124-01", says("a", True))
    proposal = (await crew(own_town).create_incident(by_hand(confirm=False), "k")).incident.outage_id
    with pytest.raises(NotFound):
        await crew(own_town).confirm_power(proposal, says("a", True))
