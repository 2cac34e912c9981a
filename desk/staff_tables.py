"""The tables of the people at the desk and of what they do. What they mean is told in staff.py."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from desk.tables import UtcDateTime, metadata

agent = Table(
    "agent",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("title", String(40), nullable=False),
    Column("role", String(12), nullable=False),
    Column("skills", JSON, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("presence", String(10), nullable=False),
    Column("seen_at", UtcDateTime),
    Column("assigned_at", UtcDateTime),
    Column("active", Boolean, nullable=False),
    Column("password", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("totp", String(64)),
    Column("totp_used", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
)

# `token` is the hash of what the browser holds. One session per agent: signing in anew ends the one before.
agent_session = Table(
    "agent_session",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("agent", ForeignKey("agent.name"), nullable=False, unique=True),
    Column("csrf", String(64), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

# A hand-over from the bot to people, from its wish to its close: see staff.Episode.
handoff = Table(
    "handoff",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation", ForeignKey("conversation.id"), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("reason", String(80), nullable=False),
    Column("skill", String(40), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("told_place", Integer),
    Column("told_at", UtcDateTime),
    Column("agent", String(40)),
    Column("first_agent", String(40)),
    Column("wanted_agent", String(40)),
    Column("left_by", String(40)),
    Column("claimed_at", UtcDateTime),
    Column("replied_at", UtcDateTime),
    Column("customer_at", UtcDateTime),
    Column("awaiting_since", UtcDateTime),
    Column("last_text", Text, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("outcome", String(12)),
    Column("code", String(40)),
    Column("result", Text),
    Column("asked_at", UtcDateTime),
    Column("score", Integer),
    Column("scored_at", UtcDateTime),
)
OPEN = text("closed_at IS NULL")
Index("one_open_handoff", handoff.c.conversation, unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
Index("handoff_of", handoff.c.conversation, handoff.c.began_at)
Index("handoff_began", handoff.c.began_at)

# What agents write for each other; no customer ever sees it. `after` is the message it was written below; a whisper
# is a supervisor's word to the agent.
note = Table(
    "note",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation", ForeignKey("conversation.id"), nullable=False),
    Column("agent", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("whisper", Boolean, nullable=False),
    Column("after", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("note_of", note.c.conversation, note.c.at)

tag = Table(
    "tag",
    metadata,
    Column("conversation", ForeignKey("conversation.id"), primary_key=True),
    Column("name", String(40), primary_key=True),
)

draft = Table(
    "draft",
    metadata,
    Column("conversation", ForeignKey("conversation.id"), primary_key=True),
    Column("agent", String(40), primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

read_mark = Table(
    "read_mark",
    metadata,
    Column("conversation", ForeignKey("conversation.id"), primary_key=True),
    Column("agent", String(40), primary_key=True),
    Column("seq", Integer, nullable=False),
)

canned = Table(
    "canned",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("title", String(60), nullable=False),
    Column("text", Text, nullable=False),
    Column("initials", String(60), nullable=False),
    Column("position", Integer, nullable=False),
)

# Append-only: the database itself refuses to change or take out a line (migration 0003).
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("agent", String(40), nullable=False),
    Column("act", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("detail", Text, nullable=False),
)
Index("audit_at", audit.c.at)

quality = Table(
    "quality",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("handoff", ForeignKey("handoff.id"), nullable=False, unique=True),
    Column("agent", String(40), nullable=False),
    Column("scores", JSON, nullable=False),
    Column("comment", Text, nullable=False),
    Column("by", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What supervisors may set (staff.Rules), by name.
rule = Table(
    "rule",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(40), nullable=False),
)
