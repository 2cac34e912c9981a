"""WeChat on our side of a test, connected to the fake platform."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from fastapi import APIRouter

from channels.picture import PictureSource
from channels.wechat.api import Api
from channels.wechat.carrier import WeChatCarrier
from channels.wechat.door import Door, Mode
from channels.wechat.media import Pictures
from channels.wechat.notice import Notice
from channels.wechat.rendering import Rendering
from channels.wechat.routes import router
from channels.wechat.token import Tokens
from desk.album import FolderAlbum
from desk.delivery import Delivery
from desk.ports import Carrier
from desk.shelf import DatabaseShelf
from tests.channels.gateway import Gateway, Parts, gateway
from tests.channels.wechat_platform import AES_KEY, APP_ID, APP_SECRET, TOKEN, Platform
from tests.desk.kit import FakeBot

RENDERING = Rendering(
    {
        "utter_web_chart_alt": "{title}",
        "utter_choose_number": "回复数字即可选择。",
        "utter_choose_one": "(可直接回复:{title})",
    }
)


@contextmanager
def account(
    platform: Platform,
    database_url: str,
    folder: Path,
    bot: FakeBot,
    *,
    patience: float = 4.5,
    held_at_once: int = 200,
    port: int = 0,
) -> Iterator[Gateway]:
    """The platform is told our address."""

    def connect(parts: Parts) -> tuple[Carrier, Callable[[Delivery], APIRouter]]:
        http = httpx.AsyncClient(base_url=platform.url)
        parts.closing.append(http.aclose)
        shelf = DatabaseShelf(parts.database, parts.clock)
        api = Api(http, Tokens(http, APP_ID, APP_SECRET, shelf, parts.clock), parts.clock)
        notice = Notice("T1", ("thing1=您有一条客服消息待查看", "time2={time}"), parts.clock)
        carrier = WeChatCarrier(api, RENDERING, PictureSource(parts.chart, parts.folder), notice)

        def made(delivery: Delivery) -> APIRouter:
            return router(
                parts.switchboard,
                delivery,
                door=Door(TOKEN, APP_ID, Mode.SAFE if platform.sealed else Mode.PLAIN, [AES_KEY]),
                rendering=RENDERING,
                carrier=carrier,
                pictures=Pictures(api, FolderAlbum(parts.folder, parts.database)),
                patience=patience,
                held_at_once=held_at_once,
            )

        return carrier, made

    with gateway(connect, "/wechat", "wechat", database_url, folder, bot, port) as running:
        platform.callback = running.url
        yield running
