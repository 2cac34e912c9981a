"""Outage queries: what is known of a place, and where nothing is known, whose trouble it is."""

from collections.abc import Sequence
from datetime import date

from actions import place as places
from actions import zh
from actions.belief import KnownPlace, Matter
from actions.labels import SCOPES
from actions.place import PlaceSlot
from actions.turn import Turn
from utility.errors import NotFound
from utility.models import Outage, OutageKind, OutageReport, OutageStatus

# How many outages one answer tells of; more would not be read on a phone.
AT_MOST = 3
RESPONSES = {
    (OutageKind.FAULT, OutageStatus.ONGOING): "utter_outage_fault",
    (OutageKind.PLANNED, OutageStatus.ONGOING): "utter_outage_planned_now",
    (OutageKind.PLANNED, OutageStatus.ANNOUNCED): "utter_outage_planned",
    (OutageKind.TEMPORARY, OutageStatus.ONGOING): "utter_outage_planned_now",
    (OutageKind.TEMPORARY, OutageStatus.ANNOUNCED): "utter_outage_planned",
    (OutageKind.RESTRICTED, OutageStatus.ONGOING): "utter_outage_restricted",
    (OutageKind.RESTRICTED, OutageStatus.ANNOUNCED): "utter_outage_restricted",
}
# An account's place is not said: the number alone proves nothing.
OF_ACCOUNT = "该户号所在区域"
SELF_CHECK = (("来电了", "solved"), ("还是没电，报修", "repair"))


class OutageService:
    name = "outage"
    intents = frozenset({"outage_query", "outage_plan_query"})
    # 还是没电 answers whether the self-check helped; 没电了 repeats what is being looked into.
    kin = frozenset({"notice_receipt", "repair_report", "repair_progress"})
    urgency = 5

    def __init__(self) -> None:
        self._place = PlaceSlot(response="utter_ask_place_outage")

    async def begin(self, turn: Turn, matter: Matter) -> None:
        matter.slots.setdefault("planned", turn.heard.intent == "outage_plan_query")
        day = zh.asked_day(turn.heard.first("date"), turn.heard.text, turn.now.date())
        if day:
            matter.slots["day"] = day.isoformat()
        if scope := turn.heard.first("scope"):
            matter.slots["scope"] = scope
        turn.belief.phone = turn.heard.first("phone") or turn.belief.phone
        await self._take_place(turn, matter, asked=False)
        await self._go_on(turn, matter)

    async def answer(self, turn: Turn, matter: Matter, *, foreign: bool) -> bool:
        if foreign:
            return False
        turn.belief.phone = turn.heard.first("phone") or turn.belief.phone
        if matter.question == "scope" and (scope := self._scope(turn)):
            self._triage(turn, matter, scope)
            return True
        if matter.question == "check" and (outcome := self._checked(turn)):
            self._after_check(turn, matter, outcome)
            return True
        if not await self._take_place(turn, matter, asked=matter.question == "place"):
            return False
        await self._go_on(turn, matter)
        return True

    async def ask_again(self, turn: Turn, matter: Matter) -> None:
        if matter.question == "scope":
            turn.ask(matter, "scope", "utter_ask_scope", SCOPES)
        elif matter.question == "check":
            turn.ask(matter, "check", "utter_ask_checked", SELF_CHECK)
        else:
            await self._place.ask(turn, matter)

    def listens(self, matter: Matter) -> bool:
        return False

    async def _take_place(self, turn: Turn, matter: Matter, *, asked: bool) -> bool:
        """A place, or an account number: outages are public, so a number needs no second factor here."""
        if number := turn.heard.first("account_no") or (zh.account_no(turn.heard.text) if asked else None):
            matter.slots["account_no"] = turn.belief.account_no = number
            return True
        took = await self._place.take(turn, matter, asked=asked, foreign=False)
        return took or (places.of(matter) is not None and places.take_building(turn, matter))

    async def _go_on(self, turn: Turn, matter: Matter) -> None:
        matter.question = None
        if number := matter.slots.pop("account_no", None):
            await self._report_account(turn, matter, number)
        elif await self._place.missing(turn, matter) or not (place := places.of(matter)):
            await self._place.ask(turn, matter)
        else:
            await self._report_place(turn, matter, place)

    # --- telling what is known -----------------------------------------------------------------------------------

    async def _report_account(self, turn: Turn, matter: Matter, number: str) -> None:
        try:
            report = await turn.utility.account_outages(number)
        except NotFound:
            turn.ask(matter, "place", "utter_account_unknown")
            return
        await self._tell(turn, matter, report, OF_ACCOUNT)

    async def _report_place(self, turn: Turn, matter: Matter, place: KnownPlace) -> None:
        account = turn.belief.account
        if account and account.valid(turn.now) and account.place_id == place.id:
            balance = await turn.utility.balance(account.account_no, account.grant)
            if balance.cut_off:
                turn.say(
                    "utter_outage_arrears",
                    owed=zh.say_money(balance.arrears + balance.late_fee),
                    url=balance.pay_url,
                    as_of=zh.say_time(balance.as_of, turn.now),
                )
                return
        report = await turn.utility.place_outages(place.id, place.block or None)
        await self._tell(turn, matter, report, place.name + place.block)

    async def _tell(self, turn: Turn, matter: Matter, report: OutageReport, where: str) -> None:
        outages = _about(report.outages, matter)
        for outage in outages[:AT_MOST]:
            _tell_outage(turn, outage)
        if any(outage.status is OutageStatus.ONGOING for outage in outages) or (outages and matter.slots["planned"]):
            return
        as_of = zh.say_time(report.as_of, turn.now)
        if matter.slots["planned"]:
            day = matter.slots.get("day")
            when = zh.say_day(date.fromisoformat(day), turn.now.date()) if day else "近期"
            turn.say("utter_outage_none_planned", where=where, when=when, as_of=as_of)
            return
        for outage in report.outages:
            if outage.status is OutageStatus.RESTORED:
                ended = zh.say_time(outage.ends_at or outage.updated_at, turn.now)
                turn.say("utter_outage_restored", scope=outage.scope, ended=ended, reason=outage.reason)
                break
        else:
            turn.say("utter_outage_none", where=where, as_of=as_of)
        if any(other.service == "repair" and other.question for other in turn.belief.matters):
            matter.question = None  # a report is being made out already: it goes on
        elif scope := matter.slots.get("scope"):
            self._triage(turn, matter, scope)
        else:
            turn.ask(matter, "scope", "utter_ask_scope", SCOPES)

    # --- "only my home?" -----------------------------------------------------------------------------------------

    def _scope(self, turn: Turn) -> str | None:
        heard = turn.heard
        value = heard.chosen(self.name, "scope") or heard.first("scope")
        return value or zh.scope(heard.text)

    def _triage(self, turn: Turn, matter: Matter, scope: str) -> None:
        matter.slots["scope"] = scope
        if scope in ("整栋", "整个小区"):
            self._to_repair(turn, matter)
        else:
            turn.say("utter_outage_self_check")
            turn.ask(matter, "check", "utter_ask_checked", SELF_CHECK)

    def _checked(self, turn: Turn) -> str | None:
        heard = turn.heard
        if chosen := heard.chosen(self.name, "check"):
            return chosen
        if zh.is_power_back(heard.text):
            return "solved"
        dark = heard.intent in ("repair_report", "outage_query", "deny", "notice_receipt")
        return "repair" if dark or zh.is_still_dark(heard.text) else None

    def _after_check(self, turn: Turn, matter: Matter, outcome: str) -> None:
        if outcome == "solved":
            matter.question = None
            turn.say("utter_outage_solved")
        else:
            self._to_repair(turn, matter)

    def _to_repair(self, turn: Turn, matter: Matter) -> None:
        """What is known goes along: nothing is asked twice."""
        known = {key: matter.slots[key] for key in ("place", "scope") if matter.slots.get(key)}
        matter.question = None
        turn.say("utter_outage_to_repair")
        turn.begin("repair", intent="repair_report", symptom="停电", **known)


