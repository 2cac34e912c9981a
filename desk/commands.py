"""What a customer tells the desk itself, with a button of ours or in so many words; Rasa never hears of it."""

import json
import re

from desk.model import Button, Message, Rating

LEAVE = "/handoff_leave"
RATE = "/satisfaction"
SCORES = ((5, "非常满意"), (4, "满意"), (3, "一般"), (2, "不满意"), (1, "很不满意"))
_LEAVES = re.compile(
    r"(?:算了|那|我)*(?:不等了|不用等了|不排了|不排队了|取消排队|退出排队|取消人工|不用人工了?|不要人工了?|不转人工了?"
    r"|(?:转|返|退)?回(?:到)?(?:智能客服|机器人)|找机器人)吧?"
)


def is_ours(payload: str | None) -> bool:
    return bool(payload) and (payload == LEAVE or str(payload).startswith(RATE))


def leaves(text: str, payload: str | None) -> bool:
    """Whether somebody who waits for a person does not want to wait any longer."""
    return payload == LEAVE or (payload is None and bool(_LEAVES.fullmatch(re.sub(r"[\W_]+", "", text))))


def rating_buttons(handoff: str) -> tuple[Button, ...]:
    return tuple(Button(title, RATE + json.dumps({"handoff": handoff, "score": score})) for score, title in SCORES)


def rating(message: Message) -> Rating | None:
    """None where it is none: a payload of ours that was tampered with among them."""
    if not (message.payload or "").startswith(RATE):
        return None
    try:
        said = json.loads((message.payload or "").removeprefix(RATE))
        score = int(said["score"])
        return Rating(str(said["handoff"]), score) if 1 <= score <= 5 else None
    except (ValueError, KeyError, TypeError):
        return None
