"""Conversations, their messages, and errands at the utility."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

UNANSWERED = sa.text("author = 'customer' AND answered_at IS NULL")
NOT_DONE = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("belief", sa.JSON, nullable=False),
        sa.Column("agent", sa.String(40)),
        sa.Column("handoff", sa.JSON),
        sa.Column("holder", sa.String(60)),
        sa.Column("lease_until", sa.DateTime),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("channel", "user", name="one_conversation_per_user"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("author", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("buttons", sa.JSON, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("external_id", sa.String(160)),
        sa.Column("payload", sa.Text),
        sa.Column("reply_to", sa.String(40)),
        sa.Column("answered_at", sa.DateTime),
        sa.UniqueConstraint("channel", "external_id", name="once_per_external_id"),
        sa.UniqueConstraint("conversation", "seq", name="one_message_per_seq"),
    )
    op.create_index(
        "unanswered", "message", ["conversation", "seq"], sqlite_where=UNANSWERED, postgresql_where=UNANSWERED
    )
    op.create_index("reply", "message", ["reply_to"])
    op.create_table(
        "errand",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("done_at", sa.DateTime),
        sa.Column("failure", sa.Text),
    )
    op.create_index("errand_due", "errand", ["due_at"], sqlite_where=NOT_DONE, postgresql_where=NOT_DONE)


def downgrade() -> None:
    for table in ("errand", "message", "conversation"):
        op.drop_table(table)
