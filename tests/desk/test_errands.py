"""Errands: done at the utility exactly once, now or when it is back, and told; on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import update

from desk.errands import HOLD, PAUSES, ErrandStore, Runner
from desk.feed import Feed
from desk.model import Author, BotTurn, Draft, Errand, Json, Kind, Message
from desk.tables import errand as table
from tests.desk.fake_utility import FakeUtility
from tests.desk.kit import PHRASES, Desk, FakeBot, desk

TICKET = {"kind": "故障报修", "channel": "webchat", "conversation": "c1", "symptom": "跳闸"}


@dataclass
class Office:
    """A desk whose bot gives out errands, the utility, and somebody who carries the errands out."""

    room: Desk
    utility: FakeUtility
    feed: Feed
    runner: Runner

    def another_runner(self) -> Runner:
        """As that of a second gateway process."""
        return _runner(self.room, self.utility, Feed())

    async def give(self, *keys: str, errand: str = "ticket", **payload: str) -> None:
        """The bot's answer to a message brings these errands with it; a payload is that of a repair unless given."""
        conversation = await self.room.switchboard.open("webchat", "u1")
        details = TICKET | {"conversation": conversation} | payload if errand == "ticket" else payload

        def answer(message: Message, belief: Json) -> BotTurn:
            errands = tuple(Errand(key, errand, details, conversation) for key in keys)
            return BotTurn((Draft(Author.BOT, Kind.TEXT, "好的"),), errands=errands)

        self.room.bot.answers = answer
        assert await self.room.ask(f"办{'、'.join(keys)}")

    async def after(self, seconds: float) -> None:
        self.room.clock.pass_by(seconds=seconds)
        await self.runner.round()

    async def told(self) -> list[str]:
        """What the system has said so far."""
        return [line.text for line in await self.room.lines() if line.author is Author.SYSTEM]

    async def open(self) -> int:
        return await ErrandStore(self.room.database).open()


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with desk(database_url, bot=FakeBot()) as room:
        utility, feed = FakeUtility(), Feed()
        yield Office(room, utility, feed, _runner(room, utility, feed))


def _runner(room: Desk, utility: FakeUtility, feed: Feed) -> Runner:
    return Runner(ErrandStore(room.database), utility, feed, PHRASES, room.clock)  # type: ignore[arg-type]


async def test_an_errand_is_done_and_its_number_told_to_whoever_follows(office: Office) -> None:
    await office.give("repair:m1")
    followed = office.feed.subscribe(await office.room.switchboard.open("webchat", "u1"))
    await office.runner.round()
    assert await office.told() == ["故障报修 RP20261122-0001"]
    assert followed.get_nowait() == (await office.room.lines())[-1]


async def test_an_errand_is_done_exactly_once(office: Office) -> None:
    await office.give("repair:m1")
    for _ in range(3):
        await office.after(seconds=60)
    await office.give("repair:m1")  # a turn that is answered again brings the same key
    await office.after(seconds=60)
    assert office.utility.called == {"repair:m1": 1}
    assert await office.told() == ["故障报修 RP20261122-0001"]
    assert await office.open() == 0


async def test_an_urgent_ticket_is_told_in_its_own_words(office: Office) -> None:
    await office.room.ask("门口有断线")
    await office.runner.round()
    assert await office.told() == ["hazard RP20261122-0001"]


async def test_while_the_utility_is_away_an_errand_is_kept_in_silence(office: Office) -> None:
    office.utility.away = True
    await office.give("repair:m1")
    for _ in range(4):
        await office.after(seconds=60)
    assert (await office.told(), await office.open()) == ([], 1)
    office.utility.away = False
    await office.after(seconds=60)
    assert (await office.told(), await office.open()) == (["故障报修 RP20261122-0001"], 0)


async def test_attempts_become_rarer_down_to_one_a_minute(office: Office) -> None:
    office.utility.away = True
    await office.give("repair:m1")
    await office.runner.round()
    for pause in (*PAUSES, PAUSES[-1], PAUSES[-1]):
        before = office.utility.called["repair:m1"]
        await office.after(seconds=pause - 0.5)
        assert office.utility.called["repair:m1"] == before
        await office.after(seconds=0.5)
        assert office.utility.called["repair:m1"] == before + 1
    assert PAUSES[-1] == 60


async def test_an_absence_of_days_changes_nothing(office: Office) -> None:
    office.utility.away = True
    await office.give("repair:m1")
    async with office.room.database.write() as db:
        await db.execute(update(table).values(attempts=5000))
    await office.after(seconds=60)
    await office.give("repair:m2")
    office.utility.away = False
    await office.after(seconds=60)
    assert await office.told() == ["故障报修 RP20261122-0001", "故障报修 RP20261122-0002"]


async def test_what_is_refused_is_said_and_closed(office: Office) -> None:
    office.utility.refuses = True
    await office.give("repair:m1")
    await office.runner.round()
    await office.after(seconds=60)
    assert (await office.told(), await office.open()) == (["utter_errand_refused"], 0)
    assert office.utility.called == {"repair:m1": 1}


@pytest.mark.parametrize(
    "broken",
    [{"errand": "ticket", "kind": "茶歇"}, {"errand": "note", "words": "?"}, {"errand": "dance", "how": "well"}],
    ids=lambda broken: broken["errand"],
)
async def test_what_nobody_can_read_is_refused_and_holds_up_no_other(office: Office, broken: dict[str, str]) -> None:
    await office.give("broken:m1", **broken)
    await office.give("repair:m2")
    await office.runner.round()
    assert await office.told() == ["utter_errand_refused", "故障报修 RP20261122-0001"]
    assert await office.open() == 0


