"""Bills, usage, arrears and payment of a proven account, and why a bill is so high."""

import re
from collections.abc import Sequence
from dataclasses import replace

from actions import bill_balance, bill_card, bill_explanation, bill_search, card_data, identity, zh
from actions.belief import Matter, VerifiedAccount
from actions.bill_period import PeriodSlot
from actions.form import Form
from actions.identity import IdentitySlot
from actions.turn import Turn, command
from utility.errors import NotAllowed
from utility.models import Account, Bill, SupplyRelation, TariffClass

BILL, DISPUTE, PAYMENT, ARREARS, USAGE = "bill_query", "bill_dispute", "payment", "arrears_reconnect", "usage_query"
CHECK = (("申请核查", "yes"), ("不用了", "no"))
HUMAN = ("转人工", "/handoff")
SUMMER, WINTER, BETWEEN = "utter_bill_tip_summer", "utter_bill_tip_winter", "utter_bill_tip_any"
TIPS = {6: SUMMER, 7: SUMMER, 8: SUMMER, 9: SUMMER, 11: WINTER, 12: WINTER, 1: WINTER, 2: WINTER}

# Words that say what is wanted, in an answer that also brings an account number.
WISH = re.compile(r"电费|账单|欠|余额|电量|多少度|几度|用了|交费|缴费|怎么交|图|这么(高|多|贵)|太(高|多|贵)|复电")
BALANCE = re.compile(r"余额|预存|剩(多少|几)|还有多少钱")
PAID = re.compile(
    r"(交|缴|充|付|补)(了|过|完|清|齐|上).{0,12}(没到|未到|没收到|还(是|没|不|显示|待|欠)|怎么(还|没)|不到账|没来电|没复电|没电)"
    r"|没到账|重复(交|缴|扣|收)|(交|缴|扣|收)了?(两|2)(遍|次|回|笔)"
)
DAILY = re.compile(r"每天|每日|哪天|昨天|前天|今天|日(用)?电量|小时|凌晨|半夜|上周|这周|礼拜|星期")
UNDERSTOOD = re.compile(r"知道了|明白了|懂了|了解了|清楚了|原来(如此|是)|不(用|必|需要|申请|核)|算了")
ASKS_CHECK = re.compile(r"申请|核查|核实|查一?(查|下)(电?表|清楚)|校(验|表)|登记")
ASKS_PROGRESS = re.compile(r"进度|进展|到哪|怎么样了|结果|上次|之前")


