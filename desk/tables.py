"""The desk's tables. What they mean is told in model.py; here is only how it is kept."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in Python, UTC without zone in the database: the same on SQLite and PostgreSQL."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

conversation = Table(
    "conversation",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("user", String(80), nullable=False),
    Column("status", String(10), nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("belief", JSON, nullable=False),
    Column("agent", String(40)),
    # Who is answering now, and until when nobody else may. A holder is a fresh token for every spell of answering.
    Column("holder", String(60)),
    Column("lease_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("channel", "user", name="one_conversation_per_user"),
)

PEOPLE = text("status <> 'bot'")
Index("people", conversation.c.status, sqlite_where=PEOPLE, postgresql_where=PEOPLE)

message = Table(
    "message",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation", ForeignKey("conversation.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("author", String(10), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("buttons", JSON, nullable=False),
    Column("data", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("external_id", String(160)),
    Column("payload", Text),
    Column("reply_to", String(40)),
    Column("answered_at", UtcDateTime),
    UniqueConstraint("channel", "external_id", name="once_per_external_id"),
    UniqueConstraint("conversation", "seq", name="one_message_per_seq"),
)

UNANSWERED = text("author = 'customer' AND answered_at IS NULL")
Index(
    "unanswered",
    message.c.conversation,
    message.c.seq,
    sqlite_where=UNANSWERED,
    postgresql_where=UNANSWERED,
)
Index("reply", message.c.reply_to)

errand = Table(
    "errand",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("conversation", ForeignKey("conversation.id"), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("failure", Text),
)
Index("errand_due", errand.c.due_at, sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL"))

# What has to be carried to a platform: `state` is one of ledger.State. `due_at` is when it may be taken (again);
# `answer_to` is the customer's message whose request took it along.
delivery = Table(
    "delivery",
    metadata,
    Column("message", ForeignKey("message.id"), primary_key=True),
    Column("conversation", ForeignKey("conversation.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("answer_to", String(40)),
    Column("reason", Text),
    Column("settled_at", UtcDateTime),
)
OPEN = text("state IN ('queued', 'sending')")
Index("delivery_due", delivery.c.due_at, sqlite_where=OPEN, postgresql_where=OPEN)
Index("delivery_of", delivery.c.conversation, delivery.c.seq)
Index("delivery_answer", delivery.c.answer_to)

# How many messages may still be sent to a customer because of what they did, and until when.
allowance = Table(
    "allowance",
    metadata,
    Column("conversation", ForeignKey("conversation.id"), primary_key=True),
    Column("source", String(20), primary_key=True),
    Column("left", Integer, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# What all processes share for a while: see ports.Shelf.
shelf = Table(
    "shelf",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("value", Text, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
