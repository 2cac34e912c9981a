"""From the wish for a person to its end: nobody waits for nobody, nobody loses a place, the bot stays silent."""

import asyncio
from datetime import timedelta

import pytest

from desk.errors import BadTransition, ClaimedByOther, NotYours
from desk.model import Author, Handoff, Message, Status
from desk.ports import Signal, Typing
from desk.staff import DANGER, Ending, Presence, Summary
from desk.staff_tables import handoff
from tests.desk.kit import FakeBot
from tests.desk.people import agent, room, said


async def test_who_waits_gets_the_next_who_is_ready(database_url: str) -> None:
    async with room(database_url) as here:
        conversation = await here.wants("u1")
        await here.dispatcher.round()
        assert await here.status(conversation) == (Status.WAITING, None)
        await here.comes(agent("li"))
        await here.dispatcher.round()
        assert await here.status(conversation) == (Status.HUMAN, "li")
        assert (await here.texts(conversation))[-1] == "utter_handoff_claimed li号"
        assert (await here.episode(conversation)).first_agent == "li"


async def test_a_conversation_that_is_closed_makes_room_for_the_next(database_url: str) -> None:
    async with room(database_url) as here:
        first, second = await here.wants("u1"), await here.wants("u2")
        await here.comes(agent("li", capacity=1))
        await here.dispatcher.round()
        assert (await here.status(first), await here.status(second)) == ((Status.HUMAN, "li"), (Status.WAITING, None))
        await here.switchboard.resolve(first, by="li", summary=Summary("其他咨询", "已答复"))
        await here.dispatcher.round()
        assert await here.status(second) == (Status.HUMAN, "li")
        closed = await here.episode(first)
        assert closed.status is Status.BOT


