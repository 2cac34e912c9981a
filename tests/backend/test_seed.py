"""The town: of every kind, the same every time, refreshed without losing what customers did."""

import asyncio
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, Table, func, inspect, select, text

from backend import migrate, seed
from backend.clock import LOCAL
from backend.database import Database, open_database
from backend.schema import upgrade
from backend.tables import AccountRow, Base, BillRow, BindingRow, OutageRow, PlaceRow, TicketRow
from backend.town.demo_accounts import DEMO_ACCOUNTS
from backend.town.gazetteer import read_gazetteer
from backend.town.guide import GUIDE, QUESTIONS, renewed
from backend.town.planting import plant
from backend.town.population import population
from tests.backend.conftest import MONDAY, Town, repair
from utility.errors import NotFound
from utility.models import OutageStatus, SupplyRelation, SupplySource, TariffClass, UsageNature

HOMES = [account.home for account in DEMO_ACCOUNTS] + population(read_gazetteer())


async def dump(database: Database) -> dict[str, list[str]]:
    """Every row of every table, as text, but for the numbers that the database itself gives."""
    async with database.read() as session:
        return {
            table.name: sorted([str(tuple(row)) for row in await session.execute(select(*_own_columns(table)))])
            for table in Base.metadata.sorted_tables
        }


def _own_columns(table: Table) -> list[Column[object]]:
    return [column for column in table.columns if column.autoincrement is not True]


async def newest_period(url: str) -> str | None:
    database = open_database(url)
    async with database.read() as session:
        newest = await session.scalar(select(func.max(BillRow.period)))
    await database.close()
    return newest


def test_there_are_accounts_of_every_class() -> None:
    assert len(HOMES) >= 320
    assert {home.tariff for home in HOMES} == set(TariffClass)
    assert {home.relation for home in HOMES} == set(SupplyRelation)
    assert {home.supply for home in HOMES} == set(SupplySource)
    assert {home.nature for home in HOMES} == set(UsageNature)
    assert {home.important_kind for home in HOMES} >= {"医院", "学校"}
    assert all(any(flag(home) for home in HOMES) for flag in (lambda h: h.hardship, lambda h: h.life_support))


def test_numbers_and_phones_are_well_formed_and_unlike() -> None:
    assert len({home.account_no for home in HOMES}) == len(HOMES)
    assert all(len(home.account_no) == 10 and home.account_no.isdigit() for home in HOMES)
    assert all(home.phone.startswith("13800") and len(home.phone) == 11 for home in HOMES)
    assert len({home.phone for home in HOMES}) == len(HOMES)


def test_every_community_has_homes() -> None:
    homes = Counter(home.place_id for home in HOMES)
    assert all(homes[site.id] for site in read_gazetteer().values())


async def test_every_account_has_two_years_of_bills(reading: Town) -> None:
    async with reading.database.read() as session:
        counts = await session.execute(select(func.count()).select_from(BillRow).group_by(BillRow.account_no))
        assert {count for (count,) in counts} == {24}
        assert await session.scalar(select(func.count()).select_from(AccountRow)) == len(HOMES)
        assert await session.scalar(select(func.count()).select_from(PlaceRow)) == len(read_gazetteer())


async def test_seeding_again_changes_nothing(own_town: Town) -> None:
    seeded = []
    for _ in range(2):
        await plant(own_town.database, MONDAY, homes=[])
        seeded.append(await dump(own_town.database))
    assert seeded[0] == seeded[1]
    assert all(seeded[0][name] for name in ("places", "accounts", "bills", "outages", "tickets", "ticket_events"))


async def test_a_newer_day_refreshes_the_town_and_keeps_what_customers_did(own_town: Town) -> None:
    attached = await own_town.client.create_ticket(repair(place_id="C02", address="翠湖苑5栋"), "k1")
    joined = await own_town.client.create_ticket(repair(place_id="C09", address="紫荆公寓1栋"), "k2")
    own_town.clock.forward(days=1)
    await plant(own_town.database, own_town.clock.now, homes=[])
    (fault,) = (await own_town.client.place_outages("C02")).outages
    kept = await own_town.client.ticket(attached.no, "c1")
    assert fault.id == "FT20261124-01"
    assert fault.starts_at == own_town.clock.now - timedelta(minutes=50)
    assert kept.outage_id == attached.outage_id == "FT20261123-01"
    assert (await own_town.client.outage("FT20261123-01")).status is OutageStatus.RESTORED
    assert (await own_town.client.ticket(joined.no, "c1")).no == "RP20261123-9001"
    with pytest.raises(NotFound):
        await own_town.client.outage("FT20261123-02")


