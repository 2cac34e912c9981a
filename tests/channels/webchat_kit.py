"""What the tests of web chat share: sentences, a clock that is set, the application, and a customer who uses it."""

import json
import subprocess
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from channels.chart import Chart, ChartRenderer
from channels.picture import PictureSource
from channels.webchat import router
from tests.channels.fake_desk import FakeDesk

PICTURE = b"\x89PNG the picture"
CHART = {
    "title": "近12个月用电量",
    "unit": "度",
    "bars": [{"label": f"2026-{month:02}", "value": 100.0 + month * 7} for month in range(1, 13)],
    "highlight": 11,
}
PHRASES = {
    "utter_web_session_over": "会话已过期，正在为您重新连接，请稍候。",
    "utter_web_invalid_request": "抱歉，这条消息没有正确送达，请再发一次。",
    "utter_web_text_too_long": "您的消息太长了，请控制在2000字以内，或分几次发送。",
    "utter_web_text_empty": "您还没有输入内容，请输入后再发送。",
    "utter_web_control_characters": "消息里有无法识别的特殊字符，请删去后再发送。",
    "utter_web_image_not_found": "抱歉，这张图片找不到了。",
    "utter_web_rate_limited": "您发得有点快，请过{seconds}秒再发，我会一条一条为您处理。",
    "utter_web_busy": "现在咨询的人比较多，请过{seconds}秒再发，给您添麻烦了。",
    "utter_web_unavailable": "抱歉，系统暂时出了点问题，请稍后再试。",
    "utter_web_chart_alt": "{title}：{first}至{last}，最高{max_label} {max}{unit}，最低{min_label} {min}{unit}。",
}


@dataclass
class SetClock:
    now: datetime = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, time: timedelta) -> None:
        self.now += time


@dataclass
class FakeRenderer(ChartRenderer):
    """Hands out the same bytes for every chart."""

    drawn: list[Chart] = field(default_factory=list)

    async def png(self, chart: Chart) -> bytes:
        self.drawn.append(chart)
        return PICTURE


@dataclass
class House:
    """The application and everything behind it that a test looks at."""

    desk: FakeDesk = field(default_factory=FakeDesk)
    clock: SetClock = field(default_factory=SetClock)
    chart: FakeRenderer = field(default_factory=FakeRenderer)
    rate: str = "1000/minute"
    global_rate: str = "100000/minute"
    session_rate: str = "1000/minute"
    secret: str = "a secret of the tests"
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp()))
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A new process on the same desk: nothing is remembered but what is stored."""
        self.app = FastAPI()
        self.app.include_router(
            router(
                self.desk,
                secret=self.secret,
                token_hours=12,
                rate=self.rate,
                global_rate=self.global_rate,
                session_rate=self.session_rate,
                phrases=PHRASES,
                clock=self.clock,
                pictures=PictureSource(self.chart, self.folder),
            )
        )

    def client(self, host: str = "192.0.2.1") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(host, 4711))
        return httpx.AsyncClient(transport=transport, base_url="http://dianda.test")

    async def customer(self, host: str = "192.0.2.1") -> "Customer":
        customer = Customer(self.client(host))
        await customer.begin()
        return customer


@dataclass
class Customer:
    http: httpx.AsyncClient
    token: str = ""
    conversation: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def begin(self, **body: Any) -> httpx.Response:
        """A session: the first, a renewed one, or another (restart=True)."""
        response = await self.http.post("/webchat/session", json=body, headers=self.headers)
        if response.is_success:
            self.token, self.conversation = response.json()["token"], response.json()["conversation"]
        return response

    async def send(self, id: str, text: Any, **more: Any) -> httpx.Response:
        return await self.post({"id": id, "text": text, **more})

    async def post(self, body: Any) -> httpx.Response:
        return await self.http.post("/webchat/messages", content=json.dumps(body).encode(), headers=self.headers)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(f"/webchat/{path}", headers=self.headers | headers)

    async def messages(self, after: int = 0) -> list[dict[str, Any]]:
        response = await self.get(f"messages?after={after}")
        assert response.status_code == 200, response.text
        return list(response.json())


def refused(response: httpx.Response, status: int, code: str) -> None:
    """The answer is this refusal, with its code and a Chinese sentence."""
    assert response.status_code == status, response.text
    body = response.json()
    assert set(body) == {"code", "message"}
    assert body["code"] == code
    assert any("\u4e00" <= character <= "\u9fff" for character in body["message"])
    assert "{" not in body["message"]


def serving() -> FastAPI:
    """For a server in a process of its own: `uvicorn --factory tests.channels.webchat_kit:serving`."""
    return House().app


def chart_font() -> Path:
    """The Chinese font of this machine."""
    found = subprocess.run(["fc-list", ":lang=zh-cn", "file"], capture_output=True, text=True, check=True).stdout
    fonts = sorted(line.rstrip(": ") for line in found.splitlines())
    assert fonts, "no Chinese font: apt-get install fonts-wqy-microhei"
    return Path(fonts[0])
