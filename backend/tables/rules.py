"""Promises, hours and rules: figures are rows, each with its source and the day since when it holds."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from backend.tables.base import Base


class TimeLimitRow(Base):
    """A promise. Empty `region` and `area` mean everywhere; a row of the own region goes before one for everywhere."""

    __tablename__ = "time_limits"
    matter: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    minutes: Mapped[int | None]
    working_days: Mapped[int | None]
    text: Mapped[str]
    source: Mapped[str]
    position: Mapped[int]


class ServiceHoursRow(Base):
    """Shifts like `9:00-12:00,13:30-17:30`, on working days only or on every day."""

    __tablename__ = "service_hours"
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    text: Mapped[str]
    shifts: Mapped[str]
    working_days_only: Mapped[bool]
    source: Mapped[str]


class CalendarDayRow(Base):
    """A day whose kind the operator states: goes before the published calendar."""

    __tablename__ = "calendar_days"
    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    source: Mapped[str]


class PolicyRow(Base):
    """A number or word that a rule uses, like the pause after wrong tries."""

    __tablename__ = "policies"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date]


class TeamRow(Base):
    """Who gets in touch about a kind of ticket; an empty district is for all that have no team of their own."""

    __tablename__ = "teams"
    kind: Mapped[str] = mapped_column(primary_key=True)
    district: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
