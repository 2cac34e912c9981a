"""What the desk offers to channels, and what it needs from the outside, as protocols and plain values."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from desk.model import Allowance, Author, BotTurn, Choice, Json, Kind, Message


@dataclass(frozen=True)
class Inbound:
    """A customer's message as a channel hands it over.

    `external_id` names the message on its channel and is unique there: a second delivery of the same one joins the
    first. `payload` is that of a pressed button, `choice` its number; the switchboard checks that it was offered,
    unless the channel vouches for it (`trusted`: an entry of the menu, a new follower). `data` carries media, a
    location, a scene. `allowance` is what the channel's platform allows because of this message.
    """

    channel: str
    user: str
    external_id: str
    text: str
    payload: str | None = None
    data: Json = field(default_factory=dict)
    kind: Kind = Kind.TEXT
    choice: Choice | None = None
    trusted: bool = False
    allowance: Allowance | None = None


@dataclass(frozen=True)
class Owner:
    """Whom a conversation belongs to."""

    conversation: str
    channel: str


@dataclass(frozen=True)
class Typing:
    """Not part of the transcript: somebody is composing a line."""

    conversation: str
    on: bool
    by: Author = Author.BOT


@dataclass(frozen=True)
class Stirred:
    """Something happened in this conversation, here or in another process: look."""

    conversation: str


FeedItem = Message | Typing
Signal = FeedItem | Stirred


class Turn(Protocol):
    """A message that was accepted, and the way to its answer."""

    @property
    def message(self) -> Message: ...

    @property
    def duplicate(self) -> bool:
        """True when this delivery was a retry of a message that was known already."""

    async def replies(self, timeout: float) -> list[Message] | None:
        """The replies of this turn, oldest first; None when they did not come within `timeout` seconds."""


class Desk(Protocol):
    """What a channel may ask of the switchboard."""

    async def open(self, channel: str, user: str) -> str:
        """The conversation id of this user; made, and greeted, when there is none yet."""

    async def receive(self, inbound: Inbound) -> Turn:
        """Commit a customer's message; when this returns, it is safe. Never waits for the answer."""

    async def typing(self, conversation: str, by: Author) -> None:
        """Somebody is composing a line; told again every few seconds while it is so."""

    async def transcript(self, conversation: str, after: int = 0) -> list[Message]:
        """Everything with a sequence number above `after`, in order. Raises UnknownConversation."""

    async def forget(self, channel: str, user: str) -> None:
        """The customer left: what was known about them, and what was to be sent to them, is given up."""

    def follow(self, conversation: str, after: int = 0) -> AsyncIterator[FeedItem]:
        """The gap since `after`, then live, each message once and in order; ends only when the caller leaves."""


@dataclass(frozen=True)
class Parcel:
    """One call to a platform, and the messages (ids) that it carries; `body` is the channel's own affair."""

    messages: tuple[str, ...]
    body: Any


class Carrier(Protocol):
    """What a channel does for delivery: makes parcels of messages, and sends them."""

    @property
    def channel(self) -> str: ...

    @property
    def metered(self) -> bool:
        """True when every parcel costs one of the allowance."""

    def pack(self, messages: Sequence[Message]) -> list[Parcel]:
        """Messages, oldest first, as few parcels in the same order."""

    async def send(self, user: str, parcel: Parcel) -> None:
        """Raises NotCarried (see desk.errors)."""

    async def knock(self, user: str) -> bool:
        """Tell by another way that something waits, where nothing may be sent; False where there is no such way.
        Raises NotCarried."""


class Outbox(Protocol):
    """For a channel whose request may take the answer back with it. Whoever takes messages settles every one."""

    async def take(self, conversation: str, answer_to: str) -> list[Message]:
        """What waits to be carried in this conversation, oldest first; nobody else carries it meanwhile. It is to go
        with the answer to the request that brought the message `answer_to`."""

    async def carried(self, messages: Sequence[str], answer_to: str) -> None:
        """These (ids) went with that answer."""

    async def give_back(self, messages: Sequence[str]) -> None:
        """These (ids) have to be sent on their own."""

    async def release(self, conversation: str) -> None:
        """Nobody waits for what is to be carried here: have it sent as soon as it can be."""

    async def answer_to(self, message: str) -> list[Message]:
        """What the request that brought this message took with it, oldest first."""


@dataclass(frozen=True)
class Kept:
    """A value, and until when it is good."""

    value: str
    until: datetime


class Shelf(Protocol):
    """What all processes share for a while."""

    async def read(self, name: str) -> Kept | None:
        """None when there is nothing, or nothing good any more."""

    async def write(self, name: str, kept: Kept) -> None: ...

    async def lock(self, name: str, lasts: timedelta) -> bool:
        """True for the first who asks in this time; False for everybody else."""


class Album(Protocol):
    """Where pictures from customers are kept."""

    async def keep(self, message: str, content: bytes) -> None:
        """Keep the picture of this message (id); raises ValueError when it is none."""


@dataclass(frozen=True)
class BoundAccount:
    """An account that a customer keeps at hand, masked."""

    account_no: str
    holder: str
    address: str


class Accounts(Protocol):
    """The accounts that customers keep at hand. Raises BindingRefused."""

    async def bind(self, conversation: str, account_no: str, phone_tail: str) -> list[BoundAccount]: ...

    async def bound(self, conversation: str) -> list[BoundAccount]: ...

    async def unbind(self, conversation: str, account_no: str) -> list[BoundAccount]: ...


class Links(Protocol):
    """Links into our own pages, for one conversation and a few minutes."""

    async def open(self, token: str) -> Owner:
        """Whose link it is, once; raises LinkInvalid."""


class Bot(Protocol):
    """Asks Rasa. Raises BotFailure."""

    async def ask(self, message: Message, belief: Json, facts: Json) -> BotTurn: ...


@dataclass(frozen=True)
class Wait:
    """`ahead` others come first; `minutes` is None where nobody can tell."""

    ahead: int
    minutes: int | None


class People(Protocol):
    """What may be said of the people at the desk."""

    def open_now(self) -> bool:
        """Whether a wish for people is met by people now."""

    def on_call(self) -> bool:
        """Whether anybody is here at all: for danger that is enough, at any hour."""

    def wait(self, priority: int = 0, skill: str = "", since: datetime | None = None) -> Wait:
        """For somebody who is in the queue since then, or who joins it now."""


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, aware."""
