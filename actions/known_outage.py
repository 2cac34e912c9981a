"""The known outage that a report may be about: looked up as soon as the place is known, and asked about once."""

import re
from dataclasses import dataclass
from typing import Any, Final

from actions import place as places
from actions import zh
from actions.belief import KnownPlace, Matter
from actions.symptom import NO_POWER, TRIPPED, sign
from actions.turn import Turn
from utility.errors import UtilityUnavailable
from utility.models import Outage, OutageKind, OutageStatus

ANSWERS: Final = (("是，等恢复", "wait"), ("不是，继续报修", "other"), ("一起登记", "join"))
UNKNOWN_EXPECTED: Final = "暂时还不能确定"
UNDER_WAY: Final = "核实中"
JOIN: Final = re.compile(r"登记|报上|也报|一起")
OTHER_CAUSE: Final = re.compile(r"(?<!是)不(是|像|对|一样)|继续报|要报修|还是报|别人?家?(都)?有电|邻居.{0,3}有电")
WAIT: Final = re.compile(r"^(是|对|嗯|好的?$|好吧|应该是)|等(恢复|着|等|吧|会|一?下)|那就等|不用?报了?$")


@dataclass(frozen=True)
class KnownOutageSlot:
    """Is it this outage? Asked once per outage, as soon as the place lets one fit; saves a needless ticket.

    Kept in `matter.slots["known"]`: `at` (place and block that were looked up), `outage` (its id), `told` (the values
    of the sentence) and `answer` (wait | other | join).
    """

    name: str = "known"

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        place = places.of(matter)
        if place is None or not place.id or not _may_be_outage(matter):
            return False
        undecided = not place.block and not matter.slots.get("building_declined")
        at, known = f"{place.id}/{place.block}/{undecided}", matter.slots.get("known", {})
        if known.get("at") != at:
            outage = await self._ongoing(turn, place, whole=undecided)
            same = outage is not None and known.get("outage") == outage.id
            answer = known["answer"] if same else ""
            known = {"at": at, "outage": outage.id if outage else "", "answer": answer}
            matter.slots["known"] = known | {"told": facts(turn, outage) if outage else {}}
        return bool(known["outage"]) and not known["answer"]

    async def _ongoing(self, turn: Turn, place: KnownPlace, *, whole: bool) -> Outage | None:
        """One that concerns this block; `whole`: only one of the whole place, for the block may still be told."""
        try:
            report = await turn.utility.place_outages(place.id, place.block or None)
        except UtilityUnavailable:
            return None  # a report is taken all the same
        return next(
            (outage for outage in report.outages if _cuts_off(outage) and not (whole and outage.buildings)), None
        )

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        heard, known = turn.heard, matter.slots.get("known")
        if known is None:
            return False
        answer = heard.chosen(matter.service, self.name)
        if answer is None and asked and not foreign:
            answer = _read(heard.text, heard.intent)
        if answer is None:
            return False
        known["answer"] = answer
        if answer == "other" and zh.scope(heard.text) == "一户":
            matter.slots.setdefault("scope", "一户")
        if answer == "join":
            matter.slots.setdefault("symptom", NO_POWER)
            matter.slots.setdefault("scope", "")
        return True

    async def ask(self, turn: Turn, matter: Matter) -> None:
        if matter.question == self.name:
            turn.ask(matter, self.name, "utter_repair_known_again", ANSWERS)
        else:
            turn.ask(matter, self.name, "utter_repair_known", ANSWERS, **matter.slots["known"]["told"])


def facts(turn: Turn, outage: Outage) -> dict[str, Any]:
    """What is told of an outage: values of utter_repair_known and utter_repair_attached."""
    progress = outage.steps[-1] if outage.steps else None
    return {
        "scope": outage.scope,
        "kind": outage.kind.value,
        "reason": outage.reason,
        "began": zh.say_time(outage.starts_at, turn.now),
        "progress": f"{progress.name}({zh.say_time(progress.at, turn.now)})" if progress else UNDER_WAY,
        "expected": zh.say_time(outage.expected_at, turn.now) if outage.expected_at else UNKNOWN_EXPECTED,
        "as_of": zh.say_time(outage.updated_at, turn.now),
    }


def _may_be_outage(matter: Matter) -> bool:
    """A trouble that is not told yet, or no supply, or a switch that may only seem to have tripped."""
    symptom = matter.slots.get("symptom")
    return not symptom or sign(symptom) in (NO_POWER, TRIPPED)


def _cuts_off(outage: Outage) -> bool:
    """A restriction (有序用电) concerns factories: no household is cut off by it."""
    return outage.status is OutageStatus.ONGOING and outage.kind is not OutageKind.RESTRICTED


def _read(text: str, intent: str) -> str | None:
    said = zh.plain(text)
    if JOIN.search(said):
        return "join"
    if intent == "deny" or OTHER_CAUSE.search(said) or zh.scope(text) == "一户":
        return "other"
    return "wait" if intent in ("affirm", "thanks") or WAIT.search(said) else None
