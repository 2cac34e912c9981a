"""What staff do with tickets: pauses, who did what, news for customers, and who saw a contact."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("ticket_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("staff", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("internal", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("news", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint("uq_ticket_events_news", ["news"])
    op.create_table(
        "reveals",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("reveals")
    with op.batch_alter_table("ticket_events", schema=None) as batch_op:
        batch_op.drop_constraint("uq_ticket_events_news", type_="unique")
        batch_op.drop_column("news")
        batch_op.drop_column("internal")
        batch_op.drop_column("staff")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_column("paused_at")
