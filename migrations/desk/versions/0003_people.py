"""The people at the desk, the hand-overs they take, and what they write down about them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

OPEN = sa.text("closed_at IS NULL")
PEOPLE = sa.text("status <> 'bot'")


def upgrade() -> None:
    op.create_table(
        "agent",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("title", sa.String(40), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("skills", sa.JSON, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("presence", sa.String(10), nullable=False),
        sa.Column("seen_at", sa.DateTime),
        sa.Column("assigned_at", sa.DateTime),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("totp", sa.String(64)),
        sa.Column("totp_used", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.DateTime),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "agent_session",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("agent", sa.String(40), sa.ForeignKey("agent.name"), nullable=False, unique=True),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("began_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "handoff",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(80), nullable=False),
        sa.Column("skill", sa.String(40), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("began_at", sa.DateTime, nullable=False),
        sa.Column("queued_at", sa.DateTime, nullable=False),
        sa.Column("told_place", sa.Integer),
        sa.Column("told_at", sa.DateTime),
        sa.Column("agent", sa.String(40)),
        sa.Column("first_agent", sa.String(40)),
        sa.Column("wanted_agent", sa.String(40)),
        sa.Column("left_by", sa.String(40)),
        sa.Column("claimed_at", sa.DateTime),
        sa.Column("replied_at", sa.DateTime),
        sa.Column("customer_at", sa.DateTime),
        sa.Column("awaiting_since", sa.DateTime),
        sa.Column("last_text", sa.Text, nullable=False),
        sa.Column("closed_at", sa.DateTime),
        sa.Column("outcome", sa.String(12)),
        sa.Column("code", sa.String(40)),
        sa.Column("result", sa.Text),
        sa.Column("asked_at", sa.DateTime),
        sa.Column("score", sa.Integer),
        sa.Column("scored_at", sa.DateTime),
    )
    op.create_index(
        "one_open_handoff", "handoff", ["conversation"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("handoff_of", "handoff", ["conversation", "began_at"])
    op.create_index("handoff_began", "handoff", ["began_at"])
    op.create_index("people", "conversation", ["status"], sqlite_where=PEOPLE, postgresql_where=PEOPLE)
    op.drop_column("conversation", "handoff")
    op.create_table(
        "note",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("agent", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("whisper", sa.Boolean, nullable=False),
        sa.Column("after", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_index("note_of", "note", ["conversation", "at"])
    op.create_table(
        "tag",
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversation.id"), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
    )
    op.create_table(
        "draft",
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversation.id"), primary_key=True),
        sa.Column("agent", sa.String(40), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "read_mark",
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversation.id"), primary_key=True),
        sa.Column("agent", sa.String(40), primary_key=True),
        sa.Column("seq", sa.Integer, nullable=False),
    )
    op.create_table(
        "canned",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("initials", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("agent", sa.String(40), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("audit_at", "audit", ["at"])
    op.create_table(
        "quality",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("handoff", sa.String(40), sa.ForeignKey("handoff.id"), nullable=False, unique=True),
        sa.Column("agent", sa.String(40), nullable=False),
        sa.Column("scores", sa.JSON, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "rule",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
    )
    _append_only()


def _append_only() -> None:
    """What was written into the audit log is neither changed nor taken out, by whatever program."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        op.execute(
            "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit "
            "WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()"
    )
    op.execute(
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
    )


def downgrade() -> None:
    op.add_column("conversation", sa.Column("handoff", sa.JSON))
    op.drop_index("people", "conversation")
    for table in ("rule", "quality", "audit", "canned", "read_mark", "draft", "tag", "note", "handoff"):
        op.drop_table(table)
    op.drop_table("agent_session")
    op.drop_table("agent")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_is_append_only()")
