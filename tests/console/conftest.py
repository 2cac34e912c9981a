"""The browser of the stories, and the customer in it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.channels.test_widget import ARGS
from tests.console.acting import Customer
from tests.stack import Stack


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def nobody_waits(request: pytest.FixtureRequest) -> Iterator[None]:
    """A story that failed leaves nobody in the queue of the next."""
    yield
    if "stack" in request.fixturenames:
        file = request.getfixturevalue("stack").folder / "desk.db"
        with closing(sqlite3.connect(file, timeout=10)) as db, db:
            db.execute("UPDATE handoff SET closed_at = CURRENT_TIMESTAMP, outcome = 'resolved' WHERE closed_at IS NULL")
            db.execute("UPDATE conversation SET status = 'bot', agent = NULL WHERE status <> 'bot'")


@pytest.fixture
def customer(browser: Browser, stack: Stack) -> Iterator[Customer]:
    made = Customer(browser, stack)
    yield made
    made.context.close()
