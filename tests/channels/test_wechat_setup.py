"""The menu and the doctor, as the commands that operators run, against the fake platform."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.wechat import menu
from tests.channels.gateway import fresh_database
from tests.channels.wechat_kit import account
from tests.channels.wechat_platform import Platform
from tests.desk.kit import FakeBot

ROOT = Path(__file__).parents[2]
SECRETS = {f"DIANDA_{name}_SECRET": "0123456789abcdef" for name in ("ACTIONS", "CONSOLE", "UTILITY", "WEBCHAT")}


@pytest.fixture
def platform() -> Iterator[Platform]:
    with Platform() as running:
        yield running


def run(command: str, platform: Platform, **variables: str) -> tuple[int, str]:
    """Exit code, and what was printed."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DIANDA_")}
    done = subprocess.run(
        [sys.executable, "-m", "channels.wechat", command],
        cwd=ROOT,
        env={**plain, **SECRETS, **platform.variables(), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_menu_is_put_up_and_every_entry_says_something(platform: Platform) -> None:
    assert run("menu", platform) == (0, "菜单已放上去:停电服务 · 电费账单 · 在线客服\n")
    assert platform.menu == menu.read()
    keys = [entry["key"] for top in platform.menu["button"] for entry in top["sub_button"]]
    assert all(key.startswith("say:") for key in keys)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "- {name: 一, says: 一}\n- {name: 二, says: 二}\n- {name: 三, says: 三}\n- {name: 四, says: 四}",
        "- {name: 一个太长太长的名字, says: 一}",
        "- {name: 一}",
        "- {name: 一, below: []}",
        "- {name: 一, below: [{name: 二}]}",
    ],
)
def test_a_menu_that_wechat_would_refuse_is_not_sent(text: str, tmp_path: Path) -> None:
    (tmp_path / "menu.yml").write_text(text, encoding="utf-8")
    with pytest.raises(menu.BadMenu):
        menu.read(tmp_path / "menu.yml")


def test_the_doctor_finds_nothing_where_all_is_well(platform: Platform, tmp_path: Path) -> None:
    platform.templates, platform.menu = [{"template_id": "t"}], {"button": []}
    with account(platform, fresh_database(tmp_path), tmp_path, FakeBot()) as ours:
        port = ours.url.split(":")[2].split("/")[0]
        code, said = run("doctor", platform, DIANDA_PORT=port)
    assert (code, said.count("✓"), said.count("✗")) == (0, 6, 0), said


def test_the_doctor_says_what_is_missing_and_how_to_mend_it(platform: Platform) -> None:
    code, said = run("doctor", platform, DIANDA_PORT="1")
    assert code == 1
    assert "还没有菜单:运行 make wechat-menu" in said
    assert "还没有模板" in said
    assert "先启动 make run" in said


@pytest.mark.parametrize(
    ("errcode", "advice"), [(48001, "完成微信认证"), (45009, "次数用完"), (50001, "errcode 50001")]
)
def test_the_doctor_reads_error_codes(platform: Platform, errcode: int, advice: str) -> None:
    platform.errors = [errcode]
    assert advice in run("doctor", platform)[1]


def test_a_wrong_secret_is_named(platform: Platform) -> None:
    code, said = run("doctor", platform, DIANDA_WECHAT_APP_SECRET="wrong0123456789")
    assert code == 1
    assert "AppSecret 不对" in said
    assert "wrong0123456789" not in said


def test_without_wechat_there_is_nothing_to_do(platform: Platform) -> None:
    assert run("doctor", platform, DIANDA_WECHAT_MODE="off")[0] == 1
