"""Why a bill is higher than another one: what changed, and what each change costs in yuan.

An estimate, not an account: energy is valued at the mean price of the bill compared with, so that the parts add up to
about the difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from actions import zh
from utility.models import Bill, BillItem

DAILY = ("每天用得更多", "{before}度→{now}度，约多{yuan}")
LONGER = ("计费天数更多", "{before}天→{now}天，约多{yuan}")
TIER = ("到了更高的阶梯", "当年已用{year}，本期{kwh}按更高一档计价，约多{yuan}")
PEAK = ("峰段用电占比高了", "{before}%→{now}%，约多{yuan}")
OTHER_ITEMS = ("其他费用", "多{yuan}")
LATE_FEE = ("违约金", "另有{yuan}")
SEASON = ("季节用电", "去年同月也用了{kwh}，这个季节一向用得多")
ESTIMATED = ("本期是估抄", "没有抄到实际示数，电量是估算的，以后按实际示数调整")
ESTIMATED_BEFORE = ("上期是估抄", "上期电量是估算的，本期按实际示数调整")
COMPARED = "用电{kwh_before}→{kwh}（{kwh_change}），电费{total_before}→{total}（{total_change}）"

AT_MOST = 3
# A bill is higher when it is by more than this part.
LEAST_RISE = Decimal("0.05")
# Less than this part of the difference (or a yuan) is no reason.
LEAST_PART, LEAST_YUAN = Decimal("0.10"), Decimal("1.00")
# Daily use within this part of last year's same month is the season's.
LIKE_LAST_YEAR = Decimal("0.15")
# Daily use that grew by more than this against both is what no bill can explain.
JUMP = Decimal("0.50")


@dataclass(frozen=True)
class Reason:
    """`effect` is yuan; what cannot be valued has none and stands last."""

    label: str
    text: str
    effect: Decimal = Decimal(0)


@dataclass(frozen=True)
class Comparison:
    """A bill, the month before and the same month last year, where there are such."""

    bill: Bill
    before: Bill | None
    last_year: Bill | None

    @property
    def base(self) -> Bill | None:
        """What the bill is clearly higher than: the month before, else last year; None when than neither."""
        others = (other for other in (self.before, self.last_year) if other)
        return next((other for other in others if self.bill.total > other.total * (1 + LEAST_RISE)), None)

    @property
    def seasonal(self) -> bool:
        """Much more than the month before, and much as in the same month last year."""
        if self.before is None or self.last_year is None or self.base is not self.before:
            return False
        like = abs(_daily(self.bill) - _daily(self.last_year)) <= LIKE_LAST_YEAR * _daily(self.last_year)
        return like and _daily(self.bill) > _daily(self.before) * (1 + LIKE_LAST_YEAR)

    @property
    def unexplained(self) -> bool:
        """So much more than ever that the bill alone cannot say why."""
        others = [b for b in (self.before, self.last_year) if b]
        return bool(others) and all(_daily(self.bill) > _daily(b) * (1 + JUMP) for b in others)

    def reasons(self) -> list[Reason]:
        """The few that count, the dearest first; [] when nothing stands out."""
        base = self.base
        valued = _valued(self.bill, base) if base else []
        least = max(LEAST_YUAN, LEAST_PART * (self.bill.total - base.total)) if base else LEAST_YUAN
        ranked = sorted((r for r in valued if r.effect >= least), key=lambda r: -r.effect)[:AT_MOST]
        return [*ranked, *self._beside()]

    def _beside(self) -> list[Reason]:
        """What has no price of its own, and what is no part of the total."""
        beside = []
        if self.bill.late_fee:
            beside.append(Reason(LATE_FEE[0], LATE_FEE[1].format(yuan=zh.say_money(self.bill.late_fee))))
        if self.bill.estimated:
            beside.append(Reason(*ESTIMATED))
        elif self.before and self.before.estimated:
            beside.append(Reason(*ESTIMATED_BEFORE))
        if self.seasonal and self.last_year:
            beside.append(Reason(SEASON[0], SEASON[1].format(kwh=zh.say_kwh(self.last_year.kwh))))
        return beside


def compared(bill: Bill, other: Bill) -> str:
    """Both in one line: 用电215度→380度(+77%),电费115.67元→210.30元(多94.63元)."""
    return COMPARED.format(
        kwh_before=zh.say_kwh(other.kwh),
        kwh=zh.say_kwh(bill.kwh),
        kwh_change=_percent(bill.kwh, other.kwh),
        total_before=zh.say_money(other.total),
        total=zh.say_money(bill.total),
        total_change=_difference(bill.total - other.total),
    )


def _valued(bill: Bill, base: Bill) -> list[Reason]:
    found = (_daily_use(bill, base), _days(bill, base), _tier(bill, base), _peak(bill, base), _rest(bill, base))
    return [reason for reason in found if reason]


def _daily_use(bill: Bill, base: Bill) -> Reason:
    more = (_daily(bill) - _daily(base)) * bill.days
    return _reason(DAILY, more * _mean_price(base), before=f"{_daily(base):.1f}", now=f"{_daily(bill):.1f}")


def _days(bill: Bill, base: Bill) -> Reason:
    more = _daily(base) * (bill.days - base.days)
    return _reason(LONGER, more * _mean_price(base), before=base.days, now=bill.days)


def _tier(bill: Bill, base: Bill) -> Reason | None:
    """What the ladder added beyond the share that the bill compared with had already."""
    if not bill.tiers:
        return None
    had = _above_first_tier(base) * (bill.kwh / base.kwh) if base.kwh else Decimal(0)
    above = sum((tier.kwh for tier in bill.tiers[1:]), Decimal(0))
    return _reason(TIER, _above_first_tier(bill) - had, year=zh.say_kwh(bill.year_kwh), kwh=zh.say_kwh(above))


def _above_first_tier(bill: Bill) -> Decimal:
    """What the kWh above the first tier cost more than they would have in it."""
    lowest = bill.tiers[0].unit_price if bill.tiers else Decimal(0)
    return sum((tier.kwh * (tier.unit_price - lowest) for tier in bill.tiers), Decimal(0))


def _peak(bill: Bill, base: Bill) -> Reason | None:
    now, before = _peak_share(bill), _peak_share(base)
    dear, cheap = _price_of(bill, "峰"), _price_of(bill, "谷")
    if now is None or before is None or dear is None or cheap is None:
        return None
    effect = (now - before) * bill.kwh * (dear - cheap)
    return _reason(PEAK, effect, before=f"{before * 100:.0f}", now=f"{now * 100:.0f}")


def _rest(bill: Bill, base: Bill) -> Reason:
    """Charges that do not go by the kWh."""
    return _reason(OTHER_ITEMS, _fixed(bill) - _fixed(base))


def _reason(kind: tuple[str, str], effect: Decimal, **facts: object) -> Reason:
    return Reason(kind[0], kind[1].format(yuan=zh.say_money(effect), **facts), effect)


def _daily(bill: Bill) -> Decimal:
    return bill.kwh / bill.days


def _mean_price(bill: Bill) -> Decimal:
    """Yuan per kWh of what goes by the kWh."""
    return (bill.total - _fixed(bill)) / bill.kwh if bill.kwh else Decimal(0)


def _fixed(bill: Bill) -> Decimal:
    return sum((item.amount for item in bill.items if not _by_energy(item)), Decimal(0))


def _by_energy(item: BillItem) -> bool:
    """Basic charges go by kVA; all else with a price goes by kWh."""
    return item.unit_price is not None and not item.name.startswith("基本电费")


def _peak_share(bill: Bill) -> Decimal | None:
    return bill.kwh_peak / bill.kwh if bill.kwh_peak is not None and bill.kwh else None


def _price_of(bill: Bill, word: str) -> Decimal | None:
    return next((item.unit_price for item in bill.items if item.name.startswith(word) and item.unit_price), None)


def _percent(now: Decimal, before: Decimal) -> str:
    if not before or now == before:
        return "持平" if now == before else "新增"
    return f"{(now - before) / before * 100:+.0f}%"


def _difference(yuan: Decimal) -> str:
    if not yuan:
        return "持平"
    return f"多{zh.say_money(yuan)}" if yuan > 0 else f"少{zh.say_money(-yuan)}"


def shown(reasons: Sequence[Reason]) -> list[tuple[str, str]]:
    """As rows of a card."""
    return [(reason.label, reason.text) for reason in reasons]
