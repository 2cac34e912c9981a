"""Bills as people see them: one as a card, several as a short table, twelve months as a chart."""

from collections.abc import Sequence
from datetime import date, datetime

from actions import bill_period, zh
from actions.turn import Turn
from utility.models import Account, Bill, BillItem, BillStatus

HOLDER, NUMBER, PERIOD, READINGS, USED = "户名", "户号", "账期", "示数", "用电量"
PEAK_VALLEY, LADDER, TOTAL, LATE_FEE, STATUS, READ = "峰谷", "阶梯", "合计", "违约金", "状态", "抄表"
SUM, DAILY, YEAR = "总计", "平均每天", "年累计"
ESTIMATED = "本期为估抄（没有抄到实际示数）"
TIERS = ("", "第一档", "第二档", "第三档")
BILL_TITLE, BILLS_TITLE, USAGE_TITLE, CHART_TITLE = (
    "{month}电费账单",
    "{months}电费",
    "{months}用电量",
    "{months}用电量",
)
FOOTER = "来源：{source}；更新于{as_of}"
CHART_ALT = "{months}用电量柱状图（度）:{bars}"
# How many months a chart has when no period was named.
CHART_MONTHS = 12


def show_bill(turn: Turn, account: Account, bill: Bill) -> None:
    title = BILL_TITLE.format(month=zh.say_month(bill.period, turn.now.date()))
    rows = [(HOLDER, account.holder_masked), (NUMBER, bill.account_no), *_use(bill), *map(_item, bill.items)]
    rows.append((TOTAL, zh.say_money(bill.total)))
    if bill.late_fee:
        rows.append((LATE_FEE, zh.say_money(bill.late_fee)))
    rows.append((STATUS, _status(bill)))
    turn.show_card(title, rows, footer(bill.source, bill.as_of, turn.now))


def show_bills(turn: Turn, bills: Sequence[Bill]) -> None:
    """One line a month, and the sum."""
    today = turn.now.date()
    rows = [(zh.say_month(bill.period, today), _line(bill)) for bill in bills]
    kwh, total = sum(bill.kwh for bill in bills), sum(bill.total for bill in bills)
    rows.append((SUM, f"{total:.2f}元({kwh:f}度)"))
    title = BILLS_TITLE.format(months=bill_period.say([bill.period for bill in bills], today))
    turn.show_card(title, rows, footer(bills[-1].source, bills[-1].as_of, turn.now))


def show_usage(turn: Turn, bills: Sequence[Bill]) -> None:
    """One month in detail, or several with their sum; without money."""
    today = turn.now.date()
    last = bills[-1]
    if len(bills) == 1:
        rows = [*_use(last), (DAILY, f"{last.kwh / last.days:.1f}度")]
    else:
        rows = [(zh.say_month(bill.period, today), zh.say_kwh(bill.kwh)) for bill in bills]
        rows.append((SUM, f"{sum(bill.kwh for bill in bills):f}度"))
    title = USAGE_TITLE.format(months=bill_period.say([bill.period for bill in bills], today))
    turn.show_card(title, rows, footer(last.source, last.as_of, turn.now))


def show_chart(turn: Turn, bills: Sequence[Bill], highlight: str | None = None) -> None:
    """Bars in kWh, one a month; `highlight` is a month, else the one with the highest bar."""
    today = turn.now.date()
    high = highlight or max(bills, key=lambda bill: bill.kwh).period
    months = bill_period.say([bill.period for bill in bills], today)
    chart = {
        "title": CHART_TITLE.format(months=months),
        "unit": "kWh",
        "bars": [{"label": bill.period, "value": float(bill.kwh)} for bill in bills],
        "highlight": next((i for i, bill in enumerate(bills) if bill.period == high), None),
    }
    bars = ",".join(f"{zh.say_month(bill.period, today)}{bill.kwh:f}" for bill in bills)
    turn.show_chart(chart, CHART_ALT.format(months=months, bars=bars))


def footer(source: str, as_of: datetime, now: datetime) -> str:
    return FOOTER.format(source=source, as_of=zh.say_time(as_of, now))


def say_due(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _use(bill: Bill) -> list[tuple[str, str]]:
    """Period, readings, energy; then peak and valley, tiers, and whether it was estimated, where there are such."""
    rows = [
        (PERIOD, f"{int(bill.period[:4])}年{int(bill.period[5:])}月({bill.days}天)"),
        (READINGS, f"{bill.reading_start:f} → {bill.reading_end:f}"),
        (USED, zh.say_kwh(bill.kwh)),
    ]
    if bill.kwh_peak is not None and bill.kwh_valley is not None:
        rows.append((PEAK_VALLEY, f"峰段{zh.say_kwh(bill.kwh_peak)},谷段{zh.say_kwh(bill.kwh_valley)}"))
    if bill.tiers:
        parts = [f"{TIERS[tier.tier]}{zh.say_kwh(tier.kwh)}" for tier in bill.tiers if tier.kwh]
        rows.append((LADDER, ",".join(parts)))
    rows.append((YEAR, zh.say_kwh(bill.year_kwh)))
    if bill.estimated:
        rows.append((READ, ESTIMATED))
    return rows


def _item(item: BillItem) -> tuple[str, str]:
    """120 × 0.538 = 64.56元"""
    if item.quantity is None or item.unit_price is None:
        return item.name, zh.say_money(item.amount)
    return item.name, f"{item.quantity:f} × {item.unit_price.normalize():f} = {zh.say_money(item.amount)}"


def _status(bill: Bill) -> str:
    due = say_due(bill.due_on)
    if bill.status is BillStatus.OPEN:
        return f"{bill.status}(请在{due}前交)"
    return f"{bill.status}(应在{due}前交)" if bill.status is BillStatus.OVERDUE else bill.status


def _line(bill: Bill) -> str:
    return f"{zh.say_money(bill.total)}({zh.say_kwh(bill.kwh)}),{bill.status}"
