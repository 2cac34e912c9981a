"""What has to be carried to a platform, how much may be, and what processes share for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

OPEN = sa.text("state IN ('queued', 'sending')")


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("message", sa.String(40), sa.ForeignKey("message.id"), primary_key=True),
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("answer_to", sa.String(40)),
        sa.Column("reason", sa.Text),
        sa.Column("settled_at", sa.DateTime),
    )
    op.create_index("delivery_due", "delivery", ["due_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("delivery_of", "delivery", ["conversation", "seq"])
    op.create_index("delivery_answer", "delivery", ["answer_to"])
    op.create_table(
        "allowance",
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversation.id"), primary_key=True),
        sa.Column("source", sa.String(20), primary_key=True),
        sa.Column("left", sa.Integer, nullable=False),
        sa.Column("until", sa.DateTime, nullable=False),
    )
    op.create_table(
        "shelf",
        sa.Column("name", sa.String(120), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("until", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    for table in ("shelf", "allowance", "delivery"):
        op.drop_table(table)
