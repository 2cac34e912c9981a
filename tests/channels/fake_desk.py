"""A desk in memory: keeps the promises of `desk.ports.Desk` and lets a test say what the others say."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from desk.errors import UnknownConversation
from desk.model import Author, Button, Draft, Json, Kind, Message
from desk.ports import FeedItem, Inbound, Typing

GREETING = "您好，我是电答。"


@dataclass
class FakeTurn:
    message: Message
    duplicate: bool = False

    async def replies(self, timeout: float) -> list[Message] | None:
        return None


@dataclass
class FakeDesk:
    """`received` are new messages only; `broken` makes everything fail."""

    received: list[Inbound] = field(default_factory=list)
    followers: list[tuple[str, asyncio.Queue[FeedItem]]] = field(default_factory=list)
    broken: bool = False
    typed: list[tuple[str, Author]] = field(default_factory=list)
    _users: dict[tuple[str, str], str] = field(default_factory=dict)
    _lines: dict[str, list[Message]] = field(default_factory=dict)
    _turns: dict[tuple[str, str], Message] = field(default_factory=dict)

    async def open(self, channel: str, user: str) -> str:
        self._check()
        if (channel, user) not in self._users:
            conversation = self._users[channel, user] = f"c{len(self._users) + 1}"
            self._lines[conversation] = []
            self.say(conversation, GREETING)
        return self._users[channel, user]

    async def receive(self, inbound: Inbound) -> FakeTurn:
        self._check()
        await asyncio.sleep(0)  # as a database would: others may run meanwhile
        known = self._turns.get((inbound.channel, inbound.external_id))
        if known is not None:
            return FakeTurn(known, duplicate=True)
        self.received.append(inbound)
        conversation = await self.open(inbound.channel, inbound.user)
        message = self._add(
            conversation,
            Draft(Author.CUSTOMER, Kind.TEXT, inbound.text, data=inbound.data),
            external_id=inbound.external_id,
            payload=inbound.payload,
        )
        self._turns[inbound.channel, inbound.external_id] = message
        return FakeTurn(message)

    async def typing(self, conversation: str, by: Author) -> None:
        self._check()
        self.typed.append((conversation, by))

    async def transcript(self, conversation: str, after: int = 0) -> list[Message]:
        self._check()
        return [line for line in self._known(conversation) if line.seq > after]

    async def follow(self, conversation: str, after: int = 0) -> AsyncIterator[FeedItem]:
        queue: asyncio.Queue[FeedItem] = asyncio.Queue()
        for line in await self.transcript(conversation, after):
            queue.put_nowait(line)
        self.followers.append((conversation, queue))
        try:
            while True:
                yield await queue.get()
        finally:
            self.followers.remove((conversation, queue))

    def say(
        self,
        conversation: str,
        text: str,
        kind: Kind = Kind.TEXT,
        *,
        author: Author = Author.BOT,
        buttons: tuple[Button, ...] = (),
        data: Json | None = None,
    ) -> Message:
        """Somebody else than the customer writes."""
        return self._add(conversation, Draft(author, kind, text, buttons, data or {}))

    def type(self, conversation: str, on: bool) -> None:
        self._publish(Typing(conversation, on))

    def forget_everything(self) -> None:
        self._users.clear()
        self._lines.clear()

    def _add(
        self, conversation: str, draft: Draft, external_id: str | None = None, payload: str | None = None
    ) -> Message:
        lines = self._known(conversation)
        message = Message(
            id=f"{conversation}-{len(lines) + 1}",
            conversation=conversation,
            seq=len(lines) + 1,
            author=draft.author,
            kind=draft.kind,
            text=draft.text,
            at=datetime(2026, 11, 22, 2, 0, tzinfo=UTC),
            buttons=draft.buttons,
            data=draft.data,
            external_id=external_id,
            payload=payload,
        )
        lines.append(message)
        self._publish(message)
        return message

    def _publish(self, item: FeedItem) -> None:
        for conversation, queue in self.followers:
            if conversation == item.conversation:
                queue.put_nowait(item)

    def _known(self, conversation: str) -> list[Message]:
        try:
            return self._lines[conversation]
        except KeyError:
            raise UnknownConversation(conversation) from None

    def _check(self) -> None:
        if self.broken:
            raise OSError("the database is away")
