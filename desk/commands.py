"""What a customer tells the desk itself, with a button of ours or in so many words; Rasa never hears of it."""

import json
import re

from desk.model import Button, Json, Message, Rating
from desk.notice_words import ACKNOWLEDGE, POWER

LEAVE = "/handoff_leave"
RATE = "/satisfaction"
SCORES = ((5, "非常满意"), (4, "满意"), (3, "一般"), (2, "不满意"), (1, "很不满意"))
_LEAVES = re.compile(
    r"(?:算了|那|我)*(?:不等了|不用等了|不排了|不排队了|取消排队|退出排队|取消人工|不用人工了?|不要人工了?|不转人工了?"
    r"|(?:转|返|退)?回(?:到)?(?:智能客服|机器人)|找机器人)吧?"
)


def is_ours(payload: str | None) -> bool:
    return bool(payload) and (payload == LEAVE or str(payload).startswith((RATE, ACKNOWLEDGE, POWER)))


def leaves(text: str, payload: str | None) -> bool:
    """Whether somebody who waits for a person does not want to wait any longer."""
    return payload == LEAVE or (payload is None and bool(_LEAVES.fullmatch(re.sub(r"[\W_]+", "", text))))


def rating_buttons(handoff: str) -> tuple[Button, ...]:
    return tuple(Button(title, RATE + json.dumps({"handoff": handoff, "score": score})) for score, title in SCORES)


def rating(message: Message) -> Rating | None:
    """None where it is none: a payload of ours that was tampered with among them."""
    try:
        said = _said(message, RATE)
        score = int(said["score"])
        return Rating(str(said["handoff"]), score) if 1 <= score <= 5 else None
    except (ValueError, KeyError, TypeError):
        return None


def acknowledged(message: Message) -> int | None:
    """The fact of a notice that was seen."""
    try:
        return int(_said(message, ACKNOWLEDGE)["fact"])
    except (ValueError, KeyError, TypeError):
        return None


def power(message: Message) -> tuple[str, bool] | None:
    """(outage, whether the power is back): the answer to 来电了吗."""
    try:
        said = _said(message, POWER)
        return str(said["outage"]), bool(said["powered"])
    except (ValueError, KeyError, TypeError):
        return None


def _said(message: Message, command: str) -> Json:
    """Raises ValueError, KeyError or TypeError where it is another command, or none."""
    payload = message.payload or ""
    if not payload.startswith(command):
        raise ValueError(payload)
    said: Json = json.loads(payload.removeprefix(command))
    return said
