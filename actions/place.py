"""Where the customer is: a community or street of the gazetteer, and the building in it. Never guessed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from actions.belief import KnownPlace, Matter
from actions.turn import Turn
from utility.models import Place, PlaceKind, PlaceMatch

# A match counts without asking when it is as good as exact and nothing else comes near.
SURE, CLEAR_LEAD = 0.93, 0.05
# After so many places that are not in the gazetteer a form that can live with it takes the words as they are.
PATIENCE = 2
BUILDING_LONGEST = 40


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
    """`free_text`: whether an address that the gazetteer does not know is good enough in the end."""

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
            matter.slots["place"] = asdict(turn.belief.place)
        elif account and account.valid(turn.now):
            _keep(turn, matter, known(await turn.utility.place(account.place_id), account.building))

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        heard = turn.heard
        if chosen := heard.chosen(matter.service, "place"):
            return self._choose(turn, matter, chosen)
        if foreign or not (asked or heard.first("community", "street")):
            return False
        if asked and heard.intent in ("affirm", "deny"):
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
        text, building = turn.heard.text, turn.heard.first("building") or ""
        matches = await turn.utility.find_places(text)
        if place := clear_winner(matches):
            before = of(matter)
            same = before is not None and before.id == place.id
            _keep(turn, matter, known(place, building or (before.building if before and same else "")))
            return True
        if matches:
            matter.slots["candidates"] = [asdict(known(match.place, building)) for match in matches]
            matter.slots.pop("place", None)
            return True
        return self._take_unknown(matter, text) if asked else False

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
    """Building, unit and room; in a village the group and a landmark. One may decline."""

    name: str = "building"

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        place = of(matter)
        return bool(place and place.id and not place.building and not matter.slots.get("building_declined"))

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        place = of(matter)
        if place is None or foreign:
            return False
        if turn.heard.chosen(matter.service, "building"):
            matter.slots["building_declined"] = True
            return True
        building = turn.heard.first("building")
        if building is None and asked and turn.heard.intent not in ("affirm", "deny"):
            building = turn.heard.text.strip().removeprefix(place.name)[:BUILDING_LONGEST]
        if not building or building == place.building:
            return False
        place.building = building
        _keep(turn, matter, place)
        return True

    async def ask(self, turn: Turn, matter: Matter) -> None:
        place = of(matter)
        in_town = place is not None and place.kind == PlaceKind.COMMUNITY and place.area == "城区"
        response = "utter_ask_building" if in_town else "utter_ask_landmark"
        turn.ask(matter, "building", response, [("不方便说", "skip")])


def _keep(turn: Turn, matter: Matter, place: KnownPlace) -> None:
    matter.slots["place"] = asdict(place)
    matter.slots.pop("candidates", None)
    matter.slots.pop("unknown_place", None)
    turn.belief.place = place
