"""The widget and the demo page as files, and who may embed them."""

import gzip
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from channels.webchat import allow_origins, pages
from tests.channels.webchat_kit import House

HOME, ELSEWHERE = "https://www.power.example", "https://elsewhere.example"
INDEX, WIDGET = "<!doctype html><title>澜湾供电</title>", "export const name = '电答';\n" * 100


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text(INDEX, encoding="utf-8")
    (tmp_path / "widget.js").write_text(WIDGET, encoding="utf-8")
    return tmp_path


@pytest.fixture
def browser(directory: Path) -> httpx.AsyncClient:
    app = House().app
    app.include_router(pages(directory))
    allow_origins(app, [HOME])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://dianda.test")


async def test_the_demo_page_is_at_the_root(browser: httpx.AsyncClient) -> None:
    response = await browser.get("/")
    assert response.text == INDEX
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"


async def test_the_widget_is_a_script_that_may_be_kept_and_is_checked(browser: httpx.AsyncClient) -> None:
    response = await browser.get("/webchat/widget.js")
    assert response.text == WIDGET
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "max-age=" in response.headers["cache-control"]
    etag = response.headers["etag"]
    again = await browser.get("/webchat/widget.js", headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    changed = await browser.get("/webchat/widget.js", headers={"If-None-Match": '"older"'})
    assert changed.status_code == 200


async def test_another_widget_has_another_etag(directory: Path, browser: httpx.AsyncClient) -> None:
    (directory / "widget.js").write_text("changed", encoding="utf-8")
    app = FastAPI()
    app.include_router(pages(directory))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://dianda.test") as newer:
        etags = {(await client.get("/webchat/widget.js")).headers["etag"] for client in (browser, newer)}
    assert len(etags) == 2


async def test_the_widget_is_sent_compressed_to_those_who_can_read_that(browser: httpx.AsyncClient) -> None:
    packed = await browser.get("/webchat/widget.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(gzip.compress(WIDGET.encode(), mtime=0))
    plain = await browser.get("/webchat/widget.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text == WIDGET
    assert "Accept-Encoding" in packed.headers["vary"]


async def test_a_head_request_is_answered(browser: httpx.AsyncClient) -> None:
    assert (await browser.head("/webchat/widget.js")).headers["etag"]


async def test_an_allowed_origin_may_load_the_widget_and_call_web_chat(browser: httpx.AsyncClient) -> None:
    for response in (
        await browser.get("/webchat/widget.js", headers={"Origin": HOME}),
        await browser.post("/webchat/session", headers={"Origin": HOME}),
        await browser.post("/webchat/messages", headers={"Origin": HOME}),
    ):
        assert response.headers["access-control-allow-origin"] == HOME
        assert "retry-after" in response.headers["access-control-expose-headers"].lower()
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    preflight = await browser.options("/webchat/messages", headers={"Origin": HOME} | asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == HOME


async def test_another_origin_may_not(browser: httpx.AsyncClient) -> None:
    response = await browser.get("/webchat/widget.js", headers={"Origin": ELSEWHERE})
    assert "access-control-allow-origin" not in response.headers
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    preflight = await browser.options("/webchat/messages", headers={"Origin": ELSEWHERE} | asked)
    assert preflight.status_code == 400


async def test_caches_keep_answers_for_different_origins_apart(browser: httpx.AsyncClient) -> None:
    assert "Origin" in (await browser.get("/webchat/widget.js")).headers["vary"]


def test_a_missing_widget_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"index\.html"):
        pages(tmp_path)
