"""What is told of outages, and to whom."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

QUEUED = sa.text("state = 'queued'")


def upgrade() -> None:
    op.create_table(
        "notice_fact",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("outage", sa.String(80), nullable=False),
        sa.Column("fact", sa.String(10), nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("buttons", sa.JSON, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
    )
    op.create_index("notice_fact_outage", "notice_fact", ["outage"])
    op.create_table(
        "notice",
        sa.Column("fact", sa.Integer, sa.ForeignKey("notice_fact.id"), primary_key=True),
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversation.id"), primary_key=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("important", sa.Boolean, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("message", sa.String(40)),
        sa.Column("told_at", sa.DateTime),
        sa.Column("acknowledged_at", sa.DateTime),
    )
    op.create_index("notice_due", "notice", ["due_at"], sqlite_where=QUEUED, postgresql_where=QUEUED)
    op.create_index("notice_of", "notice", ["conversation"])


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_table("notice_fact")
