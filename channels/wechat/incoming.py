"""What a customer did in WeChat, as the desk takes it in: every kind of message, and the events that matter."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from wechatpy import parse_message

from channels.wechat.errors import Malformed
from desk.model import Allowance, Choice, Json, Kind
from desk.ports import Inbound

CHANNEL = "wechat"
LONGEST_TEXT = 2000
LONGEST_ID = 150
OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}")
MENU_ID = re.compile(r"(\d{1,9})\.(\d{1,3})")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SIGNS = ("1一①１", "2二②２", "3三③３", "4四④４", "5五⑤５", "6六⑥６", "7七⑦７", "8八⑧８", "9九⑨９")
NUMBERS = {sign: number for number, signs in enumerate(SIGNS, 1) for sign in signs}
NUMBER = re.compile(rf"(?:选|第)?([{''.join(NUMBERS)}])(?:[.。、号个]|号的)?")
GIVEN = "/inform"  # the bot sees from `data` what was given: a picture, a place, something it cannot read
SAYS = "say:"  # the key of a menu entry: what a customer says by pressing it

# Rule since 2023-06-12: five messages within 48 h of a customer's message, three within a minute of a menu press, of
# following, of scanning; pressing an entry of a message's menu counts as a menu press.
WROTE = Allowance("message", 5, timedelta(hours=48))
PRESSED = Allowance("menu", 3, timedelta(minutes=1))
FOLLOWED = Allowance("follow", 3, timedelta(minutes=1))
SCANNED = Allowance("scan", 3, timedelta(minutes=1))


@dataclass(frozen=True)
class Left:
    """The customer unsubscribed: their data are to be forgotten."""

    user: str


@dataclass(frozen=True)
class Ignored:
    """Nothing for the desk; `what` is for the log."""

    what: str


@dataclass(frozen=True)
class Address:
    """Whom to answer, and as whom."""

    customer: str
    account: str


Incoming = tuple[Inbound | Left | Ignored, Address]


def read(xml: str) -> Incoming:
    """Raises Malformed for whatever cannot be a message of WeChat's."""
    fields = _Fields(_parsed(xml))
    address = Address(fields.openid("FromUserName"), fields.text("ToUserName"))
    kind = fields.text("MsgType").lower()
    if kind == "event":
        return _event(fields, address.customer), address
    return _message(kind, fields, address.customer), address


def _parsed(xml: str) -> Mapping[str, Any]:
    """wechatpy raises whatever xmltodict, datetime and its own descriptors raise; all of it means the same."""
    try:
        found = parse_message(CONTROL.sub("", xml))
        data: Mapping[str, Any] = found._data
        if not isinstance(data, Mapping):
            raise TypeError
        return data
    except Exception as error:
        raise Malformed(f"no message: {type(error).__name__}") from None


class _Fields:
    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    def text(self, name: str) -> str:
        """A field's text; empty when it is absent or holds further fields."""
        value = self._data.get(name)
        return value.strip() if isinstance(value, str) else ""

    def openid(self, name: str) -> str:
        value = self.text(name)
        if not OPENID.fullmatch(value):
            raise Malformed(f"{name} is none")
        return value

    def number(self, name: str) -> float | None:
        try:
            return float(self.text(name))
        except ValueError:
            return None


def _message(kind: str, fields: _Fields, user: str) -> Inbound | Ignored:
    if not fields.text("MsgId").isdigit():
        raise Malformed("a message without a number")
    id = f"m:{fields.text('MsgId')}"
    if kind == "text":
        return _text(fields, user, id)
    if kind == "voice":
        heard = fields.text("Recognition")
        data = {"voice": fields.text("MediaId")}
        if heard:
            return Inbound(CHANNEL, user, id, heard[:LONGEST_TEXT], data=data, allowance=WROTE)
        return Inbound(CHANNEL, user, id, "[语音]", GIVEN, data | {"unread": "voice"}, trusted=True, allowance=WROTE)
    if kind == "image":
        media = {"media": {"kind": "image", "id": fields.text("MediaId")}}
        return Inbound(CHANNEL, user, id, "[图片]", GIVEN, media, Kind.IMAGE, trusted=True, allowance=WROTE)
    if kind == "location":
        return _location(fields, user, id)
    if kind in ("video", "shortvideo"):
        data = {"unread": "video"}
        return Inbound(CHANNEL, user, id, "[视频]", GIVEN, data, trusted=True, allowance=WROTE)
    if kind == "link":
        title = fields.text("Title")[:100]
        data = {"unread": "link", "link": fields.text("Url")[:1000]}
        return Inbound(CHANNEL, user, id, f"[链接] {title}", GIVEN, data, trusted=True, allowance=WROTE)
    return Inbound(CHANNEL, user, id, f"[{kind[:20]}]", GIVEN, {"unread": kind[:20]}, trusted=True, allowance=WROTE)


def _text(fields: _Fields, user: str, id: str) -> Inbound:
    text = fields.text("Content")[:LONGEST_TEXT]
    pressed = MENU_ID.fullmatch(fields.text("bizmsgmenuid"))
    if pressed:
        choice = Choice(int(pressed[2]), int(pressed[1]))
        return Inbound(CHANNEL, user, id, text, choice=choice, allowance=PRESSED)
    if not text:
        return Inbound(CHANNEL, user, id, "[表情]", GIVEN, {"unread": "sticker"}, trusted=True, allowance=WROTE)
    typed = NUMBER.fullmatch(text)
    return Inbound(CHANNEL, user, id, text, choice=Choice(NUMBERS[typed[1]]) if typed else None, allowance=WROTE)


def _location(fields: _Fields, user: str, id: str) -> Inbound:
    latitude, longitude, label = fields.number("Location_X"), fields.number("Location_Y"), fields.text("Label")[:200]
    data = {"location": {"lat": latitude, "lng": longitude, "label": label}}
    text = label or "[位置]"
    return Inbound(CHANNEL, user, id, text, GIVEN, data, Kind.LOCATION, trusted=True, allowance=WROTE)


def _event(fields: _Fields, user: str) -> Inbound | Left | Ignored:
    event, key = fields.text("Event").lower(), fields.text("EventKey")
    id = _event_id(fields, user, event, key)
    if event == "unsubscribe":
        return Left(user)
    if event in ("subscribe", "subscribe_scan", "scan"):
        scanned = event != "subscribe"
        data: Json = {"arrived": event != "scan"}
        if key:
            data["scene"] = key.removeprefix("qrscene_")[:64]
        text = "[扫描二维码]" if event == "scan" else "[关注公众号]"
        allowance = SCANNED if scanned else FOLLOWED
        return Inbound(CHANNEL, user, id, text, "/greet", data, trusted=True, allowance=allowance)
    if event == "click":
        if key.startswith(SAYS):
            return Inbound(CHANNEL, user, id, key.removeprefix(SAYS)[:LONGEST_TEXT], allowance=PRESSED)
        return Inbound(CHANNEL, user, id, "[菜单]", "/help", trusted=True, allowance=PRESSED)
    return Ignored(f"event {event[:40]!r}")


def _event_id(fields: _Fields, user: str, event: str, key: str) -> str:
    """Events have no number: who, when, which and what together name one."""
    id = f"e:{user}:{fields.text('CreateTime')}:{event}:{key}"
    return id if len(id) <= LONGEST_ID else "e:" + hashlib.sha256(id.encode()).hexdigest()
