"""Whom to tell beside those who are bound: who asked to be told of outages, and whom to call in an emergency."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.tables.base import Base


class SubscriptionRow(Base):
    """A conversation wants to hear of outages of one account or one place. One for an account ends with its binding:
    the database sees to it."""

    __tablename__ = "subscriptions"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation: Mapped[str]
    account_no: Mapped[str | None] = mapped_column(index=True)
    place_id: Mapped[str | None] = mapped_column(ForeignKey("places.id"), index=True)
    at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("conversation", "account_no", name="uq_subscriptions_account"),
        UniqueConstraint("conversation", "place_id", name="uq_subscriptions_place"),
        CheckConstraint("(account_no IS NULL) <> (place_id IS NULL)", name="ck_subscriptions_one_target"),
        ForeignKeyConstraint(
            ["conversation", "account_no"],
            ["bindings.conversation", "bindings.account_no"],
            name="fk_subscriptions_binding",
            ondelete="CASCADE",
        ),
    )


class EmergencyContactRow(Base):
    """Whom to call about an account, in which order; never without consent."""

    __tablename__ = "emergency_contacts"
    account_no: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str]
    consented_at: Mapped[datetime]
