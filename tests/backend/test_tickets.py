"""A ticket from the request to the urging: numbers, promises, who may see what."""

from datetime import datetime, timedelta

import httpx
import pytest

from backend.clock import LOCAL
from tests.backend.conftest import MONDAY, SECRET, Town, repair
from utility.client import UtilityClient
from utility.errors import IdentityLocked, InvalidRequest, NotFound
from utility.models import Grade, Ticket, TicketKind, TicketNote, TicketRequest, TicketStatus

FLAT = {
    "place_id": "C05",
    "address": "金色家园7栋1单元402室",
    "phone": "13912345678",
    "symptom": "没电",
    "scope": "整栋",
}
"""A building of a community where nothing is known to be wrong."""


def events(ticket: Ticket) -> list[str]:
    return [line.name for line in ticket.timeline]


def request(kind: TicketKind, **known: object) -> TicketRequest:
    return TicketRequest.model_validate({"kind": kind, "channel": "web", "conversation": "c1", **known})


async def test_a_repair_gets_a_number_a_promise_and_a_team(town: Town) -> None:
    ticket = await town.client.create_ticket(repair(**FLAT), "k1")
    assert ticket.no == "RP20261123-0001"
    assert (ticket.status, ticket.joined, ticket.outage_id, ticket.urged) == (TicketStatus.OPEN, False, None, 0)
    assert ticket.due_at == MONDAY + timedelta(minutes=45)
    assert [limit.matter for limit in ticket.limits] == ["到达现场", "恢复供电"]
    assert ticket.contact == "城南供电所抢修班"
    assert (ticket.address_masked, ticket.phone_masked) == ("城南区金色家园", "139****5678")
    assert [(line.name, line.at) for line in ticket.timeline] == [("受理", MONDAY)]
    assert (ticket.symptom, ticket.scope, ticket.place_id) == ("没电", "整栋", "C05")


@pytest.mark.parametrize(("place", "minutes"), [("C05", 45), ("C15", 90), ("C16", 120), (None, 120)])
async def test_the_crew_is_promised_by_area_and_the_slowest_where_it_is_unknown(
    town: Town, place: str | None, minutes: int
) -> None:
    ticket = await town.client.create_ticket(repair(place_id=place, address="某处"), "k1")
    assert ticket.due_at == MONDAY + timedelta(minutes=minutes)


@pytest.mark.parametrize(("skill", "matter"), [("举报", "举报答复"), ("建议", "建议答复"), ("", "服务申请答复")])
async def test_reports_and_suggestions_have_their_own_limit(town: Town, skill: str, matter: str) -> None:
    request = TicketRequest(kind=TicketKind.SERVICE, channel="webchat", conversation="c1", skill=skill)
    ticket = await town.client.create_ticket(request, "k1")
    assert [limit.matter for limit in ticket.limits] == [matter]


@pytest.mark.parametrize(
    ("kind", "prefix", "matters", "due"),
    [
        (TicketKind.HAZARD, "EM", ["紧急处置"], MONDAY + timedelta(minutes=60)),
        (TicketKind.COMPLAINT, "CP", ["投诉联系", "投诉答复"], MONDAY + timedelta(hours=24)),
        (TicketKind.CALLBACK, "CB", ["人工回电"], MONDAY + timedelta(minutes=30)),
        (TicketKind.SERVICE, "SR", ["服务申请答复"], datetime(2026, 11, 30, 17, 30, tzinfo=LOCAL)),
    ],
)
async def test_each_kind_has_its_prefix_and_its_first_promise(
    town: Town, kind: TicketKind, prefix: str, matters: list[str], due: datetime
) -> None:
    ticket = await town.client.create_ticket(request(kind), "k1")
    assert ticket.no == f"{prefix}20261123-0001"
    assert [limit.matter for limit in ticket.limits] == matters
    assert ticket.due_at == due
    assert ticket.contact


async def test_a_callback_asked_for_at_night_is_promised_for_the_morning(town: Town) -> None:
    town.clock.set(day=27, hour=22)
    ticket = await town.client.create_ticket(request(TicketKind.CALLBACK), "k1")
    assert ticket.due_at == datetime(2026, 11, 30, 9, 30, tzinfo=LOCAL)


async def test_complaint_class_and_grade_are_kept(town: Town) -> None:
    asked = request(TicketKind.COMPLAINT, complaint_class="服务投诉", grade=Grade.MAJOR, description="态度恶劣")
    ticket = await town.client.create_ticket(asked, "k1")
    assert (ticket.complaint_class, ticket.grade, ticket.description) == ("服务投诉", Grade.MAJOR, "态度恶劣")


async def test_the_same_key_brings_the_same_ticket(town: Town) -> None:
    first = await town.client.create_ticket(repair(**FLAT), "k1")
    assert await town.client.create_ticket(repair(**FLAT), "k1") == first
    assert await town.client.create_ticket(request(TicketKind.REPAIR, description="别的"), "k1") == first
    body = repair(**FLAT).model_dump(mode="json")
    for key, status in (("k1", 200), ("k2", 201)):
        answer = await town.http.post("/tickets", json=body, headers={"Idempotency-Key": key})
        assert answer.status_code == status
    assert len(await town.client.tickets("c1")) == 1


class LosingAnswers(httpx.ASGITransport):
    """The request arrives and is carried out; the first answer to it is lost on the way back."""

    lost = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if not self.lost:
            self.lost = True
            raise httpx.ReadError("lost")
        return answer


async def test_a_lost_answer_makes_no_second_ticket(town: Town) -> None:
    async with httpx.AsyncClient(transport=LosingAnswers(town.app), base_url="http://backend") as http:
        ticket = await UtilityClient(http, secret=SECRET, budget=20).create_ticket(repair(**FLAT), "k1")
    assert (ticket.no, ticket.joined) == ("RP20261123-0001", False)
    assert await town.client.tickets("c1") == [ticket]


