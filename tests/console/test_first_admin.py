"""The command that makes the first administrator."""

import asyncio
import re
import sqlite3
from pathlib import Path

import pytest

from console.first_admin import main
from desk.database import Database
from desk.sign_in import SignIn, must_set_up
from desk.staff import Role
from tests.desk.kit import Clock

SECRETS = ("CONSOLE_SECRET", "ACTIONS_SECRET", "UTILITY_SECRET", "WEBCHAT_SECRET")


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of a database that is not there yet; the settings are in the environment."""
    made = f"sqlite+aiosqlite:///{tmp_path}/desk.db"
    monkeypatch.setenv("DIANDA_DATABASE_URL", made)
    for number, name in enumerate(SECRETS):
        monkeypatch.setenv(f"DIANDA_{name}", f"a-secret-of-the-tests-only-number-{number}")
    return made


def password_in(text: str) -> str:
    found = re.search(r"一次性密码：(\S+)", text)
    assert found
    return found[1]


async def signed_in(url: str, name: str, password: str) -> tuple[Role, bool]:
    database = Database(url)
    session = await SignIn(database, Clock()).sign_in(name, password)
    await database.close()
    return session.agent.role, must_set_up(session.agent)


def test_it_prints_a_password_with_which_one_begins(
    url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["boss"]) == 0
    password = password_in(capsys.readouterr().out)
    assert asyncio.run(signed_in(url, "boss", password)) == (Role.ADMIN, True)
    assert password.encode() not in (tmp_path / "desk.db").read_bytes()


def test_there_is_one_first_administrator(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["boss"]) == 0
    assert main(["other"]) == 1
    assert "已经有管理员：boss" in capsys.readouterr().err


def test_after_the_last_one_left_there_is_a_first_one_again(url: str, tmp_path: Path) -> None:
    assert main(["boss"]) == 0
    with sqlite3.connect(tmp_path / "desk.db") as db:
        db.execute("UPDATE agent SET active = 0")
    db.close()
    assert main(["other"]) == 0


def test_an_administrator_who_lost_everything_begins_anew(
    url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["boss"]) == 0
    before = password_in(capsys.readouterr().out)
    with sqlite3.connect(tmp_path / "desk.db") as db:
        db.execute("UPDATE agent SET must_change = 0, totp = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'")
    db.close()
    assert main(["--reset", "boss"]) == 0
    after = password_in(capsys.readouterr().out)
    assert after != before
    assert asyncio.run(signed_in(url, "boss", after)) == (Role.ADMIN, True)


@pytest.mark.parametrize(
    ("arguments", "said"), [(["--reset", "nobody"], "不是在用的管理员"), (["has space"], "不合适"), (["<b>"], "不合适")]
)
def test_what_cannot_be_done_is_told(
    url: str, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 1
    assert said in capsys.readouterr().err


def test_a_missing_setting_is_told_in_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SECRETS:
        monkeypatch.delenv(f"DIANDA_{name}", raising=False)
    assert main(["boss"]) == 1
    assert "DIANDA_" in capsys.readouterr().err
