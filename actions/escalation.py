"""When a person should take over without having been asked for, and what that person should know before the first word.

Only while people are on duty: else the bot goes on, with its button for a call back.
"""

from actions import zh
from actions.belief import Json
from actions.labels import INTENTS
from actions.turn import Turn

# Which agents a service belongs to; what is not here is for everybody.
SKILLS = {
    "outage": "报修",
    "repair": "报修",
    "hazard": "报修",
    "billing": "电费",
    "bill_check": "电费",
    "complaint": "投诉",
    "request": "业扩",
}
STUCK, ANGRY, VULNERABLE, BUSY = "两次没能听懂", "客户情绪激烈", "涉及特殊人群", "系统故障"
URGENT, PRESSING = 5, 2


def of_the_turn(turn: Turn) -> None:
    """A stronger reason than those the services had: somebody frail, or somebody beside themselves."""
    if zh.is_vulnerable(turn.heard.text):
        call(turn, VULNERABLE, URGENT)
    elif zh.threatens_upward(turn.heard.text) and not _is_being_heard(turn):
        call(turn, ANGRY, PRESSING)


def call(turn: Turn, reason: str, priority: int = 0) -> bool:
    """Ask for a person, unless one was asked for with more urgency; False when nobody is on duty."""
    if not turn.around.humans_on_duty:
        return False
    if turn.handoff is None or turn.handoff["priority"] < priority:
        turn.handoff = {"reason": reason, "priority": priority}
    return True


def tell(turn: Turn) -> None:
    """Give the hand-over what is known, so that nothing is asked twice."""
    if turn.handoff is not None:
        turn.handoff |= {"skill": SKILLS.get(_topic(turn), ""), "facts": facts(turn)}


def facts(turn: Turn) -> Json:
    """The summary an agent reads first; what is not known has no line. Numbers are masked."""
    belief = turn.belief
    doing = [
        INTENTS.get(m.slots.get("intent", "")) for m in belief.matters if m.service not in ("handoff", "smalltalk")
    ]
    account = belief.account.account_no if belief.account else belief.account_no
    phone = belief.account.phone_masked if belief.account else belief.phone and zh.mask_phone(belief.phone)
    lines = {
        "诉求": "、".join(dict.fromkeys(filter(None, doing))) or INTENTS.get(belief.topic_intent, ""),
        "地点": belief.place.address if belief.place else "",
        "户号": f"尾号{account[-4:]}{'(已核验)' if belief.account else ''}" if account else "",
        "电话": phone or "",
        "情绪": _mood(turn),
        "原话": zh.mask_phones(turn.heard.text.strip()[:200]),
    }
    return {label: value for label, value in lines.items() if value}


def _mood(turn: Turn) -> str:
    text = turn.heard.text
    moods = (
        ("家中有特殊人群", turn.belief.vulnerable),
        ("扬言向上反映", zh.threatens_upward(text)),
        ("生气", zh.is_angry(text)),
    )
    return "、".join(name for name, holds in moods if holds)


def _topic(turn: Turn) -> str:
    """The service being talked about, or talked about last."""
    open_ = [m.service for m in reversed(turn.belief.matters) if m.service in SKILLS]
    return next(iter(open_), turn.belief.topic)


def _is_being_heard(turn: Turn) -> bool:
    """A complaint is taken down to its end first: its number is what the customer wants."""
    return any(matter.service in ("complaint", "request") for matter in turn.belief.matters)