async def test_an_anonymous_ticket_keeps_neither_phone_nor_account(town: Town) -> None:
    asked = request(TicketKind.COMPLAINT, anonymous=True, phone="13912345678", account_no="3300100001")
    ticket = await town.client.create_ticket(asked, "k1")
    assert ticket.phone_masked is None
    with pytest.raises(NotFound):
        await town.client.ticket(ticket.no, "other", "5678")


async def test_an_account_number_does_not_buy_an_address(town: Town) -> None:
    ticket = await town.client.create_ticket(repair(account_no="3300100007", symptom="没电"), "k1")
    assert (ticket.place_id, ticket.address_masked) == (None, "")
    assert ticket.due_at == MONDAY + timedelta(minutes=45)


async def test_an_unknown_account_number_is_noted_and_stops_nothing(town: Town) -> None:
    ticket = await town.client.create_ticket(repair(account_no="1234567890", **FLAT), "k1")
    assert events(ticket) == ["受理", "户号待核"]


async def test_an_unknown_place_id_breaks_the_contract(town: Town) -> None:
    with pytest.raises(InvalidRequest):
        await town.client.create_ticket(repair(place_id="C99"), "k1")
    assert await town.client.tickets("c1") == []


async def test_an_address_outside_the_gazetteer_is_shown_without_its_door(town: Town) -> None:
    ticket = await town.client.create_ticket(repair(address="老城隍庙后街12号", symptom="没电"), "k1")
    assert ticket.address_masked == "老城隍庙后街***"


async def test_a_nul_in_a_text_does_not_lose_a_ticket(town: Town) -> None:
    ticket = await town.client.create_ticket(repair(description="没\x00电", **FLAT), "k1")
    assert ticket.description == "没电"


# --- who may see it -------------------------------------------------------------------------------------------------


async def test_a_ticket_is_shown_to_its_conversation_and_to_nobody_else(town: Town) -> None:
    ticket = await town.client.create_ticket(repair(**FLAT), "k1")
    assert await town.client.ticket(ticket.no, "c1") == ticket
    for no, tail in ((ticket.no, None), (ticket.no, "0000"), ("RP20261123-9999", None), ("RP20261123-9999", "5678")):
        with pytest.raises(NotFound):
            await town.client.ticket(no, "stranger", tail)


async def test_who_knows_the_phones_tail_becomes_one_of_its_own(town: Town) -> None:
    ticket = await town.client.create_ticket(repair(**FLAT), "k1")
    seen = await town.client.ticket(ticket.no, "c2", "5678")
    assert seen == ticket
    assert await town.client.tickets("c2") == [ticket]
    assert (await town.client.urge(ticket.no, TicketNote(conversation="c2"), "u1")).urged == 1


async def test_tails_cannot_be_guessed(town: Town) -> None:
    ticket = await town.client.create_ticket(repair(**FLAT), "k1")
    for guess in ("0000", "0001"):
        with pytest.raises(NotFound):
            await town.client.ticket(ticket.no, "thief", guess)
    for guess in ("0002", "5678"):
        with pytest.raises(IdentityLocked):
            await town.client.ticket(ticket.no, "thief", guess)
    town.clock.forward(minutes=31)
    assert await town.client.ticket(ticket.no, "thief", "5678")


async def test_own_tickets_come_newest_first(town: Town) -> None:
    await town.client.create_ticket(repair(**FLAT), "k1")
    town.clock.forward(minutes=1)
    await town.client.create_ticket(request(TicketKind.COMPLAINT), "k2")
    assert [ticket.no for ticket in await town.client.tickets("c1")] == ["CP20261123-0001", "RP20261123-0001"]
    assert await town.client.tickets("nobody") == []


async def test_the_seeded_tickets_are_found_by_number_and_tail(town: Town) -> None:
    done = await town.client.ticket("RP20261122-9001", "c9", "5678")
    assert (done.status, events(done)[-1]) == (TicketStatus.CLOSED, "回访")
    complaint = await town.client.ticket("CP20261121-9001", "c9", "8901")
    assert complaint.complaint_class == "营业投诉"
    assert {limit.matter for limit in complaint.limits} == {"投诉联系", "投诉答复"}


# --- urging and adding ----------------------------------------------------------------------------------------------


async def test_an_urging_counts_once_per_key(town: Town) -> None:
    ticket = await town.client.create_ticket(repair(**FLAT), "k1")
    town.clock.forward(minutes=20)
    note = TicketNote(conversation="c1", text="家里有老人")
    for key in ("u1", "u1"):
        urged = await town.client.urge(ticket.no, note, key)
    assert (urged.urged, events(urged)) == (1, ["受理", "催办", "补充"])
    assert (await town.client.urge(ticket.no, TicketNote(conversation="c1"), "u2")).urged == 2


async def test_a_note_is_written_once_per_key(town: Town) -> None:
    ticket = await town.client.create_ticket(repair(**FLAT), "k1")
    for key in ("n1", "n1"):
        noted = await town.client.add_note(ticket.no, TicketNote(conversation="c1", text="门禁密码找物业"), key)
    assert [line.note for line in noted.timeline if line.name == "补充"] == ["门禁密码找物业"]


async def test_strangers_can_neither_urge_nor_add(town: Town) -> None:
    ticket = await town.client.create_ticket(repair(**FLAT), "k1")
    with pytest.raises(NotFound):
        await town.client.urge(ticket.no, TicketNote(conversation="stranger"), "u1")
    with pytest.raises(NotFound):
        await town.client.add_note("RP20261123-9999", TicketNote(conversation="c1"), "n1")
