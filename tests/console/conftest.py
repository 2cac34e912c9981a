"""The browser of the stories, and the customer in it."""

import shutil
from collections.abc import Iterator

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


@pytest.fixture
def customer(browser: Browser, stack: Stack) -> Iterator[Customer]:
    made = Customer(browser, stack)
    yield made
    made.context.close()
