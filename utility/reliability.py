"""The nouns of reliability: promises kept, customers affected, and indices with their definitions."""

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from utility.models import Area, Model, TimeLimit


class PromiseKept(Model):
    """A promise of an area against what happened. The promise is of the average; customers ask for the share."""

    matter: str = Field(description="到达现场 or 恢复供电")
    area: Area = Field(description="城区 农村 边远")
    limit: TimeLimit = Field(description="the promise in force at the end of the month")
    faults: int = Field(description="how many of them were measured")
    mean_minutes: Decimal | None = Field(default=None, description="average; none when nothing was measured")
    on_time: int = Field(description="how many within the promise")
    on_time_share: Decimal | None = Field(default=None, description="percent, one place")


class Indices(Model):
    """Figures like SAIDI, of faults or of plans. `definitions` say how they are reckoned here."""

    interruptions: int = Field(description="how many began in the month")
    customers: int = Field(description="accounts off, each time counted")
    customer_minutes: int = Field(description="minutes of all of them together")
    saidi: Decimal | None = Field(default=None, description="minutes per served customer")
    saifi: Decimal | None = Field(default=None, description="interruptions per served customer")
    caidi: Decimal | None = Field(default=None, description="minutes per customer interrupted")


class Definition(Model):
    name: str = Field(description="SAIDI")
    text: str = Field(description="how it is reckoned, in Chinese")
    source: str = Field(description="who says so")


class Reliability(Model):
    """A month as the public sees it. Exercises are left out, plans are counted apart."""

    month: str = Field(description="YYYY-MM")
    served: int = Field(description="supply accounts that there are")
    promises: list[PromiseKept] = Field(description="arrival and restoration, by area")
    faults: Indices = Field(description="of faults")
    plans: Indices = Field(description="of planned and temporary outages")
    ongoing: int = Field(description="faults that are not restored yet, counted until now")
    definitions: list[Definition] = Field(description="of the figures")
    as_of: datetime = Field(description="the moment this was true")
    source: str = Field(description="the system that says so")


class FaultCount(Model):
    name: str = Field(description="a cause or a unit; empty: not known yet")
    faults: int = Field(description="how many")
    customer_minutes: int = Field(description="of their customers together")


class ReopenedCount(Model):
    incidents: int = Field(description="how many were opened again")
    times: int = Field(description="how often")


class StaffReliability(Model):
    """The same with what only staff see."""

    public: Reliability = Field(description="as the public sees it")
    causes: list[FaultCount] = Field(description="most frequent first")
    units: list[FaultCount] = Field(description="responsible units, most frequent first")
    violations: int = Field(description="bans of the checklist that were broken")
    reopened: ReopenedCount = Field(description="by customers whose power was not back")
