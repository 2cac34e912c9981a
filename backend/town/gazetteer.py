"""Places of the town from `data/lexicon/places.yml`, and the transformer areas and feeders behind them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from backend.tables import Row

PLACES_FILE: Final = Path(__file__).resolve().parents[2] / "data" / "lexicon" / "places.yml"
BUILDINGS_PER_AREA: Final = 6


@dataclass(frozen=True)
class Site:
    """A place as the file has it; a street has no buildings and lies on itself."""

    id: str
    kind: str
    name: str
    aliases: tuple[str, ...]
    district: str
    street: str
    area: str
    buildings: int
    position: int

    @property
    def feeder(self) -> str:
        return f"10千伏{self.street.removesuffix('路').removesuffix('街').removesuffix('大道')}线"

    def transformer_area(self, building: int = 0) -> str:
        """One transformer for six buildings; one for a village or a street."""
        number = (building - 1) // BUILDINGS_PER_AREA + 1 if building else 1
        return f"{self.name}{number}号公变"

    def transformer_areas(self) -> list[str]:
        return sorted({self.transformer_area(number) for number in range(1, self.buildings + 1)}) or [
            self.transformer_area()
        ]

    def row(self) -> Row:
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "aliases": list(self.aliases),
            "district": self.district,
            "street": self.street,
            "area": self.area,
            "buildings": self.buildings,
            "position": self.position,
        }


Gazetteer = dict[str, Site]


def read_gazetteer(file: Path = PLACES_FILE) -> Gazetteer:
    """Sites by id, in the file's order."""
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))["places"]
    return {entry["id"]: _site(entry, position) for position, entry in enumerate(entries)}


def _site(entry: Row, position: int) -> Site:
    return Site(
        id=entry["id"],
        kind=entry["kind"],
        name=entry["name"],
        aliases=tuple(entry.get("aliases", [])),
        district=entry["district"],
        street=str(entry.get("street", entry["name"])),
        area=entry["area"],
        buildings=entry.get("buildings", 0),
        position=position,
    )


def transformer_rows(gazetteer: Gazetteer) -> list[Row]:
    return [
        {"name": name, "place_id": site.id, "feeder": site.feeder}
        for site in gazetteer.values()
        for name in site.transformer_areas()
    ]
