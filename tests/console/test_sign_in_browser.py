"""The console's door in a real browser, on the screen of an office: by keyboard alone, and for everybody."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright, expect

from desk.staff import Agent, Role
from tests.channels.gateway import fresh_database
from tests.channels.test_widget import ARGS
from tests.console.sign_in_kit import House, house

CHROMIUM = shutil.which("chromium")
OWN = "a-word-of-my-own"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database(tmp_path)) as made:
        yield made


@pytest.fixture
async def address(home: House) -> AsyncIterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(home.app, log_level="warning", lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/console"
        server.should_exit = True
        await serving


@pytest.fixture
async def page(address: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        await page.goto(f"{address}/")
        yield page
        await browser.close()


async def types(page: Page, *texts: str) -> None:
    """What is typed goes where the cursor is; each further text into the next field."""
    for text in texts[:-1]:
        await page.keyboard.type(text)
        await page.keyboard.press("Tab")
    await page.keyboard.type(texts[-1])
    await page.keyboard.press("Enter")


async def is_in_order(page: Page, title: str) -> None:
    """The page is there, fits on the screen, and has nothing that keeps anybody from using it."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert await page.evaluate("document.documentElement.scrollHeight") <= 768
    assert (await Axe().run(page)).response["violations"] == []


async def test_a_new_admin_comes_in_by_keyboard_alone(home: House, page: Page) -> None:
    password = await home.sign_in.add(Agent("xin", "新管理员", Role.ADMIN), by="guanli")
    await is_in_order(page, "坐席登录")
    await types(page, "xin", "not the password")
    await expect(page.get_by_role("alert")).to_contain_text("登录名或密码不对")
    await is_in_order(page, "坐席登录")
    await types(page, password)
    await is_in_order(page, "设置密码")
    await types(page, password, OWN, OWN)
    await is_in_order(page, "启用动态口令")
    secret = (await page.get_by_role("group", name="密钥").inner_text()).replace(" ", "")
    await types(page, pyotp.TOTP(secret).at(home.clock()))
    await expect(page.locator("body")).to_have_text("for xin")


async def test_one_signs_out_and_another_in_with_a_code(home: House, page: Page, address: str) -> None:
    await types(page, "kefu", "correct-horse-9")
    await expect(page.locator("body")).to_have_text("for kefu")
    await page.goto(f"{address}/sign-out")
    await is_in_order(page, "退出登录")
    await page.get_by_role("button", name="退出").click()
    await expect(page.get_by_role("status")).to_have_text("您已退出登录。")
    await types(page, "guanli", "correct-horse-9")
    await is_in_order(page, "动态口令")
    await types(page, home.code())
    await expect(page.locator("body")).to_have_text("for guanli")
    await page.goto(f"{address}/people")
    await expect(page.locator("body")).to_have_text("for guanli")
