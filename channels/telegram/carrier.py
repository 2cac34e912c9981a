"""Sends by Telegram's Bot API, and tells apart what is worth another try."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from channels.chart import ChartError
from channels.picture import Picture, PictureSource
from channels.telegram.incoming import CHANNEL
from channels.telegram.rendering import Text, pack
from desk.errors import Refused, TryLater, Unreachable
from desk.model import Message
from desk.ports import Parcel

log = logging.getLogger(__name__)


class TelegramCarrier:
    """See desk.ports.Carrier; nothing is metered, the rate is the platform's to say."""

    channel = CHANNEL
    metered = False

    def __init__(self, bot: Bot, pictures: PictureSource, alt_template: str) -> None:
        self._bot, self._pictures, self._alt = bot, pictures, alt_template

    def pack(self, messages: Sequence[Message]) -> list[Parcel]:
        return pack(messages, self._alt)

    async def send(self, user: str, parcel: Parcel) -> None:
        try:
            if isinstance(parcel.body, Picture):
                await self._picture(user, parcel.body)
            else:
                await self._text(user, parcel.body)
        except RetryAfter as slow:
            wait = slow.retry_after
            raise TryLater(str(slow), wait.total_seconds() if isinstance(wait, timedelta) else float(wait)) from None
        except Forbidden as gone:
            raise Unreachable(str(gone)) from None
        except BadRequest as bad:
            raise (Unreachable if "chat not found" in str(bad).lower() else Refused)(str(bad)) from None
        except TelegramError as trouble:
            raise TryLater(type(trouble).__name__) from None

    async def knock(self, user: str) -> bool:
        """Nothing is ever closed here."""
        return False

    async def close(self) -> None:
        """Give up the connections; `Bot.shutdown` would do it only after a call that nobody needs."""
        await self._bot.request.shutdown()

    async def answer_press(self, query_id: str) -> None:
        """End the waiting sign on the button; that it cannot be ended is nobody's trouble."""
        try:
            await self._bot.answer_callback_query(query_id)
        except (TelegramError, InvalidToken) as trouble:
            log.info("a press was not answered: %s", type(trouble).__name__)

    async def _text(self, user: str, body: Text) -> None:
        rows = [[InlineKeyboardButton(title, callback_data=data)] for title, data in body.keys]
        keyboard = InlineKeyboardMarkup(rows) if rows else None
        await self._bot.send_message(int(user), body.text, reply_markup=keyboard)

    async def _picture(self, user: str, body: Picture) -> None:
        try:
            await self._bot.send_photo(int(user), await self._pictures.content(body))
        except (ChartError, BadRequest) as trouble:
            log.error("a picture goes out in words: %s", trouble)
            await self._bot.send_message(int(user), body.words)
