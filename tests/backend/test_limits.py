"""Promises are rows: by area, by region, by the day since when they hold."""

from datetime import date

from sqlalchemy import insert

from backend.tables import TimeLimitRow
from tests.backend.conftest import Town
from utility.models import Area


async def add_limit(town: Town, **changed: object) -> None:
    row = {
        "matter": "到达现场",
        "region": "",
        "area": "城区",
        "valid_from": date(2023, 1, 1),
        "minutes": 45,
        "working_days": None,
        "text": "",
        "source": "测试",
        "position": 0,
    }
    async with town.database.write() as session, session.begin():
        await session.execute(insert(TimeLimitRow).values(**row | changed))


async def arrival(town: Town) -> int | None:
    limits = await town.client.time_limits(Area.CITY)
    (limit,) = [limit for limit in limits if limit.matter == "到达现场"]
    return limit.minutes


async def test_an_area_has_its_own_promises_and_those_for_all(reading: Town) -> None:
    city = {limit.matter: limit for limit in await reading.client.time_limits("城区")}
    rural = {limit.matter: limit for limit in await reading.client.time_limits("农村")}
    assert (city["到达现场"].minutes, rural["到达现场"].minutes) == (45, 90)
    assert city["投诉答复"].working_days == rural["投诉答复"].working_days == 5
    assert len([limit for limit in await reading.client.time_limits() if limit.matter == "到达现场"]) == 3


async def test_every_promise_is_either_minutes_or_working_days_and_has_a_source(reading: Town) -> None:
    for limit in await reading.client.time_limits():
        assert (limit.minutes is None) != (limit.working_days is None)
        assert limit.text
        assert limit.source


async def test_a_newer_row_replaces_an_older_one_from_its_day_on(own_town: Town) -> None:
    await add_limit(own_town, minutes=40, valid_from=date(2026, 11, 25))
    assert await arrival(own_town) == 45
    own_town.clock.set(day=25)
    assert await arrival(own_town) == 40


async def test_the_own_regions_row_goes_before_a_newer_one_for_everywhere(own_town: Town) -> None:
    await add_limit(own_town, minutes=30, region="澜湾市", valid_from=date(2024, 1, 1))
    await add_limit(own_town, minutes=50, valid_from=date(2025, 1, 1))
    await add_limit(own_town, minutes=10, region="别处", valid_from=date(2025, 1, 1))
    assert await arrival(own_town) == 30
