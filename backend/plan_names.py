"""Scopes as people write them: 10千伏翠湖线, 阳光花园2号公变, 翠湖苑3栋、5-7栋."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import plan_wording as say
from backend.buildings import building_of
from backend.places import every_place
from backend.problems import Invalid
from backend.tables import TransformerAreaRow
from utility.plans import PlanScope

MOST: Final = 200
_RANGE: Final = re.compile(r"(\d{1,3})\s*(?:栋|号楼|幢|座)?\s*[-–—~至到]\s*(\d{1,3})\s*(?:栋|号楼|幢|座)")
_ONE: Final = re.compile(r"(\d{1,3}|[A-Za-z])\s*(?:栋|幢|座|号楼|#楼?)")


@dataclass(frozen=True)
class PlaceNames:
    """Ids by name and alias; a name may belong to several places."""

    ids: dict[str, frozenset[str]]

    @classmethod
    async def read(cls, session: AsyncSession) -> Self:
        found: dict[str, set[str]] = {}
        for row in await every_place(session):
            for name in (row.name, *row.aliases):
                found.setdefault(name, set()).add(row.id)
        return cls({name: frozenset(ids) for name, ids in found.items()})

    def whole(self, text: str) -> str | None:
        """The place of exactly this name. Invalid when there are several."""
        ids = self.ids.get(text, frozenset())
        if len(ids) > 1:
            raise Invalid(say.SAME_NAME.format(name=text))
        return next(iter(ids), None)

    def head(self, text: str) -> tuple[str, str] | None:
        """The place that the text begins with, the longest name first, and the rest."""
        for end in range(len(text) - 1, 0, -1):
            if place := self.whole(text[:end]):
                return place, text[end:]
        return None


async def scope_of(session: AsyncSession, named: list[str], names: PlaceNames) -> PlanScope:
    """Invalid for a name that is nothing. A building without its place belongs to the place before it."""
    feeders, areas = list[str](), list[str]()
    wholes, parts, buildings = list[str](), list[str](), list[str]()
    for text in named:
        if place := names.whole(text):
            wholes.append(place)
        elif area := await _behind(session, text):
            (feeders if area.feeder == text else areas).append(text)
        else:
            head, rest = names.head(text) or (parts[-1] if parts else "", text)
            own = _buildings(rest)
            if not head or not own:
                raise Invalid(say.BAD_SCOPE.format(name=text[:20]))
            parts.append(head)
            buildings += own
    if parts and (wholes or len(set(parts)) > 1):
        raise Invalid(say.BUILDINGS_ALONE)
    places = list(dict.fromkeys(wholes + parts))
    return PlanScope(feeders=feeders, transformer_areas=areas, place_ids=places, buildings=buildings)


async def _behind(session: AsyncSession, text: str) -> TransformerAreaRow | None:
    """A transformer area of this name, or one of the line of this name."""
    named = or_(TransformerAreaRow.feeder == text, TransformerAreaRow.name == text)
    return await session.scalar(select(TransformerAreaRow).where(named).limit(1))


def _buildings(text: str) -> list[str]:
    """3栋; 5-7栋 are three."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if found := _RANGE.fullmatch(plain):
        first, last = int(found[1]), int(found[2])
        return [f"{number}栋" for number in range(first, min(last, first + MOST) + 1)]
    return [building_of(plain)] if _ONE.fullmatch(plain) else []
