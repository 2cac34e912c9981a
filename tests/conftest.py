"""What every test package may use, and which tests stay together when several processes share the work."""

import re
from pathlib import Path

import pytest

from tests.postgres import postgres

__all__ = ["postgres"]

pytest_plugins = ["tests.stack", "tests.connected"]

HERE = Path(__file__).parent
# These share a town that takes longer to seed, twice, than their tests take to run; all others go file by file. Two
# halves, so that two processes have work.
TOGETHER = ("backend",)
OUTAGES = re.compile(
    r"test_(plan|notice|incident|cluster|alarm|audience|reliab|confirm|compens|deprec|appliance|subscr|emerg)"
)


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in a hook of the same name
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        place = item.path.relative_to(HERE)
        half = ":outages" if OUTAGES.match(item.path.name) else ""
        group = f"{place.parts[0]}{half}" if place.parts[0] in TOGETHER else str(place)
        item.add_marker(pytest.mark.xdist_group(group))
