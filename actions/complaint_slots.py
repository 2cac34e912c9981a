"""What a complaint needs beside its story: its class, the scene, and whom to call. Little of it is ever asked for."""

from dataclasses import dataclass
from typing import Final

from actions import grievance, story, zh
from actions.belief import Matter
from actions.place import BuildingSlot, PlaceSlot
from actions.slot import ChoiceSlot, PhoneSlot
from actions.turn import Turn
from utility.models import ComplaintClass

CLASSES: Final = (
    ("服务态度", ComplaintClass.SERVICE),
    ("收费和办事", ComplaintClass.BUSINESS),
    ("停电和抢修", ComplaintClass.OUTAGE),
    ("电压不稳、老停电", ComplaintClass.QUALITY),
    ("施工和线路设备", ComplaintClass.CONSTRUCTION),
)
# These happen somewhere: without the place nothing can be looked into.
SOMEWHERE: Final = (ComplaintClass.OUTAGE, ComplaintClass.QUALITY, ComplaintClass.CONSTRUCTION)


def class_of(matter: Matter) -> ComplaintClass:
    """As the customer chose, else as the story reads."""
    chosen = matter.slots.get("kind")
    return ComplaintClass(chosen) if chosen else grievance.class_of(story.of(matter))


@dataclass(frozen=True)
class ScenePlace(PlaceSlot):
    """Where it happened; asked for only where it matters. A place that the story names later is not the scene."""

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        wanted = class_of(matter) in SOMEWHERE or matter.question == self.name
        return wanted and await super().missing(turn, matter)

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        telling = matter.question in (None, "story")
        if telling and matter.slots.get("place") and not zh.is_correction(turn.heard.text):
            return False
        return await super().take(turn, matter, asked=asked, foreign=foreign)


@dataclass(frozen=True)
class SceneBuilding(BuildingSlot):
    """Taken when it is said, never asked for."""

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return False


@dataclass(frozen=True)
class CallerPhone(PhoneSlot):
    """While somebody tells a story, a number in it is theirs only when they say so: it may be anybody's."""

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        telling = matter.question in (None, "story") and not zh.is_anonymous(turn.heard.text)
        if telling and not grievance.gives_own_phone(turn.heard.text):
            return False
        return await super().take(turn, matter, asked=asked, foreign=foreign)


@dataclass(frozen=True)
class ClassSlot(ChoiceSlot):
    """Read from the story; asked for only when the customer wants another one."""

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        return matter.question == self.name and self.name not in matter.slots
