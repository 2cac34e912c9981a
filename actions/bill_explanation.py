"""Why a bill is so high, as it is told: the comparison, the few reasons, an honest word when there is none."""

from actions import bill_card, zh
from actions.belief import VerifiedAccount
from actions.bill_reasons import Comparison, compared, shown
from actions.turn import Turn

COMPARED_WITH = "和{month}比"
TITLE, TITLE_NOT_HIGHER = "{month}电费为什么高", "{month}电费对比"


async def explain(turn: Turn, month: str, proven: VerifiedAccount) -> None:
    """The bill of `month`, which there is, beside the month before and the same month last year."""
    _tell(turn, await _comparison(turn, month, proven))


async def _comparison(turn: Turn, month: str, proven: VerifiedAccount) -> Comparison:
    before, last_year = zh.month_before(month), zh.month_before(month, 12)
    bills = await turn.utility.bills(proven.account_no, last_year, month, proven.grant)
    by_month = {bill.period: bill for bill in bills}
    return Comparison(by_month[month], by_month.get(before), by_month.get(last_year))


def _tell(turn: Turn, comparison: Comparison) -> None:
    today, bill = turn.now.date(), comparison.bill
    others = [other for other in (comparison.before, comparison.last_year) if other]
    rows = [(COMPARED_WITH.format(month=zh.say_month(other.period, today)), compared(bill, other)) for other in others]
    title = (TITLE if comparison.base else TITLE_NOT_HIGHER).format(month=zh.say_month(bill.period, today))
    footer = bill_card.footer(bill.source, bill.as_of, turn.now)
    turn.show_card(title, [*rows, *shown(comparison.reasons())], footer)
    _conclude(turn, comparison)


def _conclude(turn: Turn, comparison: Comparison) -> None:
    """The one sentence that sums it up."""
    bill, reasons = comparison.bill, comparison.reasons()
    month = zh.say_month(bill.period, turn.now.date())
    if bill.estimated:
        turn.say("utter_dispute_estimated", month=month)
    elif not (comparison.before or comparison.last_year):
        turn.say("utter_dispute_nothing_to_compare", month=month)
    elif comparison.unexplained:
        turn.say("utter_dispute_unexplained")
    elif comparison.base is None:
        turn.say("utter_dispute_not_higher", month=month)
    elif not reasons:
        turn.say("utter_dispute_nothing_stands_out")
    elif comparison.base is comparison.before:
        turn.say("utter_dispute_main", reason=reasons[0].label)
    else:
        turn.say("utter_dispute_main_last_year", reason=reasons[0].label)
