"""The bills a question is about: of the months named, else the latest; and an honest word where there are none."""

from collections.abc import Sequence

from actions import bill_period, zh
from actions.belief import Matter, VerifiedAccount
from actions.turn import Turn
from utility.models import Bill

# Months in which the latest bill is looked for, and what there is at all.
LOOK_BACK = 24
LATEST, HUMAN = ("看最近一期", "/bill_query"), ("转人工", "/handoff")


async def wanted(turn: Turn, matter: Matter, proven: VerifiedAccount) -> list[Bill]:
    """The bills of the months asked for, else the latest; [] when there are none, which is said."""
    today = turn.now.date()
    months, now = bill_period.asked(matter, today), bill_period.this_month(today)
    past = [month for month in months if month <= now]
    if months and not past:
        turn.say("utter_bill_future", buttons=[LATEST], months=bill_period.say(months, today))
        return []
    if past:
        bills = await turn.utility.bills(proven.account_no, past[0], past[-1], proven.grant)
        bills = [bill for bill in bills if bill.period in past]
        if bills:
            _tell_missing(turn, past, bills)
            return bills
    return await _latest(turn, proven, past)


def _tell_missing(turn: Turn, months: Sequence[str], bills: Sequence[Bill]) -> None:
    """Months without a bill are named; of a long row only when it is in the middle of it."""
    today = turn.now.date()
    missing = [month for month in months if month not in {bill.period for bill in bills}]
    if bill_period.this_month(today) in missing:
        turn.say("utter_bill_not_yet", month=zh.say_month(missing.pop(), today))
    if missing:
        turn.say("utter_bill_missing", months=bill_period.say(missing, today))


async def _latest(turn: Turn, proven: VerifiedAccount, asked: Sequence[str]) -> list[Bill]:
    """The latest bill, also for a month that is not over yet; for a month without a bill: what there is."""
    today = turn.now.date()
    now = bill_period.this_month(today)
    bills = await turn.utility.bills(proven.account_no, zh.month_before(now, LOOK_BACK), now, proven.grant)
    if not bills:
        turn.say("utter_bill_never", buttons=[HUMAN])
        return []
    if list(asked) == [now]:
        turn.say("utter_bill_not_yet", month=zh.say_month(now, today))
    elif asked:
        first, last = (zh.say_month(bill.period, today) for bill in (bills[0], bills[-1]))
        months = bill_period.say(asked, today)
        turn.say("utter_bill_none", buttons=[LATEST], months=months, first=first, last=last)
        return []
    return bills[-1:]