def _about(outages: Sequence[Outage], matter: Matter) -> list[Outage]:
    """What the question is about: the asked day, the plans, or what is going on now; ongoing first."""
    day = matter.slots.get("day")
    told = [outage for outage in outages if (outage.kind, outage.status) in RESPONSES]
    if day and matter.slots["planned"]:
        told = [outage for outage in told if _touches(outage, date.fromisoformat(day))]
    elif not matter.slots["planned"]:
        told = [outage for outage in told if outage.status is OutageStatus.ONGOING]
    return sorted(told, key=lambda outage: (outage.status is not OutageStatus.ONGOING, outage.starts_at))


def _touches(outage: Outage, day: date) -> bool:
    end = outage.ends_at or outage.expected_at
    if end is None:
        return outage.status is OutageStatus.ONGOING or outage.starts_at.date() == day
    return outage.starts_at.date() <= day <= end.date()


def _tell_outage(turn: Turn, outage: Outage) -> None:
    progress = outage.steps[-1] if outage.steps else None
    turn.say(
        RESPONSES[outage.kind, outage.status],
        kind=outage.kind,
        scope=outage.scope,
        reason=outage.reason,
        began=zh.say_time(outage.starts_at, turn.now),
        window=zh.say_window(outage.starts_at, outage.ends_at, turn.now),
        progress=f"{progress.name}({zh.say_time(progress.at, turn.now)})" if progress else "核实中",
        expected=zh.say_time(outage.expected_at, turn.now) if outage.expected_at else "暂时还不能确定",
        as_of=zh.say_time(outage.updated_at, turn.now),
    )
