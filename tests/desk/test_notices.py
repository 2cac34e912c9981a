"""Everybody whom an outage concerns is told each fact once, whoever dies in between."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from desk import notice_tables as n
from desk import notices
from desk.feed import Feed
from desk.model import Message
from desk.notice_report import NoticeReport
from desk.notices import Notices
from desk.phrases import Phrases
from desk.ports import Inbound
from tests.desk.people import Room, room
from utility.errors import UtilityUnavailable
from utility.incidents import Because, Recipient
from utility.models import Outage, OutageKind, OutageStatus
from utility.plans import OutageFact, OutageNews

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
FACTS = ("published", "changed", "cancelled", "begun", "progress", "expected", "restored")
SAID = Phrases(
    {f"utter_notice_{name}": [{"text": f"{name} {{scope}} {{window}} {{as_of}}"}] for name in FACTS}
    | {
        name: [{"text": name}]
        for name in (
            "utter_notice_unknown_time",
            "utter_notice_seen_button",
            "utter_power_back_button",
            "utter_still_dark_button",
        )
    }
)


@dataclass
class FakeSource:
    """The utility's news, and whom each outage concerns."""

    concerned: dict[str, list[str]] = field(default_factory=dict)
    kept: list[OutageNews] = field(default_factory=list)
    away: bool = False
    pages: int = 0

    def happens(self, fact: OutageFact, outage: str, at: datetime, *, drill: bool = False, days: int = 8) -> None:
        begins = at + timedelta(days=days)
        told = Outage(
            id=outage,
            kind=OutageKind("计划停电"),
            status=OutageStatus.ANNOUNCED,
            place_ids=["C01"],
            scope="阳光花园",
            feeder="阳光线",
            transformer_areas=[],
            reason="线路检修",
            starts_at=begins,
            ends_at=begins + timedelta(hours=3),
            updated_at=at,
            source="演示",
        )
        number = len(self.kept) + 1
        news = {
            "id": number,
            "outage_id": outage,
            "fact": fact,
            "note": "",
            "at": at,
            "drill": drill,
            "version": number,
        }
        self.kept.append(OutageNews(**news, outage=told))

    async def last_outage_news(self) -> int:
        return 0

    async def outage_news(self, after: int, limit: int = 100) -> list[OutageNews]:
        if self.away:
            raise UtilityUnavailable("told to be away")
        return [news for news in self.kept if news.id > after][:limit]

    async def audience(self, outage_id: str, after: str = "", limit: int = 1000) -> list[Recipient]:
        self.pages += 1
        found = [each for each in sorted(self.concerned.get(outage_id, [])) if each > after][:limit]
        about = {"place": "阳光花园", "accounts_masked": [], "because": Because.BOUND, "important": False}
        return [Recipient(conversation=each, **about) for each in found]


def teller(here: Room, source: FakeSource) -> Notices:
    return Notices(here.database, source, Feed(), SAID, here.clock, CHINA)


async def told(here: Room, conversation: str) -> list[str]:
    return [line.text.split()[0] for line in await here.lines(conversation) if line.text.split()[0] in FACTS]


async def everything(notices: Notices) -> None:
    while await notices.round():
        pass


async def people(here: Room, count: int) -> list[str]:
    return [await here.switchboard.open("webchat", f"u{number}") for number in range(count)]


async def test_each_is_told_of_each_fact_once(database_url: str) -> None:
    async with room(database_url) as here:
        here.clock.now = NOON
        mine, yours = await people(here, 2)
        source = FakeSource({"P1": [mine, yours, "nobody we know"]})
        runner = teller(here, source)
        await everything(runner)  # it begins where the news are now
        source.happens(OutageFact.PUBLISHED, "P1", here.clock())
        await everything(runner)
        await everything(teller(here, source))  # another process
        assert await told(here, mine) == await told(here, yours) == ["published"]
        (line,) = [each for each in await here.lines(mine) if each.text.startswith("published")]
        assert line.text == "published 阳光花园 12月3日12:00至15:00 11月25日12:00"


async def test_who_was_told_that_it_comes_is_told_that_it_does_not(database_url: str) -> None:
    async with room(database_url) as here:
        here.clock.now = NOON
        stays, moves = await people(here, 2)
        source = FakeSource({"P1": [stays, moves]})
        runner = teller(here, source)
        await everything(runner)
        source.happens(OutageFact.PUBLISHED, "P1", here.clock())
        await everything(runner)
        source.concerned["P1"] = [stays]
        source.happens(OutageFact.CANCELLED, "P1", here.clock())
        await everything(runner)
        assert await told(here, moves) == await told(here, stays) == ["published", "cancelled"]