class BillingService(Form):
    name = "billing"
    intents = frozenset({BILL, DISPUTE, PAYMENT, ARREARS, USAGE})
    # 不知道户号, 手机号换了, 查查电表, 申请核查, 知道了: elsewhere wishes of their own, here answers to what was asked.
    kin = frozenset({"bind_account", "transfer_account", "meter_check", "ticket_progress", "notice_receipt"})
    urgency = 2
    slots = (IdentitySlot(), PeriodSlot())

    # --- what is wanted -------------------------------------------------------------------------------------------

    async def begin(self, turn: Turn, matter: Matter) -> None:
        if matter.slots.get("intent") not in self.intents:
            matter.slots["intent"] = BILL
        self._warn(turn)
        self._specify(turn, matter)
        self._soothe(turn, matter)
        await super().begin(turn, matter)

    async def answer(self, turn: Turn, matter: Matter, *, foreign: bool) -> bool:
        if foreign:
            return await self._take(turn, matter, foreign=True)
        if self._warn(turn):
            await self.go_on(turn, matter)
            return True
        if matter.question == "check" and (wanted := _decision(turn)):
            self._decide(turn, matter, wanted)
            return True
        if matter.question == "check" and turn.heard.intent == DISPUTE and not turn.heard.first("period"):
            turn.ask(matter, "check", "utter_ask_bill_check_again", CHECK, ways_out=[HUMAN])
            return True
        took = await self._take(turn, matter, foreign=False)
        renewed = self._renew(turn, matter, took)
        if took or renewed:
            matter.question = None if matter.question == "check" else matter.question
            self._soothe(turn, matter)
            await self.go_on(turn, matter)
        return took or renewed

    def _renew(self, turn: Turn, matter: Matter, took: bool) -> bool:
        """Another wish of this service in the middle; a bare account number is none, whatever the model heard."""
        heard = turn.heard
        if heard.intent not in self.intents or (took and not WISH.search(zh.plain(heard.text))):
            return False
        if not heard.first("period"):
            matter.slots.pop("period", None)
        matter.slots["intent"] = heard.intent
        self._specify(turn, matter)
        return True

    def _specify(self, turn: Turn, matter: Matter) -> None:
        """What the intent alone does not say: the balance is asked for, or money was paid that did not arrive."""
        said = zh.plain(turn.heard.text)
        matter.slots["paid"] = matter.slots["intent"] in (PAYMENT, ARREARS) and bool(PAID.search(said))
        matter.slots["words"] = turn.heard.text if matter.slots["intent"] == DISPUTE or matter.slots["paid"] else ""
        if matter.slots["paid"] or (matter.slots["intent"] == BILL and BALANCE.search(said)):
            matter.slots["intent"] = ARREARS

    def _soothe(self, turn: Turn, matter: Matter) -> None:
        """One sentence of understanding before anything else, once."""
        if zh.is_angry(turn.heard.text) and not matter.slots.get("soothed"):
            matter.slots["soothed"] = True
            turn.say("utter_bill_understanding")

    def _warn(self, turn: Turn) -> bool:
        if not card_data.is_in(turn.heard.text):
            return False
        turn.say("utter_no_card_data")
        # What was sent must not be read as an account number or kept in a ticket.
        turn.heard = replace(turn.heard, text=card_data.without(turn.heard.text), entities=())
        return True

    async def go_on(self, turn: Turn, matter: Matter) -> None:
        if matter.slots["intent"] == PAYMENT:
            matter.question = None
            await bill_balance.tell_ways(turn)
        elif matter.question == "check":
            self._ask_check(turn, matter)
        else:
            await super().go_on(turn, matter)

    async def ask_again(self, turn: Turn, matter: Matter) -> None:
        """An offer is not repeated to somebody who says thank you."""
        if matter.question == "check" and turn.heard.intent in ("thanks", "goodbye"):
            matter.question = None
        else:
            await self.go_on(turn, matter)

    async def complete(self, turn: Turn, matter: Matter) -> None:
        proven = turn.belief.account
        if proven is None:
            raise AssertionError("the identity slot lets nobody through without an account")
        try:
            account = await turn.utility.account(proven.account_no, proven.grant)
            await self._tell(turn, matter, account, proven)
        except NotAllowed:
            identity.expire(turn, matter)
            await self.go_on(turn, matter)

    async def _tell(self, turn: Turn, matter: Matter, account: Account, proven: VerifiedAccount) -> None:
        wish = matter.slots["intent"]
        if account.supply_relation is SupplyRelation.RESOLD:
            turn.say("utter_resold", buttons=[HUMAN])
        elif wish == ARREARS:
            await self._tell_arrears(turn, matter, account, proven)
        elif wish == DISPUTE:
            await self._tell_why(turn, matter, proven)
        elif bills := await bill_search.wanted(turn, matter, proven):
            turn.belief.bill_month = bills[-1].period
            if wish == USAGE:
                await self._tell_usage(turn, bills, proven)
            else:
                self._tell_bills(turn, account, bills)

    # --- bills and usage --------------------------------------------------------------------------------------------

    def _tell_bills(self, turn: Turn, account: Account, bills: Sequence[Bill]) -> None:
        month = bills[-1].period
        buttons = [
            ("近12个月图表", "/usage_query"),
            ("为什么这么高", command(DISPUTE, period=month)),
            ("怎么交费", "/payment"),
        ]
        if len(bills) > 1:
            bill_card.show_bills(turn, bills)
        else:
            bill_card.show_bill(turn, account, bills[0])
        if account.hardship:
            turn.say("utter_hardship_care")
        turn.say(_tip(account, month), buttons=buttons)

    async def _tell_usage(self, turn: Turn, bills: Sequence[Bill], proven: VerifiedAccount) -> None:
        if DAILY.search(zh.plain(turn.heard.text)) or turn.heard.first("date"):
            turn.say("utter_usage_by_month_only")
        bill_card.show_usage(turn, bills)
        highlight = bills[0].period if len(bills) == 1 else None
        if len(bills) == 1:
            first = zh.month_before(bills[0].period, bill_card.CHART_MONTHS - 1)
            bills = await turn.utility.bills(proven.account_no, first, bills[0].period, proven.grant)
        bill_card.show_chart(turn, bills, highlight)

    # --- why so high? -----------------------------------------------------------------------------------------------

    async def _tell_why(self, turn: Turn, matter: Matter, proven: VerifiedAccount) -> None:
        if "period" not in matter.slots and turn.belief.bill_month:
            matter.slots["period"] = turn.belief.bill_month
        bills = await bill_search.wanted(turn, matter, proven)
        if not bills:
            return
        month = turn.belief.bill_month = max(bills, key=lambda bill: bill.total).period
        await bill_explanation.explain(turn, month, proven)
        matter.slots["month"] = month
        self._ask_check(turn, matter)

    # --- arrears ----------------------------------------------------------------------------------------------------

    async def _tell_arrears(self, turn: Turn, matter: Matter, account: Account, proven: VerifiedAccount) -> None:
        balance = await bill_balance.tell(turn, proven.account_no, proven.grant)
        if account.hardship and balance.overdue_periods:
            turn.say("utter_hardship_care", buttons=[HUMAN])
        if turn.belief.vulnerable and (balance.cut_off or balance.cutoff_on):
            turn.say("utter_vulnerable_supply", buttons=[HUMAN])
        if matter.slots["paid"]:
            matter.slots["subject"] = "reconnection" if balance.cut_off else "payment"
            self._ask_check(turn, matter)

    # --- the offer of a check ---------------------------------------------------------------------------------------

    def _ask_check(self, turn: Turn, matter: Matter) -> None:
        response = "utter_ask_payment_check" if matter.slots["paid"] else "utter_ask_bill_check"
        turn.ask(matter, "check", response, CHECK, ways_out=[HUMAN])

    def _decide(self, turn: Turn, matter: Matter, wanted: str) -> None:
        matter.question = None
        if wanted == "no":
            turn.say("utter_bill_check_declined")
            return
        slots = matter.slots
        turn.begin(
            "bill_check",
            intent=slots["intent"],
            account_no=slots["account_no"],
            subject=slots.get("subject", "bill"),
            month=slots.get("month"),
            words=slots.get("words", ""),
        )


def _tip(account: Account, month: str) -> str:
    """One line on saving, by season; homes and businesses can do different things."""
    if account.tariff_class is not TariffClass.RESIDENTIAL:
        return "utter_bill_tip_business"
    return TIPS.get(int(month[5:]), BETWEEN)


def _decision(turn: Turn) -> str | None:
    """yes | no to the offer of a check. "知道了" takes note of the explanation: it applies for nothing."""
    heard, said = turn.heard, zh.plain(turn.heard.text)
    if chosen := heard.chosen(BillingService.name, "check"):
        return chosen
    if heard.intent == "deny" or UNDERSTOOD.search(said):
        return "no"
    applies = ASKS_CHECK.search(said) and not ASKS_PROGRESS.search(said)
    return "yes" if heard.intent == "affirm" or applies else None
