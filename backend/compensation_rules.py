"""Rules as dated rows: which hold for a class on a day, and what one of them gives for a breach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import compensation_wording as say
from backend.tables import CompensationRuleRow, OutageRow
from utility.compensation import Breach, CompensationRule
from utility.models import OutageKind

EVERY: Final = "*"
LATE: Final = {
    OutageKind.PLANNED: Breach.PLAN_LATE,
    OutageKind.TEMPORARY: Breach.PLAN_LATE,
    OutageKind.FAULT: Breach.FAULT_LATE,
}
"""What it is to last too long. Ordered power use is no breach: it has no rule here."""
HOUR: Final = 60


@dataclass(frozen=True)
class Lapse:
    """An outage that is over, as rules look at it. `late` is minutes: beyond the plan, or all of a fault."""

    outage: OutageRow
    planned: datetime | None
    ended: datetime
    late: int
    breach: Breach

    @property
    def words(self) -> dict[str, str]:
        """For the sentences: what it was and when."""
        outage = self.outage
        return {
            "scope": outage.scope,
            "kind": outage.kind,
            "id": outage.id,
            "started": moment(outage.starts_at),
            "planned": moment(self.planned) if self.planned else "",
            "ended": moment(self.ended),
            "late": str(self.late),
            "month": f"{outage.starts_at:%Y-%m}-01",
        }

    def fact(self, times: int) -> str:
        form = say.PLAN_FACT if self.breach is Breach.PLAN_LATE else say.FAULT_FACT
        return form.format(times=times, **self.words)


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Due:
    """What a rule gives, in yuan, and why, with every figure that was used."""

    rule: CompensationRule
    amount: Decimal
    reason: str


async def rules_in_force(session: AsyncSession, day: date) -> list[CompensationRule]:
    """The newest version of each that holds on the day."""
    held = select(CompensationRuleRow).where(CompensationRuleRow.valid_from <= day)
    held = held.where(or_(CompensationRuleRow.valid_to.is_(None), CompensationRuleRow.valid_to >= day))
    newest: dict[str, CompensationRuleRow] = {}
    for row in await session.scalars(held.order_by(CompensationRuleRow.id, CompensationRuleRow.version)):
        newest[row.id] = row
    return [_rule(row) for row in newest.values()]


def _rule(row: CompensationRuleRow) -> CompensationRule:
    return CompensationRule(
        id=row.id,
        version=row.version,
        name=row.name,
        tariff_class=row.tariff_class,
        breach=Breach(row.breach),
        threshold=row.threshold,
        amount=row.amount,
        per_hour=row.per_hour,
        cap=row.cap,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
    )


def rules_for(rules: Sequence[CompensationRule], tariff_class: str, breach: Breach) -> list[CompensationRule]:
    """Those of the class; where it has none, those for every class."""
    alike = [rule for rule in rules if rule.breach is breach]
    own = [rule for rule in alike if rule.tariff_class == tariff_class]
    return own or [rule for rule in alike if rule.tariff_class == EVERY]


def applicable(rules: Sequence[CompensationRule], tariff_class: str, lapse: Lapse) -> list[CompensationRule]:
    """Those that could give something for such an outage."""
    return rules_for(rules, tariff_class, lapse.breach) + rules_for(rules, tariff_class, Breach.REPEATED)


def dues(rules: Sequence[CompensationRule], tariff_class: str, lapse: Lapse, times: int) -> list[Due]:
    """What an account of the class gets: each rule stands for itself. `times`: its outages of the month so far."""
    return [
        _due(rule, lapse, times)
        for rule in applicable(rules, tariff_class, lapse)
        if measured(rule, lapse, times) > rule.threshold
    ]


def measured(rule: CompensationRule, lapse: Lapse, times: int) -> int:
    """What the threshold is compared with: minutes or times."""
    return times if rule.breach is Breach.REPEATED else lapse.late


def _due(rule: CompensationRule, lapse: Lapse, times: int) -> Due:
    amount, how = _amount(rule, lapse)
    form = {Breach.PLAN_LATE: say.PLAN_LATE, Breach.FAULT_LATE: say.FAULT_LATE, Breach.REPEATED: say.REPEATED}
    fact = form[rule.breach].format(threshold=rule.threshold, times=times, **lapse.words)
    return Due(rule, amount, f"{fact}{say.AND}{how}")


def _amount(rule: CompensationRule, lapse: Lapse) -> tuple[Decimal, str]:
    """Yuan, and how they come about. Begun hours beyond the threshold count whole."""
    named = {"name": rule.name, "version": rule.version}
    if not rule.per_hour or rule.breach is Breach.REPEATED:
        return rule.amount, say.ONCE.format(amount=rule.amount, **named)
    beyond = lapse.late - rule.threshold
    hours = -(-beyond // HOUR)
    whole = rule.amount * hours
    how = say.PER_HOUR.format(beyond=beyond, hours=hours, each=rule.amount, sum=whole, **named)
    if rule.cap is None or whole <= rule.cap:
        return whole, how
    return rule.cap, how + say.CAPPED.format(cap=rule.cap, amount=rule.cap)


def within(rules: Sequence[CompensationRule], lapse: Lapse, times: int) -> str:
    """Why nothing is given: the figures, and the rules that they did not go against."""
    known = [
        say.RULE_OF.format(
            name=rule.name,
            version=rule.version,
            threshold=rule.threshold,
            unit=say.TIMES if rule.breach is Breach.REPEATED else say.MINUTES,
        )
        for rule in rules
    ]
    return say.WITHIN.format(fact=lapse.fact(times), rules=say.AND.join(known))


def minutes(since: datetime, until: datetime) -> int:
    """Whole minutes, below zero when it was earlier."""
    return int((until - since) / timedelta(minutes=1))
