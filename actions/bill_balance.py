"""What is owed now, what follows when it is paid, and how it can be paid. Never a threat, never card data."""

from actions import bill_card, zh
from actions.turn import Turn
from utility.models import Balance, Bill, BillStatus, PaymentWay

TITLE, WAYS_TITLE = "户号{account_no}的欠费情况", "交费方式"
OVERDUE, LATE_FEE, OWED, MONTHS, OPEN, PREPAID = "欠费电费", "违约金", "合计应交", "欠费月份", "待交账单", "预存余额"
OPEN_BILL = "{month}{total}，{due}前交"
WAYS_FOOTER = "来源：{source};{since}起有效"
# The promise about reconnection, by its name in the utility's time limits.
RECONNECTION = "欠费复电"
WAYS, BILL, HUMAN = ("怎么交费", "/payment"), ("看账单", "/bill_query"), ("转人工", "/handoff")


async def tell(turn: Turn, account_no: str, grant: str) -> Balance:
    """State, figures, supply, and what happens after paying."""
    balance = await turn.utility.balance(account_no, grant)
    open_bills = await _open_bills(turn, balance, grant)
    turn.say("utter_balance_owed" if balance.overdue_periods else "utter_balance_clear")
    _card(turn, balance, open_bills)
    if balance.cut_off:
        turn.say("utter_cut_off")
    elif balance.cutoff_on:
        turn.say("utter_cut_off_notice", day=bill_card.say_due(balance.cutoff_on))
    elif balance.overdue_periods:
        turn.say("utter_no_cut_off")
    if balance.overdue_periods or balance.cut_off:
        await _tell_what_follows(turn, balance)
    elif open_bills:
        turn.say("utter_pay_link", url=balance.pay_url, buttons=[WAYS])
    return balance


async def _open_bills(turn: Turn, balance: Balance, grant: str) -> list[Bill]:
    if not balance.open_periods:
        return []
    first, last = min(balance.open_periods), max(balance.open_periods)
    bills = await turn.utility.bills(balance.account_no, first, last, grant)
    return [bill for bill in bills if bill.status is BillStatus.OPEN]


def _card(turn: Turn, balance: Balance, open_bills: list[Bill]) -> None:
    today, rows = turn.now.date(), []
    if balance.overdue_periods:
        rows.append((OVERDUE, zh.say_money(balance.arrears)))
        rows.append((LATE_FEE, zh.say_money(balance.late_fee)))
        rows.append((OWED, zh.say_money(balance.arrears + balance.late_fee)))
        rows.append((MONTHS, "、".join(zh.say_month(month, today) for month in balance.overdue_periods)))
    for bill in open_bills:
        month, total = zh.say_month(bill.period, today), zh.say_money(bill.total)
        rows.append((OPEN, OPEN_BILL.format(month=month, total=total, due=bill_card.say_due(bill.due_on))))
    rows.append((PREPAID, zh.say_money(balance.prepaid)))
    footer = bill_card.footer(balance.source, balance.as_of, turn.now)
    turn.show_card(TITLE.format(account_no=balance.account_no), rows, footer)


async def _tell_what_follows(turn: Turn, balance: Balance) -> None:
    """The promise of reconnection is data; where there is none nothing is promised."""
    limits = await turn.utility.time_limits() if balance.cut_off else []
    limit = next((limit for limit in limits if limit.matter == RECONNECTION), None)
    if limit:
        turn.say("utter_reconnection", limit=limit.text, source=limit.source)
    turn.say("utter_pay_link", url=balance.pay_url, buttons=[WAYS, BILL])


async def tell_ways(turn: Turn) -> None:
    """How to pay: public, so nobody need prove anything; who did gets the link of the account."""
    ways = await turn.utility.payment_ways()
    turn.show_card(WAYS_TITLE, [(way.name, _how(way)) for way in ways], _ways_footer(ways))
    account = turn.belief.account
    if account and account.valid(turn.now):
        balance = await turn.utility.balance(account.account_no, account.grant)
        turn.say("utter_pay_link", url=balance.pay_url, buttons=[("查欠费", "/arrears_reconnect")])
    else:
        turn.say("utter_pay_safely", buttons=[("查欠费", "/arrears_reconnect"), ("查电费", "/bill_query")])


def _how(way: PaymentWay) -> str:
    return f"{way.how}:{way.url}" if way.url else way.how


def _ways_footer(ways: list[PaymentWay]) -> str:
    """Every source once, with the day since when the newest of its rows holds."""
    since = {way.source: max(w.valid_from for w in ways if w.source == way.source) for way in ways}
    return "\n".join(WAYS_FOOTER.format(source=source, since=day.isoformat()) for source, day in since.items())
