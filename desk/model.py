"""The nouns of the desk: conversation, message, hand-over, and the one table of status transitions."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from desk.errors import BadTransition

Json = dict[str, Any]

# Channels to which messages have to be carried; who uses another one fetches them. The time is how long the request
# that brought a question may take its answer back with it, before it is sent by itself.
CARRIED: dict[str, timedelta] = {"wechat": timedelta(seconds=5), "telegram": timedelta(0)}


class Status(StrEnum):
    """Who answers: only in BOT is Rasa asked."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"


class Step(StrEnum):
    """What moves a conversation from one status to another."""

    ESCALATE = "escalate"
    CLAIM = "claim"
    TRANSFER = "transfer"
    TAKE_OVER = "take_over"
    RESOLVE = "resolve"
    EXPIRE = "expire"


TRANSITIONS: dict[tuple[Status, Step], Status] = {
    (Status.BOT, Step.ESCALATE): Status.WAITING,
    (Status.WAITING, Step.CLAIM): Status.HUMAN,
    (Status.WAITING, Step.TRANSFER): Status.WAITING,
    (Status.WAITING, Step.EXPIRE): Status.BOT,
    (Status.HUMAN, Step.TRANSFER): Status.WAITING,
    (Status.HUMAN, Step.TAKE_OVER): Status.HUMAN,
    (Status.HUMAN, Step.RESOLVE): Status.BOT,
    (Status.HUMAN, Step.EXPIRE): Status.BOT,
}


def after(status: Status, step: Step) -> Status:
    """The status after a step; raises BadTransition where the table has no row."""
    try:
        return TRANSITIONS[status, step]
    except KeyError:
        raise BadTransition(f"{step} is not possible in status {status}") from None


class Author(StrEnum):
    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Kind(StrEnum):
    TEXT = "text"
    BUTTONS = "buttons"
    CARD = "card"
    IMAGE = "image"
    LOCATION = "location"
    NOTICE = "notice"


@dataclass(frozen=True)
class Button:
    """A choice. `payload` is `/intent{…}`: only one that was offered in this conversation is ever sent to Rasa."""

    title: str
    payload: str


class DeliveryState(StrEnum):
    """Of a message to a channel that has to be carried to. HELD waits for the customer to write again."""

    QUEUED = "queued"
    SENDING = "sending"
    HELD = "held"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True)
class Choice:
    """A choice made by its number (from 1), on channels whose buttons carry no payload. `seq` is the message that
    offered it; None means the one that was offered last."""

    number: int
    seq: int | None = None


@dataclass(frozen=True)
class Allowance:
    """How many messages may be sent to a customer because of what they did (`source`), and for how long."""

    source: str
    messages: int
    lasts: timedelta


@dataclass(frozen=True)
class Draft:
    """Something to be said, before it has a place in the transcript."""

    author: Author
    kind: Kind
    text: str
    buttons: tuple[Button, ...] = ()
    data: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """A line of the transcript. `seq` counts per conversation from 1 without gaps.

    `reply_to` is the id of the customer's message that a reply belongs to; `answered_at` is set on a customer's
    message once its turn is over.
    """

    id: str
    conversation: str
    seq: int
    author: Author
    kind: Kind
    text: str
    at: datetime
    buttons: tuple[Button, ...] = ()
    data: Json = field(default_factory=dict)
    external_id: str | None = None
    payload: str | None = None
    reply_to: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Handoff:
    """Why a person is wanted. `skill` routes; `priority` 0 is ordinary, higher is sooner; `facts` is what is known."""

    reason: str
    skill: str = ""
    priority: int = 0
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Conversation:
    """One customer on one channel. `belief` is what the bot believes; it is committed together with its replies."""

    id: str
    channel: str
    user: str
    status: Status
    last_seq: int
    belief: Json
    agent: str | None = None


@dataclass(frozen=True)
class Errand:
    """Something to be done at the utility, exactly once, now or when it is back. `key` is the idempotency key."""

    key: str
    kind: str
    payload: Json
    conversation: str


@dataclass(frozen=True)
class BotTurn:
    """What came of asking the bot: replies in order, the new belief, and what it wants done."""

    replies: tuple[Draft, ...]
    belief: Json | None = None
    handoff: Handoff | None = None
    errands: tuple[Errand, ...] = ()
    hazard: str | None = None


@dataclass(frozen=True)
class Pending:
    """The oldest unanswered message of a conversation, with what is needed to answer it."""

    message: Message
    conversation: Conversation


@dataclass(frozen=True)
class Accepted:
    """What became of an inbound message. `holder` and `pending` are set when this process now has to answer."""

    message: Message
    duplicate: bool
    holder: str | None = None
    pending: Pending | None = None
    advice: tuple[Message, ...] = ()
    status: Status = Status.BOT


@dataclass(frozen=True)
class Rating:
    """What a customer thinks of a hand-over (its id): 1 to 5."""

    handoff: str
    score: int


@dataclass(frozen=True)
class Outcome:
    """What a turn leaves behind. `belief` None leaves the belief as it was; `acknowledged` is the fact of a notice."""

    replies: tuple[Draft, ...]
    belief: Json | None = None
    errands: tuple[Errand, ...] = ()
    handoff: Handoff | None = None
    rating: Rating | None = None
    acknowledged: int | None = None


@dataclass(frozen=True)
class Finished:
    """`more` says that the conversation has further unanswered messages, and still belongs to the holder."""

    replies: tuple[Message, ...]
    more: bool
