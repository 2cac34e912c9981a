"""What a customer did in Telegram, as the desk takes it in. Only private chats: a group is no conversation with us."""

import re
from typing import Any

from telegram import Message, Update

from desk.model import Choice, Json, Kind
from desk.ports import Inbound

CHANNEL = "telegram"
LONGEST_TEXT = 2000
GIVEN = "/inform"  # the bot sees from `data` what was given
PRESSED = re.compile(r"(\d{1,9})\.(\d{1,3})")
START = re.compile(r"/start(?:@\w+)?(?:\s+(?P<scene>[\w-]{1,64}))?")


def read(update: Update) -> Inbound | None:
    """None for what needs no answer: groups, edits, channel posts, whatever else there is or will be."""
    id = f"u:{update.update_id}"
    pressed = update.callback_query
    if pressed is not None:
        if not _private(pressed.message):
            return None
        found = PRESSED.fullmatch(pressed.data or "")
        choice = Choice(int(found[2]), int(found[1])) if found else None
        return Inbound(CHANNEL, str(pressed.from_user.id), id, "[按钮]", choice=choice)
    message = update.message
    if message is None or message.from_user is None or not _private(message):
        return None
    return _message(message, str(message.from_user.id), id)


def _private(message: Any) -> bool:
    return message is not None and message.chat.type == "private"


def _message(message: Message, user: str, id: str) -> Inbound:
    if message.text:
        start = START.fullmatch(message.text)
        if start:
            data: Json = {"arrived": True} | ({"scene": start["scene"]} if start["scene"] else {})
            return Inbound(CHANNEL, user, id, "[开始]", "/greet", data, trusted=True)
        return Inbound(CHANNEL, user, id, message.text[:LONGEST_TEXT])
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        media = {"media": {"kind": "image", "id": largest.file_id}}
        return Inbound(CHANNEL, user, id, message.caption or "[图片]", GIVEN, media, Kind.IMAGE, trusted=True)
    if message.location:
        label = message.venue.title if message.venue else ""
        place = {"lat": message.location.latitude, "lng": message.location.longitude, "label": label}
        return Inbound(CHANNEL, user, id, label or "[位置]", GIVEN, {"location": place}, Kind.LOCATION, trusted=True)
    what = "voice" if message.voice or message.audio else "other"
    text = "[语音]" if what == "voice" else "[其他消息]"
    return Inbound(CHANNEL, user, id, text, GIVEN, {"unread": what}, trusted=True)