async def test_nobody_is_woken_for_what_does_not_concern_the_night(database_url: str) -> None:
    async with room(database_url) as here:
        here.clock.now = NOON + timedelta(hours=11)  # 23:00
        (mine,) = await people(here, 1)
        source = FakeSource({"P1": [mine], "P2": [mine], "F1": [mine]})
        runner = teller(here, source)
        await everything(runner)
        source.happens(OutageFact.PUBLISHED, "P1", here.clock())
        source.happens(OutageFact.CHANGED, "P2", here.clock(), days=0)  # it is about this very night
        source.happens(OutageFact.RESTORED, "F1", here.clock())
        await everything(runner)
        assert await told(here, mine) == ["changed", "restored"]
        here.clock.pass_by(hours=7, minutes=59)
        await everything(runner)
        assert await told(here, mine) == ["changed", "restored"]
        here.clock.pass_by(minutes=1)  # 7:00
        await everything(runner)
        assert await told(here, mine) == ["changed", "restored", "published"]


async def test_a_drill_tells_nobody(database_url: str) -> None:
    async with room(database_url) as here:
        (mine,) = await people(here, 1)
        source = FakeSource({"P1": [mine], "P2": [mine]})
        runner = teller(here, source)
        await everything(runner)
        source.happens(OutageFact.BEGUN, "P1", here.clock(), drill=True)
        source.happens(OutageFact.BEGUN, "P2", here.clock())
        await everything(runner)
        assert await told(here, mine) == ["begun"]


async def test_whoever_is_killed_in_the_middle_forgets_nobody_and_tells_nobody_twice(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages of three people, two lines at a time, and a runner that dies after every step; two run at once."""
    monkeypatch.setattr(notices, "PAGE", 3)
    monkeypatch.setattr(notices, "AT_ONCE", 2)
    async with room(database_url) as here:
        here.clock.now = NOON
        everybody = await people(here, 11)
        source = FakeSource({"P1": everybody})
        await everything(teller(here, source))
        source.happens(OutageFact.PUBLISHED, "P1", here.clock())
        source.happens(OutageFact.CHANGED, "P1", here.clock())
        for step in range(60):
            source.away = step % 5 == 4
            await asyncio.gather(teller(here, source).round(), teller(here, source).round())
        assert [await told(here, each) for each in everybody] == [["published", "changed"]] * 11
        assert source.pages >= 2 * 4


async def test_a_notice_is_acknowledged_and_an_answer_goes_to_the_crew(database_url: str) -> None:
    async with room(database_url) as here:
        here.clock.now = NOON
        (mine,) = await people(here, 1)
        source = FakeSource({"P1": [mine]})
        runner = teller(here, source)
        await everything(runner)
        source.happens(OutageFact.PUBLISHED, "P1", here.clock())
        source.happens(OutageFact.RESTORED, "P1", here.clock())
        await everything(runner)
        await press(here, "utter_notice_seen_button")
        await press(here, "utter_still_dark_button")
        assert (await here.texts(mine))[-1] == "utter_still_dark_noted"
        async with here.database.read() as db:
            rows = (await db.execute(select(n.notice).order_by(n.notice.c.fact))).all()
        assert [row.acknowledged_at is not None for row in rows] == [True, False]
        ((errand, _),) = await here.errands.take(here.clock())
        assert (errand.kind, errand.payload) == ("power", {"outage": "P1", "powered": False, "channel": "webchat"})


async def press(here: Room, title: str) -> None:
    lines: list[Message] = await here.lines(await here.switchboard.open("webchat", "u0"))
    payload = next(button.payload for line in reversed(lines) for button in line.buttons if button.title == title)
    assert json.loads(payload[payload.index("{") :])
    turn = await here.switchboard.receive(Inbound("webchat", "u0", title, title, payload))
    assert await turn.replies(5.0)


async def test_how_far_it_came_is_counted_and_who_is_silent_is_named(database_url: str) -> None:
    async with room(database_url) as here:
        here.clock.now = NOON
        everybody = await people(here, 3)
        source = FakeSource({"P1": everybody})
        runner = teller(here, source)
        await everything(runner)
        source.happens(OutageFact.PUBLISHED, "P1", here.clock())
        await runner.learn()
        (before,) = await NoticeReport(here.database).facts()
        assert (before.people, before.queued, before.carried, before.acknowledged) == (3, 3, 0, 0)
        await everything(runner)
        await press(here, "utter_notice_seen_button")
        (now,) = await NoticeReport(here.database).facts()
        assert (now.people, now.queued, now.carried, now.failed, now.acknowledged) == (3, 0, 3, 0, 1)
        silent = await NoticeReport(here.database).silent(now.fact)
        assert {each.conversation for each in silent} == set(everybody[1:])
