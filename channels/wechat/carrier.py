"""Customer-service messages: what delivery sends by itself when no request is there to take an answer along."""

import logging
from collections.abc import Sequence
from typing import Any

from channels.chart import ChartError
from channels.picture import Picture, PictureSource, mime_of
from channels.wechat.api import Api
from channels.wechat.incoming import CHANNEL
from channels.wechat.notice import Notice
from channels.wechat.rendering import Body, Rendering, Text
from desk.errors import NotCarried, Refused
from desk.model import Message
from desk.ports import Parcel

log = logging.getLogger(__name__)

SEND, TYPING = "/cgi-bin/message/custom/send", "/cgi-bin/message/custom/typing"
TEMPLATE = "/cgi-bin/message/template/send"
LARGEST_PICTURE = 2 * 1024 * 1024


class WeChatCarrier:
    """See desk.ports.Carrier."""

    channel = CHANNEL
    metered = True

    def __init__(self, api: Api, rendering: Rendering, pictures: PictureSource, notice: Notice | None = None) -> None:
        self._api, self._rendering, self._pictures, self._notice = api, rendering, pictures, notice

    def pack(self, messages: Sequence[Message]) -> list[Parcel]:
        return self._rendering.pack(messages)

    async def send(self, user: str, parcel: Parcel) -> None:
        body: Body = parcel.body
        message = await self._picture(body) if isinstance(body, Picture) else self._text(body)
        await self._api.call("POST", SEND, body={"touser": user, **message})

    async def knock(self, user: str) -> bool:
        """By a template message, which needs no window; the customer has to follow the account."""
        if self._notice is None:
            return False
        await self._api.call("POST", TEMPLATE, body={"touser": user, **self._notice.body()})
        return True

    async def typing(self, user: str) -> None:
        """Show that an answer is being written; that it cannot be shown is nobody's trouble."""
        try:
            await self._api.call("POST", TYPING, body={"touser": user, "command": "Typing"})
        except NotCarried as refused:
            log.info("no typing shown: %s", refused)

    def _text(self, body: Text) -> dict[str, Any]:
        if len(body.offers) < 2:
            return {"msgtype": "text", "text": {"content": self._rendering.plain(body)}}
        menu = {
            "head_content": body.text,
            "list": [{"id": offer.id, "content": offer.title} for offer in body.offers],
            "tail_content": "",
        }
        return {"msgtype": "msgmenu", "msgmenu": menu}

    async def _picture(self, body: Picture) -> dict[str, Any]:
        """Or its words when it cannot be drawn or taken."""
        try:
            content = await self._pictures.content(body)
            if len(content) > LARGEST_PICTURE:
                raise Refused("the picture is too large")
            return {"msgtype": "image", "image": {"media_id": await self._api.upload(content, mime_of(content))}}
        except (ChartError, Refused) as trouble:
            log.error("a picture goes out in words: %s", trouble)
            return {"msgtype": "text", "text": {"content": body.words}}
