"""The town: places, supply accounts, bills, prices. Seeded here, kept by a real utility."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.columns import price
from backend.tables.base import Base
from utility.models import BillItem, TierUse


class PlaceRow(Base):
    """A community or street; `street` is the one a community lies on, `position` the order of the gazetteer."""

    __tablename__ = "places"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    aliases: Mapped[list[str]]
    district: Mapped[str]
    street: Mapped[str]
    area: Mapped[str]
    buildings: Mapped[int]
    position: Mapped[int]


class TransformerAreaRow(Base):
    """台区: the part of a place behind one transformer, and the feeder that supplies it."""

    __tablename__ = "transformer_areas"
    name: Mapped[str] = mapped_column(primary_key=True)
    place_id: Mapped[str] = mapped_column(ForeignKey("places.id"), index=True)
    feeder: Mapped[str] = mapped_column(index=True)


class AccountRow(Base):
    """A supply account with what is never given out unmasked: name, phone, full address."""

    __tablename__ = "accounts"
    account_no: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    phone: Mapped[str]
    address: Mapped[str]
    place_id: Mapped[str] = mapped_column(ForeignKey("places.id"), index=True)
    building: Mapped[str]
    transformer_area: Mapped[str] = mapped_column(ForeignKey("transformer_areas.name"), index=True)
    tariff_class: Mapped[str]
    supply_relation: Mapped[str]
    supply_source: Mapped[str]
    usage_nature: Mapped[str]
    important_kind: Mapped[str | None]
    hardship: Mapped[bool]
    life_support: Mapped[bool]
    manager: Mapped[str | None]
    prepaid: Mapped[Decimal]
    cut_off: Mapped[bool]
    cutoff_on: Mapped[date | None]


class BillRow(Base):
    """A bill as issued. Status and late fee depend on the day and are worked out when it is read."""

    __tablename__ = "bills"
    account_no: Mapped[str] = mapped_column(ForeignKey("accounts.account_no"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int]
    reading_start: Mapped[int]
    reading_end: Mapped[int]
    kwh: Mapped[int]
    kwh_peak: Mapped[int | None]
    kwh_valley: Mapped[int | None]
    year_kwh: Mapped[int]
    items: Mapped[list[BillItem]]
    tiers: Mapped[list[TierUse]]
    total: Mapped[Decimal]
    due_on: Mapped[date]
    paid_on: Mapped[date | None]
    estimated: Mapped[bool]


class PriceRow(Base):
    """A price of a class. `upper` is the yearly kWh up to which a tier reaches; a surcharge adds to the base price."""

    __tablename__ = "prices"
    tariff_class: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    unit_price: Mapped[Decimal] = mapped_column(price())
    upper: Mapped[int | None]
    source: Mapped[str]


class PaymentWayRow(Base):
    __tablename__ = "payment_ways"
    name: Mapped[str] = mapped_column(primary_key=True)
    how: Mapped[str]
    url: Mapped[str | None]
    source: Mapped[str]
    valid_from: Mapped[date]
    position: Mapped[int]
