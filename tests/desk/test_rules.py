"""What supervisors set is what is read again, on every database."""

from datetime import UTC, datetime

import pytest

from desk.database import Database
from desk.rules import BadRule, RuleStore

NOW = datetime(2026, 11, 28, tzinfo=UTC)


async def test_numbers_words_and_switches_are_read_as_they_were_written(database_url: str) -> None:
    database = Database(database_url)
    rules = RuleStore(database)
    for name, value in {"wait_at_most": 30, "hours_kept": False, "taboo": ["急什么"]}.items():
        await rules.write(name, value, "banzhang", NOW)
    await rules.write("wait_at_most", 45, "banzhang", NOW)
    read = await rules.read()
    assert (read.wait_at_most, read.hours_kept, read.taboo) == (45, False, ("急什么",))
    with pytest.raises(BadRule):
        await rules.write("wait_at_most", 0, "banzhang", NOW)
    await database.close()
