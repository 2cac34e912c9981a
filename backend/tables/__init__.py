"""What the backend keeps. Alembic makes the tables (`migrations/backend`); a test holds the two together."""

from backend.tables.base import Base, Row
from backend.tables.customers import (
    BindingRow,
    IdempotencyRow,
    IdentityAttemptRow,
    LockRow,
    RevealRow,
    TicketEventRow,
    TicketNumberRow,
    TicketPartyRow,
    TicketRow,
)
from backend.tables.outages import OutagePlaceRow, OutageRow, OutageStepRow
from backend.tables.rules import CalendarDayRow, PolicyRow, ServiceHoursRow, TeamRow, TimeLimitRow
from backend.tables.town import AccountRow, BillRow, PaymentWayRow, PlaceRow, PriceRow, TransformerAreaRow

__all__ = [
    "AccountRow",
    "Base",
    "BillRow",
    "BindingRow",
    "CalendarDayRow",
    "IdempotencyRow",
    "IdentityAttemptRow",
    "LockRow",
    "OutagePlaceRow",
    "OutageRow",
    "OutageStepRow",
    "PaymentWayRow",
    "PlaceRow",
    "PolicyRow",
    "PriceRow",
    "RevealRow",
    "Row",
    "ServiceHoursRow",
    "TeamRow",
    "TicketEventRow",
    "TicketNumberRow",
    "TicketPartyRow",
    "TicketRow",
    "TimeLimitRow",
    "TransformerAreaRow",
]
