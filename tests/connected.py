"""The whole system on all its channels, started once for a session: the fixtures `stack`, `wechat` and `telegram`."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.channels.telegram_server import Telegram
from tests.channels.wechat_platform import Platform
from tests.stack import Stack

FRESH = "backend.fresh.db"  # the town as it was seeded


@pytest.fixture(scope="session")
def wechat() -> Iterator[Platform]:
    """The fake WeChat that the stack is connected to."""
    with Platform(sealed=True) as running:
        yield running


@pytest.fixture(scope="session")
def telegram() -> Iterator[Telegram]:
    """The fake Telegram that the stack is connected to."""
    with Telegram() as running:
        yield running


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, wechat: Platform, telegram: Telegram) -> Iterator[Stack]:
    """The whole system on all its channels, started once."""
    folder = tmp_path_factory.mktemp("stack")
    variables = wechat.variables() | telegram.variables() | {"DIANDA_MEDIA_FOLDER": f"{folder}/media"}
    with Stack(folder, variables=variables) as running:
        wechat.callback, telegram.callback = f"{running.url}/wechat", f"{running.url}/telegram"
        _copy(folder / "backend.db", folder / FRESH)
        yield running


def _copy(database: Path, to: Path) -> None:
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)
