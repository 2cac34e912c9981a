"""The calculation for a damaged appliance, line by line: every figure that was used, with the rule it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from backend import compensation_wording as say
from backend.depreciation import Terms, Value, depreciate
from backend.figures import figures
from backend.tables import PolicyRow
from utility.compensation import ApplianceClaimRequest, ApplianceClass, CalculationLine

CLAIM_DAYS: Final = "appliance_claim_days"
FULL_MONTHS: Final = "appliance_full_price_months"
LEAST_SHARE: Final = "appliance_least_share"


@dataclass(frozen=True)
class Rules:
    """The figures of the rule, each with its source."""

    days: PolicyRow
    full: PolicyRow
    least: PolicyRow

    @property
    def limit(self) -> int:
        """Days after the damage, the last one in."""
        return int(self.days.value)

    @property
    def terms(self) -> Terms:
        return Terms(int(self.full.value), Decimal(self.least.value))


async def rules_of_claims(session: AsyncSession) -> Rules:
    rows = await figures(session, CLAIM_DAYS, FULL_MONTHS, LEAST_SHARE)
    return Rules(rows[CLAIM_DAYS], rows[FULL_MONTHS], rows[LEAST_SHARE])


def value_of(wish: ApplianceClaimRequest, cls: ApplianceClass | None, rules: Rules) -> Value | None:
    return depreciate(wish.price, wish.bought_on, wish.damaged_on, cls.years, rules.terms) if cls else None


def too_late(wish: ApplianceClaimRequest, rules: Rules, today: date) -> list[CalculationLine]:
    days = (today - wish.damaged_on).days
    fact = say.LATE_FACT.format(damaged=wish.damaged_on, today=today, days=days)
    rule = say.LATE_RULE.format(limit=rules.limit)
    return [CalculationLine(text=fact, source=""), CalculationLine(text=rule, source=rules.days.source)]


def lines_of(
    wish: ApplianceClaimRequest, cls: ApplianceClass | None, rules: Rules, value: Value | None, today: date
) -> Iterator[CalculationLine]:
    """Every figure that was used, with the rule it comes from."""
    days = (today - wish.damaged_on).days
    dates = {"damaged": wish.damaged_on, "today": today, "days": days, "limit": rules.limit}
    yield CalculationLine(text=say.IN_TIME.format(**dates), source=rules.days.source)
    if cls is None or value is None:
        yield CalculationLine(text=say.NO_CLASS, source="")
        return
    given = {"appliance": wish.appliance, "price": wish.price, "bought": wish.bought_on, "damaged": wish.damaged_on}
    yield CalculationLine(text=say.GIVEN.format(months=value.months, **given), source="")
    yield from _reckoning(wish, cls, rules, value)
    yield CalculationLine(text=say.ESTIMATE, source=rules.full.source)


def _reckoning(
    wish: ApplianceClaimRequest, cls: ApplianceClass, rules: Rules, value: Value
) -> Iterator[CalculationLine]:
    if value.full:
        text = say.FULL.format(months=rules.terms.full_months, price=value.amount)
        yield CalculationLine(text=text, source=rules.full.source)
        return
    life = 12 * cls.years
    yield CalculationLine(text=say.LIFE.format(cls=cls.name, years=cls.years, life=life), source=cls.source)
    if value.floored:
        share = (rules.terms.least * 100).normalize()
        text = say.LEAST.format(share=f"{share:f}", price=wish.price, amount=value.amount)
        yield CalculationLine(text=text, source=rules.least.source)
    else:
        text = say.LEFT.format(price=wish.price, months=value.months, life=life, left=value.amount)
        yield CalculationLine(text=text, source=rules.full.source)
