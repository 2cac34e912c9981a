"""The root of all tables, and how values are kept."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import JSON, String
from sqlalchemy.orm import DeclarativeBase

from backend.columns import Document, Instant, yuan
from utility.models import BillItem, TierUse, TimeLimit


class Base(DeclarativeBase):
    """Times are aware and local when read; money is Decimal yuan; lists of words and of models are JSON."""

    type_annotation_map: ClassVar = {
        datetime: Instant(),
        Decimal: yuan(),
        str: String(),
        list[str]: JSON(),
        list[BillItem]: Document(list[BillItem]),
        list[TierUse]: Document(list[TierUse]),
        list[TimeLimit]: Document(list[TimeLimit]),
    }


Row = dict[str, Any]
"""A row on its way into the database, by column name; never crosses the border of this package."""
