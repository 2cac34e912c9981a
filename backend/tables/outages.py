"""Plans and faults with their progress."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.tables.base import Base


class OutageRow(Base):
    """A plan or a fault. `expected_at` is what was first said; later words on it are steps. Customers see neither a
    drill (an exercise) nor a draft."""

    __tablename__ = "outages"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    cancelled: Mapped[bool]
    buildings: Mapped[list[str]]
    scope: Mapped[str]
    feeder: Mapped[str]
    transformer_areas: Mapped[list[str]]
    reason: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime | None]
    expected_at: Mapped[datetime | None]
    published_at: Mapped[datetime]
    source: Mapped[str]
    drill: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[bool] = mapped_column(default=False)


class OutagePlaceRow(Base):
    __tablename__ = "outage_places"
    outage_id: Mapped[str] = mapped_column(ForeignKey("outages.id"), primary_key=True)
    place_id: Mapped[str] = mapped_column(ForeignKey("places.id"), primary_key=True, index=True)


class OutageStepRow(Base):
    """A step of progress. One whose time has not come is not shown; `expected_at` replaces what was said before."""

    __tablename__ = "outage_steps"
    outage_id: Mapped[str] = mapped_column(ForeignKey("outages.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str]
    expected_at: Mapped[datetime | None]