async def test_a_bound_account_stays_bound_when_the_town_is_seeded_again(own_town: Town) -> None:
    bound = DEMO_ACCOUNTS[0].home.account_no
    async with own_town.database.write() as session, session.begin():
        session.add(BindingRow(conversation="c", account_no=bound, at=MONDAY))
    await plant(own_town.database, MONDAY + timedelta(hours=1))
    async with own_town.database.read() as session:
        assert list(await session.scalars(select(BindingRow.account_no))) == [bound]


async def test_a_restart_on_the_same_day_does_not_begin_the_fault_anew(own_town: Town) -> None:
    (before,) = (await own_town.client.place_outages("C02")).outages
    own_town.clock.forward(hours=3)
    await plant(own_town.database, own_town.clock.now, homes=[])
    (after,) = (await own_town.client.place_outages("C02")).outages
    assert after.starts_at == before.starts_at
    assert len(after.steps) > len(before.steps)


async def test_seeding_in_the_first_minutes_of_a_day_holds_too(own_town: Town) -> None:
    own_town.clock.set(day=24, hour=0, minute=4)
    await plant(own_town.database, own_town.clock.now, homes=[])
    (restored,) = (await own_town.client.place_outages("C04")).outages
    assert restored.status is OutageStatus.RESTORED
    async with own_town.database.read() as session:
        assert await session.scalar(select(func.count()).where(TicketRow.seeded)) == 3
        assert await session.scalar(select(func.count()).select_from(OutageRow)) == 6


def test_today_can_be_chosen() -> None:
    assert seed.moment(date(2027, 1, 2)).date() == date(2027, 1, 2)
    assert abs(seed.moment(None) - datetime.now(LOCAL)) < timedelta(seconds=5)


def test_the_commands_migrate_and_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'backend.db'}"
    for main, words in ((migrate.main, [url]), (seed.main, [url, "--today", "2026-12-31"])):
        monkeypatch.setattr(sys, "argv", ["python -m …", *words])
        main()
    assert asyncio.run(newest_period(url)) == "2026-11"


# --- the schema -----------------------------------------------------------------------------------------------------


async def test_the_migrations_make_the_tables_of_the_code(reading: Town) -> None:
    async with reading.database.engine.connect() as connection:
        made = await connection.run_sync(_columns)
    declared = {
        table.name: {column.name: column.nullable for column in table.columns} for table in Base.metadata.sorted_tables
    }
    assert made == declared


def _columns(connection: object) -> dict[str, dict[str, bool]]:
    found = inspect(connection)
    names = [name for name in found.get_table_names() if name != "backend_version"]
    return {name: {column["name"]: column["nullable"] for column in found.get_columns(name)} for name in names}


def test_a_database_in_use_is_migrated(tmp_path: Path) -> None:
    """SQLite alters a table by making it anew, while rows refer to it."""
    file = tmp_path / "used.db"
    url = f"sqlite+aiosqlite:///{file}"
    upgrade(url, "0003")
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("INSERT INTO places VALUES ('C1', 'community', '一村', '[]', '东区', '一街', '城区', 3, 1)")
        columns = (
            "'O1', '故障停电', 0, '[]', '一村', '一线', '[]', '电缆', '2026-11-01', NULL, NULL, '2026-11-01', '演示'"
        )
        db.execute(f"INSERT INTO outages VALUES ({columns})")
        db.execute("INSERT INTO outage_places VALUES ('O1', 'C1')")
    upgrade(url)
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT outage_id FROM outage_places").fetchall() == [("O1",)]
        assert db.execute("SELECT scope, drill FROM outages").fetchall() == [("一村", 0)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_migrating_twice_is_no_harm(copied_url: str) -> None:
    upgrade(copied_url)


async def test_sqlite_does_not_make_readers_wait_for_writers(quick: Town) -> None:
    async with quick.database.engine.connect() as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await connection.scalar(text("PRAGMA busy_timeout")) == 5000
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1


# --- the guide ------------------------------------------------------------------------------------------------------


def test_the_guide_lists_what_the_town_has() -> None:
    written = GUIDE.read_text(encoding="utf-8")
    assert written == renewed(written), "run: python -m backend.town.guide"


async def test_the_guides_tails_open_its_accounts(reading: Town) -> None:
    for account in DEMO_ACCOUNTS:
        grant = await reading.grant(account.home.account_no, account.home.tail)
        assert grant.account.account_no == account.home.account_no


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda question: question.place_id)
async def test_the_guides_questions_find_what_it_says(quick: Town, asked: object) -> None:
    assert isinstance(asked, type(QUESTIONS[0]))
    meant = await quick.client.find_places(asked.ask)
    assert meant[0].place.id == asked.place_id
    known = (await quick.client.place_outages(asked.place_id)).outages
    assert [(outage.kind, outage.status) for outage in known] == ([asked.known] if asked.known else [])
