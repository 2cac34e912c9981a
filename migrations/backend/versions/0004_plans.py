"""Plans with their versions, what they must not meet, who tells important customers, and the news of outages."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _text(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _list(name: str) -> sa.Column:
    return sa.Column(name, sa.JSON(), nullable=False)


def upgrade() -> None:
    with op.batch_alter_table("outages", schema=None) as batch_op:
        for name in ("drill", "draft"):
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_accounts_transformer_area", "accounts", ["transformer_area"])
    op.create_index("ix_transformer_areas_feeder", "transformer_areas", ["feeder"])
    _news()
    _rules()
    _plans()
    _tasks()


def _news() -> None:
    op.create_table(
        "outage_news",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _text("outage_id"),
        _text("fact"),
        _text("note"),
        _time("at"),
        _flag("drill"),
        _number("version"),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("outage_id", "version", name="uq_outage_news_version"),
    )


def _rules() -> None:
    op.create_table(
        "plan_templates",
        _text("name"),
        _text("kind"),
        _text("reason"),
        _number("minutes"),
        _list("duty"),
        _list("checklist"),
        _text("source"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "peak_windows",
        _text("id"),
        _text("name"),
        _text("district"),
        _text("place_id", nullable=True),
        _text("from_day"),
        _text("to_day"),
        _number("from_hour"),
        _number("to_hour"),
        _text("source"),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_peak_windows_district", "peak_windows", ["district"])
    op.create_table(
        "guaranteed_events",
        _text("id"),
        _text("name"),
        _list("place_ids"),
        _time("starts_at"),
        _time("ends_at"),
        _text("source"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_guaranteed_events_ends_at", "guaranteed_events", ["ends_at"])
    op.create_table(
        "approved_lists",
        _text("id"),
        _text("document"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "approved_targets",
        _text("list_id"),
        _text("measure"),
        _text("target"),
        _number("position"),
        sa.ForeignKeyConstraint(["list_id"], ["approved_lists.id"]),
        sa.PrimaryKeyConstraint("list_id", "measure", "target"),
    )


def _plans() -> None:
    op.create_table(
        "plans",
        _text("outage_id"),
        _text("status"),
        _number("version"),
        _text("created_by"),
        _time("created_at"),
        _time("published_at", nullable=True),
        _text("template", nullable=True),
        _list("duty"),
        _time("planned_start"),
        _time("planned_end"),
        sa.Column("scope", sa.Text(), nullable=False),
        _text("reason"),
        _text("measure", nullable=True),
        _text("approved_list", nullable=True),
        _number("lead_minutes", nullable=True),
        _flag("lead_breach"),
        _text("lead_reason"),
        _text("peak_reason"),
        _time("actual_start", nullable=True),
        _time("actual_end", nullable=True),
        _list("actual_areas"),
        _text("deviation_reason"),
        _text("fingerprint"),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"]),
        sa.ForeignKeyConstraint(["approved_list"], ["approved_lists.id"]),
        sa.PrimaryKeyConstraint("outage_id"),
    )
    op.create_index("ix_plans_planned_start", "plans", ["planned_start"])
    op.create_index("ix_plans_status", "plans", ["status", "planned_start"])
    op.create_index("ix_plans_fingerprint", "plans", ["fingerprint"])
    op.create_table(
        "plan_versions",
        _text("outage_id"),
        _number("version"),
        _text("key"),
        _text("fact"),
        _text("staff"),
        _time("at"),
        _text("note"),
        _time("starts_at"),
        _time("ends_at"),
        sa.Column("scope", sa.Text(), nullable=False),
        _number("accounts"),
        sa.ForeignKeyConstraint(["outage_id"], ["plans.outage_id"]),
        sa.PrimaryKeyConstraint("outage_id", "version"),
        sa.UniqueConstraint("key", name="uq_plan_versions_key"),
    )


def _tasks() -> None:
    op.create_table(
        "notice_tasks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        _text("outage_id"),
        _text("account_no"),
        _number("version"),
        _text("fact"),
        _text("person"),
        _time("created_at"),
        _time("due_at"),
        _flag("superseded"),
        _time("closed_at", nullable=True),
        _text("closed_by", nullable=True),
        _text("close_key", nullable=True),
        _text("told_whom"),
        _text("told_how"),
        _time("told_at", nullable=True),
        *(_flag(name) for name in ("served", "notified", "reported", "supervised")),
        _text("ticked_by", nullable=True),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("outage_id", "account_no", "version", name="uq_notice_tasks_version"),
        sa.UniqueConstraint("close_key", name="uq_notice_tasks_close_key"),
    )
    for column in ("account_no", "person", "due_at"):
        op.create_index(f"ix_notice_tasks_{column}", "notice_tasks", [column])
    still = sa.text("closed_at IS NULL")
    op.create_index("ix_notice_tasks_open", "notice_tasks", ["due_at"], sqlite_where=still, postgresql_where=still)


def downgrade() -> None:
    made = ("notice_tasks", "plan_versions", "plans", "approved_targets", "approved_lists", "guaranteed_events")
    for table in (*made, "peak_windows", "plan_templates", "outage_news"):
        op.drop_table(table)
    op.drop_index("ix_transformer_areas_feeder", "transformer_areas")
    op.drop_index("ix_accounts_transformer_area", "accounts")
    with op.batch_alter_table("outages", schema=None) as batch_op:
        batch_op.drop_column("draft")
        batch_op.drop_column("drill")
