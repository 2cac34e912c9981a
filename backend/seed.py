"""`python -m backend.seed URL [--today YYYY-MM-DD]`: fill a migrated database with the demo town, or refresh it."""

import argparse
import asyncio
from datetime import date, datetime

from backend.clock import LOCAL, system_clock
from backend.database import open_database
from backend.town.planting import plant


async def seed(url: str, now: datetime) -> None:
    database = open_database(url)
    try:
        await plant(database, now)
    finally:
        await database.close()


def moment(today: date | None) -> datetime:
    """Now; with `today`, this time of that day."""
    now = system_clock()
    return now if today is None else datetime.combine(today, now.time(), LOCAL)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m backend.seed", description=__doc__)
    parser.add_argument("url", help="sqlite:///var/backend.db or postgresql://…")
    parser.add_argument("--today", type=date.fromisoformat, help="the day that the town takes for today")
    asked = parser.parse_args()
    asyncio.run(seed(asked.url, moment(asked.today)))


if __name__ == "__main__":
    main()
