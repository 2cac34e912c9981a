"""Making good: rules, grants and their news, applications, damaged appliances; and whom to tell: subscriptions and
emergency contacts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _text(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _day(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _number(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _yuan(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _id() -> sa.Column:
    return sa.Column("id", sa.Integer(), autoincrement=True, nullable=False)


def upgrade() -> None:
    _whom_to_tell()
    _rules()
    _grants()
    _claims()


def _whom_to_tell() -> None:
    op.create_table(
        "subscriptions",
        _id(),
        _text("conversation"),
        _text("account_no", nullable=True),
        _text("place_id", nullable=True),
        _time("at"),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"]),
        sa.ForeignKeyConstraint(
            ["conversation", "account_no"],
            ["bindings.conversation", "bindings.account_no"],
            name="fk_subscriptions_binding",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation", "account_no", name="uq_subscriptions_account"),
        sa.UniqueConstraint("conversation", "place_id", name="uq_subscriptions_place"),
        sa.CheckConstraint("(account_no IS NULL) <> (place_id IS NULL)", name="ck_subscriptions_one_target"),
    )
    op.create_index("ix_subscriptions_account_no", "subscriptions", ["account_no"])
    op.create_index("ix_subscriptions_place_id", "subscriptions", ["place_id"])
    op.create_table(
        "emergency_contacts",
        _text("account_no"),
        _number("position"),
        _text("name"),
        _text("phone"),
        _time("consented_at"),
        sa.PrimaryKeyConstraint("account_no", "position"),
    )


def _rules() -> None:
    op.create_table(
        "compensation_rules",
        _text("id"),
        _number("version"),
        _text("name"),
        _text("tariff_class"),
        _text("breach"),
        _number("threshold"),
        _yuan("amount"),
        sa.Column("per_hour", sa.Boolean(), nullable=False),
        _yuan("cap", nullable=True),
        _day("valid_from"),
        _day("valid_to", nullable=True),
        _text("source"),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    op.create_table(
        "appliance_classes",
        _text("name"),
        _day("valid_from"),
        _number("years"),
        sa.Column("examples", sa.JSON(), nullable=False),
        _text("source"),
        _number("position"),
        sa.PrimaryKeyConstraint("name", "valid_from"),
    )


def _grants() -> None:
    op.create_table(
        "grants",
        _id(),
        _text("outage_id"),
        _text("account_no"),
        _text("rule_id"),
        _number("rule_version"),
        _text("rule_name"),
        _text("breach"),
        _text("state"),
        _yuan("amount"),
        _text("reason"),
        _text("source"),
        _time("created_at"),
        _time("decided_at", nullable=True),
        _text("decided_by", nullable=True),
        _text("decision"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("outage_id", "account_no", "rule_id", name="uq_grants_once"),
    )
    op.create_index("ix_grants_account_no", "grants", ["account_no"])
    op.create_index("ix_grants_state", "grants", ["state", "id"])
    op.create_index("ix_grants_outage", "grants", ["outage_id", "state", "id"])
    op.create_table(
        "compensation_applications",
        _id(),
        _text("key"),
        _text("conversation"),
        _text("account_no"),
        _text("outage_id", nullable=True),
        _text("reason"),
        _text("state"),
        _yuan("amount", nullable=True),
        _text("decision"),
        _time("at"),
        _time("decided_at", nullable=True),
        _text("decided_by", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name="uq_compensation_applications_key"),
    )
    for column in ("conversation", "account_no"):
        op.create_index(f"ix_compensation_applications_{column}", "compensation_applications", [column])
    op.create_index("ix_compensation_applications_state", "compensation_applications", ["state", "id"])
    op.create_index("ix_compensation_applications_outage", "compensation_applications", ["outage_id", "account_no"])
    op.create_table(
        "grant_news",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _number("grant_id", nullable=True),
        _number("application_id", nullable=True),
        _text("state"),
        _time("at"),
        _text("told", nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"]),
        sa.ForeignKeyConstraint(["application_id"], ["compensation_applications.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def _claims() -> None:
    op.create_table(
        "appliance_claims",
        _id(),
        _text("key"),
        _text("conversation"),
        _text("account_no", nullable=True),
        _text("outage_id", nullable=True),
        _text("ticket_no", nullable=True),
        _text("state"),
        _text("appliance"),
        _text("appliance_class"),
        _yuan("price"),
        _day("bought_on"),
        _day("damaged_on"),
        _text("description"),
        _yuan("estimate", nullable=True),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("promise", sa.Text(), nullable=True),
        _time("due_at", nullable=True),
        _time("at"),
        sa.ForeignKeyConstraint(["ticket_no"], ["tickets.no"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name="uq_appliance_claims_key"),
    )
    op.create_index("ix_appliance_claims_conversation", "appliance_claims", ["conversation"])


def downgrade() -> None:
    for table in ("appliance_claims", "grant_news", "compensation_applications", "grants", "appliance_classes"):
        op.drop_table(table)
    for table in ("compensation_rules", "emergency_contacts", "subscriptions"):
        op.drop_table(table)
