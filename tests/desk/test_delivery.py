"""What has to be carried: in order, as much as is allowed, again when it is worth it, and by nobody twice."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from desk.delivery import PAUSES, Delivery
from desk.errors import NotCarried, Refused, TryLater, Unreachable, WindowClosed
from desk.ledger import LEASE, Ledger
from desk.model import Allowance, Author, Draft, Kind, Message
from desk.ports import Inbound, Parcel
from tests.desk.kit import PHRASES, Desk, desk

ALLOWED = Allowance("message", 5, timedelta(hours=48))


@dataclass
class FakeCarrier:
    """One parcel a message; `errors` are raised by the next sends."""

    channel: str = "wechat"
    metered: bool = True
    errors: list[NotCarried] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    delay: float = 0.0

    def pack(self, messages: Sequence[Message]) -> list[Parcel]:
        return [Parcel((message.id,), message.text) for message in messages]

    async def send(self, user: str, parcel: Parcel) -> None:
        await asyncio.sleep(self.delay)
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append((user, parcel.body))

    async def knock(self, user: str) -> bool:
        return False

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.sent]


@dataclass
class Kit:
    desk: Desk
    carrier: FakeCarrier
    ledger: Ledger
    delivery: Delivery

    async def hear(self, text: str, user: str = "u1") -> str:
        """A customer writes, and is answered (`text 1`, …); the conversation."""
        inbound = Inbound("wechat", user, f"{user}:{text}", text, allowance=ALLOWED)
        turn = await self.desk.switchboard.receive(inbound)
        assert await turn.replies(5) is not None
        return turn.message.conversation

    async def say(self, conversation: str, *texts: str) -> None:
        for text in texts:
            await self.desk.store.say(conversation, Draft(Author.SYSTEM, Kind.TEXT, text), self.desk.clock())

    async def states(self, conversation: str) -> list[str]:
        states = await self.ledger.states(conversation)
        lines = await self.desk.store.transcript(conversation)
        return [states[line.id][0] for line in lines if line.id in states]


@pytest.fixture
async def kit(database_url: str) -> AsyncIterator[Kit]:
    async with desk(database_url) as made:
        ledger, carrier = Ledger(made.database), FakeCarrier()
        yield Kit(made, carrier, ledger, Delivery(ledger, [carrier], PHRASES, made.clock))


async def test_an_answer_waits_for_the_call_that_asked_and_is_then_sent_by_itself(kit: Kit) -> None:
    await kit.hear("停电了")
    await kit.delivery.round()
    assert kit.carrier.sent == []
    kit.desk.clock.pass_by(seconds=5)
    await kit.delivery.round()
    await kit.delivery.round()
    assert kit.carrier.sent == [("u1", "停电了 1")]


async def test_what_a_call_took_along_is_not_sent_again_and_can_be_told_once_more(kit: Kit) -> None:
    conversation = await kit.hear("停电了")
    taken = await kit.delivery.take(conversation, "asked")
    assert await kit.delivery.take(conversation, "asked") == []
    assert await kit.delivery.answer_to("asked") == taken
    await kit.delivery.carried([message.id for message in taken], "asked")
    kit.desk.clock.pass_by(seconds=60)
    await kit.delivery.round()
    assert kit.carrier.sent == []
    assert [message.text for message in await kit.delivery.answer_to("asked")] == ["停电了 1"]


async def test_what_a_dead_hand_held_is_sent_by_the_next(kit: Kit) -> None:
    conversation = await kit.hear("停电了")
    await kit.delivery.take(conversation, "asked")
    kit.desk.clock.pass_by(seconds=LEASE.total_seconds() + 1)
    await kit.delivery.round()
    assert kit.carrier.texts == ["停电了 1"]


async def test_two_couriers_send_nothing_twice(kit: Kit) -> None:
    other = Delivery(kit.ledger, [kit.carrier], PHRASES, kit.desk.clock)
    kit.carrier.delay = 0.05
    conversations = [await kit.hear("在吗", f"u{number}") for number in range(10)]
    kit.desk.clock.pass_by(seconds=5)
    for conversation in conversations:
        await kit.say(conversation, "甲", "乙")
    await asyncio.gather(kit.delivery.round(), other.round(), kit.delivery.round(), other.round())
    assert len(kit.carrier.sent) == len(set(kit.carrier.sent)) == 30
    for number in range(10):
        assert [text for user, text in kit.carrier.sent if user == f"u{number}"] == ["在吗 1", "甲", "乙"]


async def test_the_last_of_an_allowance_asks_the_customer_to_write_and_the_rest_follows_then(kit: Kit) -> None:
    conversation = await kit.hear("在吗")
    await kit.say(conversation, *(f"第{number}条" for number in range(6)))
    kit.desk.clock.pass_by(seconds=5)
    await kit.delivery.round()
    assert kit.carrier.texts == ["在吗 1", "第0条", "第1条", "第2条", "utter_more_waiting"]
    assert (await kit.states(conversation)).count("held") == 3
    await kit.hear("继续")
    assert [message.text for message in await kit.delivery.take(conversation, "asked")] == [
        "第3条",
        "第4条",
        "第5条",
        "继续 2",
    ]


async def test_after_the_window_nothing_is_sent_and_it_is_on_the_record(kit: Kit) -> None:
    conversation = await kit.hear("在吗")
    kit.desk.clock.pass_by(hours=49)
    await kit.say(conversation, "您的工单已办结")
    await kit.delivery.round()
    assert kit.carrier.sent == []
    assert await kit.states(conversation) == ["held", "held"]


async def test_a_channel_without_quotas_sends_what_there_is(kit: Kit) -> None:
    kit.carrier.metered = False
    conversation = await kit.hear("在吗")
    await kit.say(conversation, *(str(number) for number in range(8)))
    kit.desk.clock.pass_by(seconds=5)
    await kit.delivery.round()
    assert len(kit.carrier.sent) == 9


async def test_what_is_busy_is_tried_again_in_order_until_it_is_given_up(kit: Kit) -> None:
    conversation = await kit.hear("在吗")
    kit.carrier.errors = [TryLater("busy")]
    await kit.say(conversation, "甲")
    kit.desk.clock.pass_by(seconds=5)
    await kit.delivery.round()
    assert kit.carrier.sent == []
    await kit.delivery.round()
    assert kit.carrier.sent == []
    kit.desk.clock.pass_by(seconds=PAUSES[0])
    await kit.delivery.round()
    assert kit.carrier.texts == ["在吗 1", "甲"]
    kit.carrier.errors = [TryLater("busy") for _ in range(len(PAUSES) + 1)]
    await kit.say(conversation, "乙")
    for _ in range(len(PAUSES) + 1):
        await kit.delivery.round()
        kit.desk.clock.pass_by(seconds=PAUSES[-1])
    assert (await kit.states(conversation))[-1] == "failed"


async def test_a_pause_that_the_platform_asks_for_is_kept(kit: Kit) -> None:
    await kit.hear("在吗")
    kit.carrier.errors = [TryLater("slow down", 60)]
    kit.desk.clock.pass_by(seconds=5)
    await kit.delivery.round()
    kit.desk.clock.pass_by(seconds=59)
    await kit.delivery.round()
    assert kit.carrier.sent == []
    kit.desk.clock.pass_by(seconds=2)
    await kit.delivery.round()
    assert kit.carrier.texts == ["在吗 1"]


@pytest.mark.parametrize(
    ("error", "states"),
    [
        (Refused("too long"), ["failed", "sent"]),
        (Unreachable("blocked"), ["failed", "failed"]),
        (WindowClosed("over"), ["held", "held"]),
    ],
)
async def test_each_refusal_means_what_it_says(kit: Kit, error: NotCarried, states: list[str]) -> None:
    conversation = await kit.hear("在吗")
    await kit.say(conversation, "甲")
    kit.carrier.errors = [error]
    kit.desk.clock.pass_by(seconds=5)
    await kit.delivery.round()
    assert await kit.states(conversation) == states


async def test_an_allowance_is_renewed_and_not_added_to(kit: Kit) -> None:
    conversation = await kit.hear("在吗")
    await kit.hear("还在吗")
    assert await kit.ledger.left(conversation, kit.desk.clock()) == 5
    pressed = Inbound("wechat", "u1", "p1", "查停电", allowance=Allowance("menu", 3, timedelta(minutes=1)))
    await kit.desk.switchboard.receive(pressed)
    assert await kit.ledger.left(conversation, kit.desk.clock()) == 8
    await kit.ledger.spend(conversation, kit.desk.clock())
    kit.desk.clock.pass_by(minutes=2)
    assert await kit.ledger.left(conversation, kit.desk.clock()) == 5


async def test_who_left_is_sent_nothing_more(kit: Kit) -> None:
    conversation = await kit.hear("在吗")
    await kit.desk.switchboard.forget("wechat", "u1")
    kit.desk.clock.pass_by(seconds=5)
    await kit.delivery.round()
    assert kit.carrier.sent == []
    assert await kit.states(conversation) == ["failed"]
    assert (await kit.desk.store.conversation(conversation)).belief == {}


async def test_web_chat_has_nothing_to_be_carried(kit: Kit) -> None:
    await kit.desk.ask("停电了")
    kit.desk.clock.pass_by(hours=1)
    assert await kit.ledger.due(kit.desk.clock()) == []


async def test_what_a_dead_call_had_taken_is_told_by_the_next_and_not_sent_again(kit: Kit) -> None:
    """As the route does it: the first call dies with the answer in hand, the platform calls again."""
    conversation = await kit.hear("停电了")
    await kit.delivery.take(conversation, "asked")
    assert await kit.delivery.take(conversation, "asked") == []
    again = await kit.delivery.answer_to("asked")
    await kit.delivery.carried([message.id for message in again], "asked")
    kit.desk.clock.pass_by(seconds=LEASE.total_seconds() + 1)
    await kit.delivery.round()
    assert kit.carrier.sent == []
