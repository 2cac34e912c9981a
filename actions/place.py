"""Where the customer is: a community or street of the gazetteer, and the building in it. Never guessed."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from actions import zh
from actions.belief import KnownPlace, Matter
from actions.turn import Heard, Turn
from utility.errors import UtilityUnavailable
from utility.models import Place, PlaceKind, PlaceMatch

# A match counts without asking when it is as good as exact and nothing else comes near.
SURE, CLEAR_LEAD = 0.93, 0.05
# After so many places that are not in the gazetteer a form that can live with it takes the words as they are.
PATIENCE = 2
BUILDING_LONGEST = 40
# An answer that only tells of a trouble is no try at a place or a building.
TROUBLES = frozenset({"repair_report", "outage_query"})
PLACE_LIKE = re.compile(r"小区|社区|苑|园|村|(?<![电线])路|街|大道|公寓|城|院|组|镇|乡|巷|湾|岭|庄|府|号")
BUILDING_LIKE = re.compile(r"[\d一二三四五六七八九十]|楼|栋|幢|座|单元|旁|边|口|对面|附近|组|号")
# Block, unit, floor and room, as the bot's extractor writes them (bot/building.py).
BUILDING_PARTS = re.compile(r"(\w+栋)?(\w+?单元)?(\w+?[层楼])?(\w+室)?")
HOUSE_NUMBER = re.compile(r"[,，\s的]{0,2}(\d{1,4}号)(?!楼|院|线)")
# A block and nothing more: enough for a street light, not for one household's door.
ONLY_BLOCK = re.compile(r"\w+栋")
# 阳光那边: who points somewhere has named it, if only in part.
POINTED_AT = re.compile(r"\w{2}[那这](边|块|片|里|头|一?带)|\w{2}(一带|附近)")
# So few letters beside a building (就3栋) name no place.
BESIDE_BUILDING = 3
DECLINED = re.compile(r"不方便|不(想|愿)?说|不告诉|保密|不知道|不清楚|没必要")


def known(place: Place, building: str = "") -> KnownPlace:
    return KnownPlace(place.id, place.name, place.area, place.kind, building)


def clear_winner(matches: Sequence[PlaceMatch]) -> Place | None:
    """The one place that was meant; None when there are several, or none that is sure."""
    if not matches or matches[0].score < SURE:
        return None
    if len(matches) > 1 and matches[0].score - matches[1].score < CLEAR_LEAD:
        return None
    return matches[0].place


def of(matter: Matter) -> KnownPlace | None:
    """The place a matter is about; its id is empty when it is not in the gazetteer."""
    value = matter.slots.get("place")
    return KnownPlace(**value) if value else None


@dataclass(frozen=True)
class PlaceSlot:
    """`free_text`: whether an address that the gazetteer does not know is good enough in the end.

    Then it is good enough at once while the gazetteer cannot be asked. A building said before its place is kept in
    `matter.slots["building"]` until the place is known.
    """

    response: str = "utter_ask_place"
    free_text: bool = False
    name: str = "place"

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        if not matter.slots.get("place") and not matter.slots.get("candidates") and matter.question != "place":
            await self._remember(turn, matter)
        return not matter.slots.get("place")

    async def _remember(self, turn: Turn, matter: Matter) -> None:
        """The last place of the conversation, else that of the verified account."""
        account = turn.belief.account
        if turn.belief.place:
            said = turn.heard.first("building") or matter.slots.get("building", "")
            before = turn.belief.place.building if "栋" not in said else ""  # of another block nothing else is known
            building = completed(before, said) or turn.belief.place.building
            _keep(turn, matter, replace(turn.belief.place, building=building))
        elif account and account.valid(turn.now):
            try:
                place = await turn.utility.place(account.place_id)
            except UtilityUnavailable:
                return  # the customer is asked
            _keep(turn, matter, known(place, account.building))

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        heard = turn.heard
        if chosen := heard.chosen(matter.service, "place"):
            return self._choose(turn, matter, chosen)
        named = heard.first("community", "street")
        hinted = matter.question is None and not of(matter) and POINTED_AT.search(heard.text)
        if foreign or not (asked or named or hinted) or not heard.text:
            return False
        if heard.intent in ("affirm", "deny") and not named:
            return False
        return await self._find(turn, matter, asked=asked)

    def _choose(self, turn: Turn, matter: Matter, chosen: str) -> bool:
        candidates = matter.slots.pop("candidates", [])
        picked = next((c for c in candidates if c["id"] == chosen), None)
        if picked:
            _keep(turn, matter, KnownPlace(**picked))
        else:
            matter.slots["unknown_place"] = matter.slots.get("unknown_place", 0) + 1
        return True

    async def _find(self, turn: Turn, matter: Matter, *, asked: bool) -> bool:
        text = zh.meant(turn.heard.text)
        building = turn.heard.first("building") or matter.slots.get("building", "")
        try:
            matches = await turn.utility.find_places(text)
        except UtilityUnavailable:
            if not self.free_text:
                raise
            return _take_words(turn.heard, matter, building, asked=asked)
        if place := clear_winner(matches):
            before = of(matter)
            same = before is not None and before.id == place.id
            _keep(turn, matter, known(place, completed(before.building if before and same else "", building)))
            return True
        if matches:
            matter.slots["candidates"] = [asdict(known(match.place, building)) for match in matches]
            matter.slots.pop("place", None)
            return True
        return self._take_unknown(matter, text) if asked and not _other_fact(turn.heard) else False

    def _take_unknown(self, matter: Matter, text: str) -> bool:
        tries = matter.slots["unknown_place"] = matter.slots.get("unknown_place", 0) + 1
        if self.free_text and tries >= PATIENCE:
            matter.slots["place"] = asdict(KnownPlace("", text[:BUILDING_LONGEST], ""))
        return True

    async def ask(self, turn: Turn, matter: Matter) -> None:
        if candidates := matter.slots.get("candidates"):
            choices = [(candidate["name"], candidate["id"]) for candidate in candidates]
            turn.ask(matter, "place", "utter_which_place", [*choices, ("都不是", "none")])
        elif matter.slots.get("unknown_place"):
            turn.ask(matter, "place", "utter_place_unknown")
        else:
            turn.ask(matter, "place", self.response)


@dataclass(frozen=True)
class BuildingSlot:
    """Building, unit and room; in a village the group and a landmark. One may decline.

    When one household alone is in trouble, its block is not enough: unit and room are asked for, once.
    """

    name: str = "building"

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        place = of(matter)
        if not (place and place.id) or matter.slots.get("building_declined"):
            return False
        return not place.building or (_lacks_door(place, matter) and not matter.slots.get("door_asked"))

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        place, heard = of(matter), turn.heard
        if foreign:
            return False
        said = heard.first("building") or ""
        if place is None:
            matter.slots.update({"building": completed(matter.slots.get("building", ""), said)} if said else {})
            return bool(said)
        if heard.chosen(matter.service, "building") or (asked and not said and DECLINED.search(heard.text)):
            matter.slots["building_declined"] = True
            return True
        if take_building(turn, matter):
            return True
        if said or not asked or heard.intent in ("affirm", "deny") or _about_other_things(heard):
            return False
        said = heard.text.strip().removeprefix(place.name)
        place.building = (place.building + said if _lacks_door(place, matter) else said)[:BUILDING_LONGEST]
        _keep(turn, matter, place)
        return bool(place.building)

    async def ask(self, turn: Turn, matter: Matter) -> None:
        place = of(matter)
        if place and _lacks_door(place, matter):
            matter.slots["door_asked"] = True
            turn.ask(matter, "building", "utter_ask_door", [("不方便说", "skip")], building=place.building)
            return
        in_town = place is not None and place.kind == PlaceKind.COMMUNITY and place.area == "城区"
        response = "utter_ask_building" if in_town else "utter_ask_landmark"
        turn.ask(matter, "building", response, [("不方便说", "skip")])


def _lacks_door(place: KnownPlace, matter: Matter) -> bool:
    alone = matter.slots.get("scope") == "一户" and place.kind == PlaceKind.COMMUNITY
    return alone and ONLY_BLOCK.fullmatch(place.building) is not None


def completed(before: str, said: str) -> str:
    """A building with what is said of it later: 3栋, then 2单元501室, is 3栋2单元501室. A new part replaces the old."""
    old, new = BUILDING_PARTS.fullmatch(before), BUILDING_PARTS.fullmatch(said)
    if not (old and new and said):
        return said or before
    return "".join(now or then or "" for then, now in zip(old.groups(), new.groups(), strict=True))


def take_building(turn: Turn, matter: Matter) -> bool:
    """A building said of the place that is known; False when there is none, or nothing new."""
    place, said = of(matter), turn.heard.first("building") or _house_number(turn.heard)
    building = completed(place.building, said) if place else ""
    if place is None or not said or building == place.building or said in place.name:
        return False
    place.building = building
    _keep(turn, matter, place)
    return True


def _house_number(heard: Heard) -> str:
    """澜湾大道88号, 石桥村,36号: the number right behind the name of a place."""
    behind = (heard.text[entity.end :] for entity in heard.entities if entity.name in ("community", "street"))
    found = next(filter(None, map(HOUSE_NUMBER.match, behind)), None)
    return found[1] if found else ""


def forget_building(turn: Turn, matter: Matter) -> None:
    """Empty the building so that it is asked for again; the place stays."""
    if place := of(matter):
        place.building = ""
        _keep(turn, matter, place)
    matter.slots.pop("building_declined", None)


def _take_words(heard: Heard, matter: Matter, building: str, *, asked: bool) -> bool:
    """The gazetteer is away: the address as the customer says it, not remembered for other matters."""
    words = heard.text.strip() if asked else (heard.first("community", "street") or "") + building
    matter.slots["place"] = asdict(KnownPlace("", words[:BUILDING_LONGEST], ""))
    return True


def _other_fact(heard: Heard) -> bool:
    """Whether a text without a known place tells something else, so that it is no try at naming one."""
    building = sum(entity.end - entity.start for entity in heard.entities if entity.name == "building")
    only_building = building > 0 and len(heard.text) - building <= BESIDE_BUILDING
    trouble = heard.intent in TROUBLES and not PLACE_LIKE.search(heard.text)
    return only_building or trouble or bool(heard.first("phone", "symptom", "scope"))


def _about_other_things(heard: Heard) -> bool:
    """Whether an answer without a building is none: it corrects the place, or tells of phone or trouble."""
    corrects = zh.is_correction(heard.text) and heard.first("community", "street") is not None
    trouble = heard.intent in TROUBLES and not BUILDING_LIKE.search(heard.text)
    told = heard.first("phone", "symptom", "scope") or zh.scope(heard.text) in ("一户", "整栋")
    return corrects or trouble or bool(told)


def _keep(turn: Turn, matter: Matter, place: KnownPlace) -> None:
    matter.slots["place"] = asdict(place)
    matter.slots.pop("candidates", None)
    matter.slots.pop("unknown_place", None)
    matter.slots.pop("building", None)
    if place.id:
        turn.belief.place = place
