"""The tables of what is told of outages. What they mean is told in notices.py."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from desk.tables import UtcDateTime, metadata

QUEUED = text("state = 'queued'")

notice_fact = Table(
    "notice_fact",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("outage", String(80), nullable=False, index=False),
    Column("fact", String(10), nullable=False),
    Column("scope", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("buttons", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Index("notice_fact_outage", "outage"),
)

notice = Table(
    "notice",
    metadata,
    Column("fact", ForeignKey("notice_fact.id"), primary_key=True),
    Column("conversation", ForeignKey("conversation.id"), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("important", Boolean, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("message", String(40)),
    Column("told_at", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Index("notice_due", "due_at", sqlite_where=QUEUED, postgresql_where=QUEUED),
    Index("notice_of", "conversation"),
)
