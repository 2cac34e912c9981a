"""Incidents: what speaks for them, who did what, checklists and causes, alarms, and whether the power is back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDICES = (
    ("ix_tickets_outage_id", "tickets", ["outage_id"]),
    ("ix_outages_starts_at", "outages", ["starts_at"]),
)


def _text(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _id() -> sa.Column:
    return sa.Column("id", sa.Integer(), autoincrement=True, nullable=False)


def upgrade() -> None:
    for name, table, columns in INDICES:
        op.create_index(name, table, columns)
    _incidents()
    _evidence()
    _work()
    _rules()


def _incidents() -> None:
    op.create_table(
        "incidents",
        _text("outage_id"),
        _text("state"),
        _text("origin"),
        _flag("active"),
        _text("stage"),
        _text("fault_type"),
        _text("cause_code", nullable=True),
        _text("responsible_unit"),
        _text("team"),
        _number("customers", nullable=True),
        _time("opened_at"),
        _time("confirmed_at", nullable=True),
        _text("confirmed_by"),
        _time("arrived_at", nullable=True),
        _time("restored_at", nullable=True),
        _number("reopened"),
        _flag("flagged"),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"]),
        sa.PrimaryKeyConstraint("outage_id"),
    )
    op.create_index("ix_incidents_active", "incidents", ["active", "opened_at"])
    op.create_table(
        "incident_areas",
        _text("transformer_area"),
        _flag("drill"),
        _text("outage_id"),
        sa.ForeignKeyConstraint(["outage_id"], ["incidents.outage_id"]),
        sa.PrimaryKeyConstraint("transformer_area", "drill"),
    )
    op.create_index("ix_incident_areas_outage_id", "incident_areas", ["outage_id"])


def _evidence() -> None:
    op.create_table(
        "incident_reports",
        _text("ticket_no"),
        _text("conversation"),
        _text("transformer_area"),
        _time("at"),
        _flag("drill"),
        _text("outage_id", nullable=True),
        sa.ForeignKeyConstraint(["ticket_no"], ["tickets.no"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("ticket_no", "conversation", "transformer_area"),
    )
    op.create_index("ix_incident_reports_outage_id", "incident_reports", ["outage_id"])
    op.create_index("ix_incident_reports_area", "incident_reports", ["transformer_area", "at"])
    op.create_table(
        "alarms",
        _id(),
        _text("source"),
        _text("external_id"),
        _text("kind"),
        _text("transformer_area", nullable=True),
        _text("feeder", nullable=True),
        _time("at"),
        _time("received_at"),
        _flag("drill"),
        _time("cleared_at", nullable=True),
        _text("outage_id", nullable=True),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "external_id", name="uq_alarms_once"),
    )
    op.create_index("ix_alarms_outage_id", "alarms", ["outage_id"])
    op.create_index("ix_alarms_area", "alarms", ["transformer_area", "at"])
    op.create_index("ix_alarms_feeder", "alarms", ["feeder", "at"])


def _work() -> None:
    op.create_table(
        "incident_events",
        _id(),
        _text("outage_id"),
        _text("key", nullable=True),
        _text("name"),
        _text("staff"),
        _time("at"),
        _text("note"),
        sa.ForeignKeyConstraint(["outage_id"], ["incidents.outage_id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name="uq_incident_events_key"),
    )
    op.create_index("ix_incident_events_outage_id", "incident_events", ["outage_id"])
    op.create_table(
        "incident_checks",
        _text("outage_id"),
        _text("item_id"),
        _text("done_by"),
        _time("done_at"),
        _text("violation"),
        sa.ForeignKeyConstraint(["outage_id"], ["incidents.outage_id"]),
        sa.PrimaryKeyConstraint("outage_id", "item_id"),
    )
    op.create_table(
        "restoration_confirmations",
        _text("outage_id"),
        _text("conversation"),
        _number("round"),
        _flag("powered"),
        _time("at"),
        _flag("reopened"),
        _text("outcome"),
        _text("ticket_no", nullable=True),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("outage_id", "conversation"),
    )


def _rules() -> None:
    op.create_table("fault_types", _text("name"), _text("source"), _number("position"), sa.PrimaryKeyConstraint("name"))
    op.create_table(
        "checklist_items",
        _text("id"),
        _text("fault_type"),
        _text("text"),
        _flag("forbidden"),
        _text("source"),
        _number("position"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_checklist_items_fault_type", "checklist_items", ["fault_type"])
    op.create_table(
        "cause_codes",
        _text("code"),
        _text("name"),
        _text("source"),
        _number("position"),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "building_areas",
        _text("place_id"),
        _text("building"),
        _text("transformer_area"),
        sa.PrimaryKeyConstraint("place_id", "building"),
    )
    op.create_index("ix_building_areas_transformer_area", "building_areas", ["transformer_area"])


def downgrade() -> None:
    for table in (
        "building_areas",
        "cause_codes",
        "checklist_items",
        "fault_types",
        "restoration_confirmations",
        "incident_checks",
        "incident_events",
        "alarms",
        "incident_reports",
        "incident_areas",
        "incidents",
    ):
        op.drop_table(table)
    for name, table, _columns in reversed(INDICES):
        op.drop_index(name, table_name=table)
