"""The seven rules of the heart, on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace

import pytest

from desk.errors import BadTransition, ClaimedByOther, DeskError
from desk.model import Author, BotTurn, Button, Draft, Handoff, Kind, Message, Status
from desk.ports import Typing
from tests.desk.kit import Desk, FakeBot, desk


async def texts(room: Desk, user: str = "u1") -> list[str]:
    return [message.text for message in await room.lines(user)]


async def test_a_message_is_committed_when_receive_returns(database_url: str) -> None:
    async with desk(database_url, bot=FakeBot(delay=0.3)) as room, desk(database_url) as elsewhere:
        await room.send("停电了")
        assert "停电了" in await texts(elsewhere)


async def test_a_new_conversation_is_greeted_once(database_url: str) -> None:
    async with desk(database_url) as room:
        ids = await asyncio.gather(*(room.switchboard.open("webchat", "u1") for _ in range(5)))
        assert len(set(ids)) == 1
        assert await texts(room) == ["utter_greet"]


async def test_a_retry_joins_the_running_turn(database_url: str) -> None:
    async with desk(database_url, bot=FakeBot(delay=0.2)) as room:
        first, second = await room.send("停电了", id="m1"), await room.send("停电了", id="m1")
        assert (first.duplicate, second.duplicate) == (False, True)
        answers = await asyncio.gather(first.replies(5), second.replies(5))
        assert [reply.text for reply in answers[0]] == ["停电了 1"]
        assert answers[0] == answers[1]
        assert room.bot.asked == ["停电了"]


async def test_a_retry_after_the_answer_gets_the_same_answer(database_url: str) -> None:
    async with desk(database_url) as room:
        before = await room.ask("停电了", id="m1")
        assert await room.ask("停电了", id="m1") == before
        assert (await texts(room)).count("停电了 1") == 1


async def test_a_retry_at_another_process_joins_too(database_url: str) -> None:
    async with desk(database_url, bot=FakeBot(delay=0.3)) as room, desk(database_url) as elsewhere:
        await room.send("停电了", id="m1")
        answer = await elsewhere.ask("停电了", id="m1")
        assert answer and answer[0].text == "停电了 1"
        assert elsewhere.bot.asked == []


async def test_a_burst_is_answered_one_at_a_time_and_in_order(database_url: str) -> None:
    async with desk(database_url, bot=FakeBot(delay=0.01)) as room:
        turns = [await room.send(f"第{n}句") for n in range(12)]
        answers = [await turn.replies(10) for turn in turns]
        assert [answer[0].text for answer in answers] == [f"第{n}句 {n + 1}" for n in range(12)]
        assert room.bot.asked == [f"第{n}句" for n in range(12)]
        assert not room.bot.overlapped


async def test_order_holds_across_processes(database_url: str) -> None:
    bot = FakeBot(delay=0.01)
    async with desk(database_url, bot=bot) as one, desk(database_url, bot=bot) as two:
        turns = [await room.send(f"第{n}句") for n in range(6) for room in ((one, two)[n % 2],)]
        answers = [await turn.replies(10) for turn in turns]
        assert [answer[0].text for answer in answers] == [f"第{n}句 {n + 1}" for n in range(6)]
        assert not bot.overlapped


async def test_different_conversations_do_not_wait_for_each_other(database_url: str) -> None:
    async with desk(database_url, bot=FakeBot(delay=60)) as room:
        for user in range(5):
            await room.send("停电了", user=f"u{user}")
        async with asyncio.timeout(10):
            while sum(room.bot.running.values()) < 5:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_one_failure_of_the_bot_is_not_noticed(database_url: str) -> None:
    async with desk(database_url, bot=FakeBot(failures=1)) as room:
        answer = await room.ask("停电了")
        assert answer and answer[0].text == "停电了 1"


async def test_two_failures_end_in_an_apology_with_a_way_on(database_url: str) -> None:
    async with desk(database_url, bot=FakeBot(failures=2)) as room:
        answer = await room.ask("停电了")
        assert answer and answer[0].text == "utter_apology"
        assert answer[0].buttons == (Button("utter_apology_button", "/handoff"),)


async def test_who_asks_for_a_person_while_the_bot_is_away_gets_a_ticket(database_url: str) -> None:
    async with desk(database_url, bot=FakeBot(failures=4)) as room:
        await room.ask("停电了")
        answer = await room.ask("", id="m2", payload="/handoff")
        assert answer and answer[0].text == "utter_apology_registered"
        assert room.woken


async def test_what_a_dead_process_left_is_answered_by_another(database_url: str) -> None:
    async with desk(database_url, bot=FakeBot(delay=60)) as dead:
        await dead.send("停电了")
        await dead.send("还没来")
        for task in list(dead.switchboard._tasks):
            task.cancel()
        async with desk(database_url) as other:
            other.clock.pass_by(seconds=11)
            watch = asyncio.create_task(other.switchboard.watch(pause=0.05))
            for text in ("停电了", "还没来"):
                assert await other.ask(text)  # a retry waits for the answer the watch is making
            watch.cancel()
            assert [m.text for m in await other.lines() if m.author is Author.BOT] == [
                "utter_greet",
                "停电了 1",
                "还没来 2",
            ]


async def test_a_live_process_is_not_overtaken(database_url: str) -> None:
    async with desk(database_url, bot=FakeBot(delay=0.3)) as room, desk(database_url) as other:
        turn = await room.send("停电了")
        assert await other.store.take_abandoned(other.clock()) == []
        assert await turn.replies(5)


async def test_a_late_answer_of_an_overtaken_process_is_dropped(database_url: str) -> None:
    async with desk(database_url, bot=FakeBot(delay=0.5)) as slow, desk(database_url) as fast:
        await slow.send("停电了")
        fast.clock.pass_by(seconds=11)
        for conversation, holder in await fast.store.take_abandoned(fast.clock()):
            await fast.switchboard._tend(conversation, holder)
        await slow.switchboard.close()
        assert (await texts(fast)).count("停电了 1") == 1


async def test_sequence_numbers_have_no_gaps(database_url: str) -> None:
    async with desk(database_url) as room:
        for n in range(4):
            await room.ask(f"第{n}句")
        assert [message.seq for message in await room.lines()] == list(range(1, 10))


async def test_a_follower_gets_the_gap_and_then_the_news_once_each(database_url: str) -> None:
    async with desk(database_url) as room:
        await room.ask("一")
        conversation = await room.switchboard.open("webchat", "u1")
        seen: list[Message] = []

        async def follow() -> None:
            async for item in room.switchboard.follow(conversation, after=1):
                if not isinstance(item, Typing):
                    seen.append(item)  # noqa: PERF401  whoever looks while this runs must find it

        follower = asyncio.create_task(follow())
        await asyncio.sleep(0.05)
        await room.ask("二")
        await asyncio.sleep(0.05)
        follower.cancel()
        assert [message.seq for message in seen] == [2, 3, 4, 5]


async def test_a_payload_that_was_not_offered_is_only_text(database_url: str) -> None:
    async with desk(database_url) as room:
        await room.ask("", payload="/restart", id="m1")
        assert room.bot.asked == ["/restart"]
        assert (await room.lines())[1].payload is None


async def test_an_offered_payload_is_believed_and_shows_its_title(database_url: str) -> None:
    def offer(message: Message, belief: object) -> BotTurn:
        return BotTurn((Draft(Author.BOT, Kind.BUTTONS, "哪里?", (Button("阳光花园", '/inform{"choice":"x"}'),)),))

    async with desk(database_url, bot=FakeBot(answers=offer)) as room:
        await room.ask("停电了")
        await room.ask("whatever", payload='/inform{"choice":"x"}', id="m2")
        pressed = (await room.lines())[3]
        assert (pressed.text, pressed.payload) == ("阳光花园", '/inform{"choice":"x"}')


async def test_danger_is_advised_before_the_bot_is_asked(database_url: str) -> None:
    async with desk(database_url, bot=FakeBot(delay=0.1)) as room:
        turn = await room.send("门口有断线")
        said = [message.text for message in await room.lines()]
        assert said == ["utter_greet", "门口有断线", "utter_hazard_wire"]
        assert room.woken
        await turn.replies(5)
        assert room.bot.facts[0]["hazard"] == "wire"


async def test_what_only_sounds_like_danger_is_none(database_url: str) -> None:
    async with desk(database_url) as room:
        await room.ask("我想买断线钳")
        assert "utter_hazard_wire" not in await texts(room)


async def test_danger_is_advised_while_a_person_is_talking(database_url: str) -> None:
    async with desk(database_url, on_duty=True) as room:
        conversation = await human(room)
        await room.send("门口有断线")
        assert (await texts(room))[-1] == "utter_hazard_wire"
        assert (await room.store.conversation(conversation)).status is Status.HUMAN


def said(text: str) -> Draft:
    return Draft(Author.AGENT, Kind.TEXT, text)


async def human(room: Desk) -> str:
    conversation = await room.switchboard.open("webchat", "u1")
    await room.switchboard.escalate(conversation, Handoff("客户要求人工"))
    await room.switchboard.claim(conversation, "小王")
    return conversation


async def test_the_bot_hands_over_when_it_says_so(database_url: str) -> None:
    def hand_over(message: Message, belief: object) -> BotTurn:
        return BotTurn((Draft(Author.BOT, Kind.TEXT, "为您转人工"),), handoff=Handoff("客户要求人工"))

    async with desk(database_url, on_duty=True, bot=FakeBot(answers=hand_over)) as room:
        await room.ask("人工")
        conversation = await room.switchboard.open("webchat", "u1")
        assert (await room.store.conversation(conversation)).status is Status.WAITING
        assert (await texts(room))[-2:] == ["为您转人工", "utter_handoff_waiting"]


async def test_the_bot_is_silent_while_a_person_has_the_conversation(database_url: str) -> None:
    async with desk(database_url) as room:
        conversation = await human(room)
        assert await room.ask("在吗") == []
        await room.switchboard.reply(conversation, "小王", said("在的"))
        assert room.bot.asked == []
        assert (await texts(room))[-1] == "在的"


async def test_the_bot_comes_back_through_resolve_and_it_is_marked(database_url: str) -> None:
    async with desk(database_url) as room:
        conversation = await human(room)
        await room.switchboard.resolve(conversation)
        assert (await texts(room))[-1] == "utter_handoff_resolved"
        answer = await room.ask("还有一事")
        assert answer and answer[0].text == "还有一事 1"


async def test_the_second_who_claims_learns_who_was_first(database_url: str) -> None:
    async with desk(database_url) as room:
        conversation = await human(room)
        with pytest.raises(ClaimedByOther) as lost:
            await room.switchboard.claim(conversation, "小李")
        assert lost.value.holder == "小王"


async def test_of_many_who_claim_at_once_one_wins(database_url: str) -> None:
    async with desk(database_url) as room:
        conversation = await room.switchboard.open("webchat", "u1")
        await room.switchboard.escalate(conversation, Handoff("客户要求人工"))
        claims = (room.switchboard.claim(conversation, f"客服{n}") for n in range(5))
        results = await asyncio.gather(*claims, return_exceptions=True)
        assert [type(result) for result in results].count(ClaimedByOther) == 4


async def test_what_the_table_forbids_cannot_be_done(database_url: str) -> None:
    async with desk(database_url) as room:
        conversation = await room.switchboard.open("webchat", "u1")
        for step in (room.switchboard.resolve, room.switchboard.expire):
            with pytest.raises(BadTransition):
                await step(conversation)
        with pytest.raises(DeskError):
            await room.switchboard.reply(conversation, "小王", said("您好"))


async def test_a_burst_that_asks_for_a_person_is_left_to_the_person(database_url: str) -> None:
    def hand_over(message: Message, belief: object) -> BotTurn:
        return BotTurn((Draft(Author.BOT, Kind.TEXT, "好"),), handoff=Handoff("客户要求人工"))

    async with desk(database_url, bot=replace(FakeBot(delay=0.05), answers=hand_over)) as room:
        turns = [await room.send(text) for text in ("人工", "快点", "急")]
        answers = [await turn.replies(5) for turn in turns]
        assert [len(answer) for answer in answers] == [2, 0, 0]
        assert room.bot.asked == ["人工"]