async def test_a_note_waits_for_its_ticket(office: Office) -> None:
    office.utility.away = True
    await office.give("repair:m1")
    await office.give("place:m2", errand="note", ticket_kind="故障报修", text="位置:阳光花园")
    await office.runner.round()
    assert (office.utility.notes, await office.open()) == ({}, 2)
    office.utility.away = False
    await office.after(seconds=60)
    await office.after(seconds=60)
    assert office.utility.notes == {"place:m2": ("RP20261122-0001", "位置:阳光花园")}
    assert await office.told() == ["故障报修 RP20261122-0001"]  # of the note nothing is said
    assert await office.open() == 0


async def test_a_note_whose_ticket_was_refused_is_not_tried_for_ever(office: Office) -> None:
    office.utility.refuses = True
    await office.give("repair:m1")
    await office.runner.round()
    office.utility.refuses = False
    await office.give("place:m2", errand="note", ticket_kind="故障报修", text="位置:阳光花园")
    await office.runner.round()
    assert (office.utility.notes, await office.open()) == ({}, 0)
    assert await office.told() == ["utter_errand_refused"] * 2


async def test_urging_is_made_up_for_when_the_utility_is_back(office: Office) -> None:
    await office.give("repair:m1")
    await office.runner.round()
    office.utility.away = True
    await office.give("urge:m2", errand="urge", ticket_no="RP20261122-0001", text="师傅快来")
    await office.runner.round()
    assert (office.utility.urged, await office.open()) == ({}, 1)
    office.utility.away = False
    await office.after(seconds=60)
    assert office.utility.urged == {"urge:m2": ("RP20261122-0001", "师傅快来")}
    assert (await office.told())[-1] == "utter_errand_urged"


async def test_a_note_goes_to_the_newest_ticket_of_its_kind(office: Office) -> None:
    await office.give("repair:m1", "repair:m2")
    await office.runner.round()
    await office.give("callback:m3", kind="人工回电")
    await office.runner.round()
    await office.give("place:m4", errand="note", ticket_kind="故障报修", text="位置:和平里")
    await office.runner.round()
    assert office.utility.notes == {"place:m4": ("RP20261122-0002", "位置:和平里")}


async def test_two_runners_take_each_errand_once(office: Office) -> None:
    keys = [f"repair:m{n}" for n in range(15)]
    office.utility.delay = 0.01
    await office.give(*keys)
    await asyncio.gather(office.runner.round(), office.another_runner().round())
    assert office.utility.called == dict.fromkeys(keys, 1)
    assert sorted(await office.told()) == [f"故障报修 RP20261122-{n + 1:04}" for n in range(15)]


async def test_a_crash_between_doing_and_noting_ends_with_one_ticket_told_once(office: Office) -> None:
    await office.give("repair:m1")
    office.utility.dies_after_the_deed = True
    with pytest.raises(asyncio.CancelledError):
        await office.runner.round()
    office.utility.dies_after_the_deed = False
    other = office.another_runner()
    await other.round()  # the dead one still holds it
    assert await office.told() == []
    office.room.clock.now += HOLD
    await other.round()
    assert office.utility.called == {"repair:m1": 2}
    assert len(office.utility.made) == 1
    assert await office.told() == ["故障报修 RP20261122-0001"]


async def test_a_late_runner_that_was_overtaken_says_nothing(office: Office) -> None:
    await office.give("repair:m1")
    office.utility.delay = 0.3
    late = asyncio.create_task(office.runner.round())
    await until(lambda: _called(office, "repair:m1"))
    office.room.clock.now += HOLD
    await office.another_runner().round()
    await late
    assert await office.told() == ["故障报修 RP20261122-0001"]


async def test_a_wake_begins_a_round_at_once_and_a_failed_round_is_not_the_end(office: Office) -> None:
    running = asyncio.create_task(office.runner.run(pause=60))
    try:
        await office.give("repair:m1")
        office.runner.wake()
        await until(lambda: _told(office, 1))
        broken, office.room.clock.now = office.room.clock.now, "no time at all"  # type: ignore[assignment]
        office.runner.wake()
        await asyncio.sleep(0.05)
        office.room.clock.now = broken
        await office.give("repair:m2")
        office.runner.wake()
        await until(lambda: _told(office, 2))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await true():  # noqa: ASYNC110  what is waited for is in a database
            await asyncio.sleep(0.01)


async def _called(office: Office, key: str) -> bool:
    return bool(office.utility.called[key])


async def _told(office: Office, count: int) -> bool:
    return len(await office.told()) == count


async def test_a_photo_goes_to_the_ticket_that_comes_of_the_form_it_was_sent_in(office: Office) -> None:
    await office.give("repair:m1")
    await office.runner.round()
    await office.after(seconds=60)
    await office.give("photo:m2", errand="photo", message="m2", at=office.room.clock().isoformat(), coming=True)
    await office.runner.round()
    assert office.utility.notes == {}
    office.utility.created_at = office.room.clock()
    await office.give("repair:m3")
    await office.after(seconds=60)
    await office.after(seconds=60)
    assert office.utility.notes == {"photo:m2": ("RP20261122-0002", "utter_photo_note")}
    assert await office.open() == 0


async def test_a_photo_beside_no_form_goes_to_the_newest_ticket_or_to_none(office: Office) -> None:
    await office.give("photo:m1", errand="photo", message="m1", at=office.room.clock().isoformat(), coming=False)
    await office.runner.round()
    assert (office.utility.notes, await office.open()) == ({}, 0)
    await office.give("repair:m2")
    await office.runner.round()
    await office.give("photo:m3", errand="photo", message="m3", at=office.room.clock().isoformat(), coming=False)
    await office.runner.round()
    assert office.utility.notes == {"photo:m3": ("RP20261122-0001", "utter_photo_note")}