async def test_places_are_told_when_they_are_worth_telling(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li", capacity=1))
        conversations = [await here.wants(f"u{n}") for n in range(6)]
        await here.dispatcher.round()
        last = conversations[-1]
        for done in conversations[:5]:
            here.clock.pass_by(seconds=40)
            await here.agents.beat("li", here.clock())
            await here.writes(f"u{conversations.index(done)}", "在")
            await here.switchboard.reply(done, "li", said("好了"))
            await here.switchboard.resolve(done, by="li")
            await here.dispatcher.round()
        told = [text for text in await here.texts(last) if text.startswith(("ahead", "utter_handoff_next"))]
        assert told == ["ahead 2 minutes 18", "ahead 1 minutes 12", "utter_handoff_next"]  # not of 3


async def test_who_waits_in_vain_is_promised_a_call_and_the_bot_is_back(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li", capacity=1))
        await here.wants("u0")
        conversation = await here.wants("u1", facts={"诉求": "电费"})
        await here.writes("u1", "我的电费不对")
        for _ in range(16):
            here.clock.pass_by(seconds=60)
            await here.agents.beat("li", here.clock())
            await here.writes("u0", "嗯")
            await here.switchboard.reply(await here.switchboard.open("webchat", "u0"), "li", said("在")) if _ else None
            await here.dispatcher.round()
        assert await here.status(conversation) == (Status.BOT, None)
        assert "utter_handoff_expired" in await here.texts(conversation)
        errands = [errand for errand, _ in await here.errands.take(here.clock())]
        assert [(e.kind, e.conversation) for e in errands] == [("ticket", conversation)]
        assert "我的电费不对" in errands[0].payload["description"]


async def test_nobody_waits_when_everybody_has_gone_home(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li"), presence=Presence.BREAK)
        conversation = await here.wants("u1")
        await here.comes(agent("li"), presence=Presence.AWAY)
        here.clock.pass_by(minutes=3)
        await here.dispatcher.round()
        assert (await here.status(conversation))[0] is Status.BOT


async def test_danger_waits_on_for_whoever_comes(database_url: str) -> None:
    async with room(database_url) as here:
        conversation = await here.wants("u1", priority=DANGER)
        here.clock.pass_by(hours=2)
        await here.dispatcher.round()
        assert (await here.status(conversation))[0] is Status.WAITING
        await here.comes(agent("li", capacity=1), presence=Presence.BUSY)
        await here.dispatcher.round()
        assert await here.status(conversation) == (Status.HUMAN, "li")


async def test_an_agent_who_is_gone_loses_the_conversation_and_the_customer_no_place(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li"))
        conversation = await here.wants("u1")
        await here.dispatcher.round()
        await here.comes(agent("zhou"), presence=Presence.BREAK)
        later = await here.wants("u2", priority=0)
        here.clock.pass_by(seconds=121)
        await here.agents.beat("zhou", here.clock())
        await here.dispatcher.round()
        assert (await here.agents.get("li")).presence is Presence.AWAY
        assert (await here.texts(conversation))[-1] == "utter_handoff_put_back"
        assert [e.conversation for e in here.board.picture.queue] == [conversation, later]
        await here.comes(agent("wang"))
        await here.dispatcher.round()
        assert await here.status(conversation) == (Status.HUMAN, "wang")
        assert (await here.episode(conversation)).first_agent == "li"


async def test_an_agent_whose_page_comes_back_in_time_loses_nothing(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li"))
        conversation = await here.wants("u1")
        await here.dispatcher.round()
        here.clock.pass_by(seconds=100)
        await here.agents.beat("li", here.clock())
        here.clock.pass_by(seconds=100)
        await here.dispatcher.round()
        assert await here.status(conversation) == (Status.HUMAN, "li")


async def test_a_silent_agent_loses_the_conversation_a_silent_customer_does_not(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li"), agent("wang"))
        asked, answered = await here.wants("u1"), await here.wants("u2")
        await here.dispatcher.round()
        for conversation in (asked, answered):
            holder = (await here.status(conversation))[1] or ""
            await here.switchboard.reply(conversation, holder, said("您好"))
        await here.writes("u1", "在吗")
        before = (await here.status(asked))[1]
        for _ in range(7):
            here.clock.pass_by(seconds=90)
            for name in ("li", "wang"):
                await here.agents.beat(name, here.clock())
        await here.dispatcher.round()
        assert (await here.status(asked))[1] not in (None, before)
        assert "utter_handoff_put_back" in await here.texts(asked)
        assert "utter_handoff_put_back" not in await here.texts(answered)


async def test_who_does_not_want_to_wait_says_so_and_talks_to_the_bot(database_url: str) -> None:
    async with room(database_url) as here:
        for n, words in enumerate(
            [{"text": "不等了", "payload": "/handoff_leave"}, {"text": "算了不等了吧"}, {"text": "转回机器人"}]
        ):
            conversation = await here.wants(f"u{n}")
            await here.writes(f"u{n}", **words)
            assert await here.status(conversation) == (Status.BOT, None)
            assert (await here.texts(conversation))[-1] == "utter_handoff_left"
        conversation = await here.wants("u9")
        await here.writes("u9", "我不想等太久,老人不舒服")
        assert (await here.status(conversation))[0] is Status.WAITING


async def test_a_transfer_keeps_the_place_and_carries_a_note(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li", "电费"), agent("wang", "报修"))
        conversation = await here.wants("u1", skill="电费")
        queued = (await here.episode(conversation)).queued_at
        await here.dispatcher.round()
        with pytest.raises(NotYours):
            await here.switchboard.transfer(conversation, Handoff("转", "报修"), by="wang")
        await here.switchboard.transfer(conversation, Handoff("li转接", "报修", 1), by="li", note="户主在医院,请快")
        await here.dispatcher.round()
        assert await here.status(conversation) == (Status.HUMAN, "wang")
        moved = await here.episode(conversation)
        assert (moved.queued_at, moved.skill, moved.priority, moved.first_agent) == (queued, "报修", 1, "li")


async def test_a_transfer_to_one_person_reaches_that_person(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li"), agent("wang"), agent("zhao"))
        conversation = await here.wants("u1")
        await here.switchboard.claim(conversation, "li")
        await here.switchboard.transfer(conversation, Handoff("转"), by="li", wanted="zhao")
        await here.dispatcher.round()
        assert await here.status(conversation) == (Status.HUMAN, "zhao")


async def test_a_supervisor_takes_over_and_only_the_holder_speaks(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li"))
        conversation = await here.wants("u1")
        await here.dispatcher.round()
        await here.switchboard.take_over(conversation, "chief", "班长")
        with pytest.raises(NotYours):
            await here.switchboard.reply(conversation, "li", said("我还在"))
        with pytest.raises(NotYours):
            await here.switchboard.resolve(conversation, by="li")
        with pytest.raises(ClaimedByOther):
            await here.switchboard.claim(conversation, "li")
        await here.switchboard.reply(conversation, "chief", said("我来"))
        assert (await here.texts(conversation))[-1] == "我来"


async def test_the_last_agent_gets_the_customer_again(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li"), agent("wang"))
        conversation = await here.wants("u1")
        await here.switchboard.claim(conversation, "wang")
        await here.switchboard.resolve(conversation, by="wang")
        await here.wants("u1")
        await here.wants("u2")
        await here.dispatcher.round()
        assert await here.status(conversation) == (Status.HUMAN, "wang")


async def test_satisfaction_is_asked_rated_once_and_by_its_own_customer(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li"))
        conversation = await here.wants("u1")
        await here.dispatcher.round()
        episode = await here.episode(conversation)
        await here.switchboard.resolve(conversation, by="li", summary=Summary("电费咨询"), ask=episode.id)
        question = (await here.lines(conversation))[-1]
        assert [button.title for button in question.buttons] == ["非常满意", "满意", "一般", "不满意", "很不满意"]
        for button in (question.buttons[3], question.buttons[0]):
            await here.writes("u1", button.title, payload=button.payload)
            await here.switchboard.close(2)
        assert "utter_satisfaction_sorry" in await here.texts(conversation)
        assert here.bot.asked == []
        assert await here.handoffs.asked_since(conversation, here.clock() - timedelta(days=1))
        forged = question.buttons[0].payload
        await here.writes("u2", "非常满意", payload=forged)  # was never offered there: plain text
        await here.switchboard.close(2)
        assert here.bot.asked == ["非常满意"]


async def test_what_the_bot_would_have_said_is_not_said_when_people_have_taken_over(database_url: str) -> None:
    """An agent takes a conversation while the bot is still thinking."""
    async with room(database_url, FakeBot(delay=0.2)) as here:
        await here.comes(agent("li"))
        conversation = await here.switchboard.open("webchat", "u1")
        await here.writes("u1", "你好")
        await here.switchboard.escalate(conversation, Handoff("转"))
        await here.switchboard.claim(conversation, "li")
        await asyncio.sleep(0.4)
        assert here.bot.asked == ["你好"]
        assert not any(
            line.author is Author.BOT and line.text.startswith("你好") for line in await here.lines(conversation)
        )
        assert await here.store.pending(conversation) is None


async def test_the_belief_is_marked_when_the_bot_comes_back(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li"))
        conversation = await here.wants("u1")
        await here.dispatcher.round()
        await here.switchboard.resolve(conversation, by="li")
        assert (await here.store.conversation(conversation)).belief == {"handoff_closed": True}
        await here.writes("u1", "还有一事")
        await here.switchboard.close(2)
        assert "handoff_closed" not in (await here.store.conversation(conversation)).belief


async def test_danger_calls_people_at_once_when_any_are_here(database_url: str) -> None:
    async with room(database_url) as here:
        here.hours.open_now = False
        await here.duty.renew()
        await here.comes(agent("li"), presence=Presence.BUSY)
        conversation = await here.switchboard.open("webchat", "u1")
        await here.writes("u1", "门口有断线")
        await here.switchboard.close(2)
        episode = await here.episode(conversation)
        assert (episode.dangerous, episode.skill, episode.facts["原话"]) == (True, "报修", "门口有断线")
        texts = await here.texts(conversation)
        assert texts.index("utter_hazard_wire") < texts.index("utter_handoff_danger")


async def test_outside_the_hours_people_are_not_promised_except_for_danger(database_url: str) -> None:
    async with room(database_url) as here:
        await here.comes(agent("li"))
        await here.duty.renew()
        assert here.duty.open_now()
        here.hours.open_now = False
        here.clock.pass_by(minutes=2)
        await here.agents.beat("li", here.clock())
        await here.duty.renew()
        assert (here.duty.open_now(), here.duty.on_call()) == (False, True)
        await here.rules.write("hours_kept", False, "chief", here.clock())
        await here.duty.renew()
        assert here.duty.open_now()


async def test_a_bot_that_fails_hands_over_when_people_are_here(database_url: str) -> None:
    async with room(database_url, FakeBot(failures=2)) as here:
        await here.comes(agent("li"))
        await here.duty.renew()
        conversation = await here.switchboard.open("webchat", "u1")
        await here.writes("u1", "你好")
        await here.switchboard.close(2)
        assert (await here.texts(conversation))[-2:] == ["utter_apology_to_agent", "utter_handoff_waiting"]
        assert (await here.status(conversation))[0] is Status.WAITING


async def test_the_wait_is_told_honestly(database_url: str) -> None:
    async with room(database_url) as here:
        assert here.duty.wait().minutes is None
        await here.comes(agent("li", capacity=2))
        for n in range(4):
            await here.wants(f"u{n}")
        await here.board.look()
        wait = here.duty.wait()
        assert (wait.ahead, wait.minutes) == (4, 9)  # three more turns than hands, six minutes each, two hands


async def test_another_process_sees_what_happened_here(database_url: str) -> None:
    """Two processes on one database: the second one's follower is told of the first one's words."""
    async with room(database_url) as here, room(database_url) as there:
        await here.comes(agent("li"))
        conversation = await here.wants("u1")
        await there.board.look()
        seen: list[Message] = []
        heard = asyncio.Event()

        async def follow() -> None:
            async for item in there.switchboard.follow(conversation):
                seen.extend([item] if isinstance(item, Message) else [])
                if seen and seen[-1].text == "您好":
                    heard.set()

        following = asyncio.create_task(follow())
        watching = asyncio.create_task(there.board.follow())
        try:
            async with asyncio.timeout(5):
                await here.switchboard.claim(conversation, "li")
                await here.switchboard.reply(conversation, "li", said("您好"))
                await heard.wait()
        finally:
            for task in (following, watching):
                task.cancel()
        assert [line.seq for line in seen] == list(range(1, len(seen) + 1))


async def test_many_who_claim_at_once_leave_one_holder(database_url: str) -> None:
    async with room(database_url) as here:
        conversation = await here.wants("u1")
        names = [f"a{n}" for n in range(12)]
        results = await asyncio.gather(
            *(here.switchboard.claim(conversation, name) for name in names), return_exceptions=True
        )
        won = [name for name, result in zip(names, results, strict=True) if result is None]
        assert len(won) == 1
        assert await here.status(conversation) == (Status.HUMAN, won[0])
        lost = [result for result in results if result is not None]
        assert {type(result) for result in lost} == {ClaimedByOther}
        assert {result.holder for result in lost if isinstance(result, ClaimedByOther)} == {won[0]}


async def test_an_ending_is_on_record(database_url: str) -> None:
    async with room(database_url) as here:
        conversation = await here.wants("u1")
        await here.switchboard.leave(conversation)
        with pytest.raises(BadTransition):
            await here.switchboard.leave(conversation)
        async with here.database.read() as db:
            rows = (await db.execute(handoff.select())).all()
        assert [row.outcome for row in rows] == [Ending.GAVE_UP]


async def test_who_is_typing_is_seen_in_another_process_and_only_while_people_talk(database_url: str) -> None:
    async with room(database_url) as here, room(database_url) as there:
        there.clock.now = here.clock.now
        conversation = await here.wants("u1")
        queue = there.feed.subscribe(conversation)
        await here.switchboard.typing(conversation, Author.CUSTOMER)
        await there.board.look()
        told = [item for item in _drained(queue) if isinstance(item, Typing)]
        assert told == [Typing(conversation, True, Author.CUSTOMER)]
        there.clock.pass_by(seconds=10)
        await there.board.look()
        told = [item for item in _drained(queue) if isinstance(item, Typing)]
        assert told == [Typing(conversation, False, Author.CUSTOMER)]
        other = await here.switchboard.open("webchat", "u2")
        await here.switchboard.typing(other, Author.CUSTOMER)
        assert (other, Author.CUSTOMER) not in await here.handoffs.composing.all(here.clock())


async def test_whoever_takes_a_conversation_is_here(database_url: str) -> None:
    """A supervisor who takes over without having said so would lose it at once."""
    async with room(database_url) as here:
        await here.comes(agent("wang"), presence=Presence.AWAY)
        conversation = await here.wants("u1")
        await here.switchboard.claim(conversation, "wang")
        await here.dispatcher.round()
        assert await here.status(conversation) == (Status.HUMAN, "wang")
        assert (await here.agents.get("wang")).presence is Presence.BUSY


def _drained(queue: asyncio.Queue[Signal]) -> list[Signal]:
    return [queue.get_nowait() for _ in range(queue.qsize())]
