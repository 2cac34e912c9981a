"""Proving an account: 户号 and the last four digits of the registered phone; three tries, then a pause.

The proof is kept in `belief.account` and not asked for again until it expires. How many tries and how long the pause:
the utility decides (`IdentityMismatch.tries_left`, `IdentityLocked.until`).
"""

import re
from dataclasses import dataclass

from actions import zh
from actions.belief import Matter, VerifiedAccount
from actions.turn import Turn
from utility.errors import IdentityLocked, IdentityMismatch, UtilityUnavailable
from utility.models import Grant, IdentityCheck

NAME = "identity"
UNKNOWN, OTHER, LOST, BOUND = "unknown", "other", "lost", "bound:"
NO_NUMBER, ANOTHER, CHANGED = ("不知道户号", UNKNOWN), ("换一个户号", OTHER), ("手机号换了", LOST)
HUMAN, STOP = ("转人工", "/handoff"), ("先不查了", "/cancel")

_UNSURE = r"不知道|不晓得|不清楚|不记得|记不|忘|想不起|没记|找不到|没有|丢了|弄丢"
_NUMBER = r"户号|护号|户头|编号"
NUMBER_UNKNOWN = re.compile(
    rf"({_UNSURE}).{{0,6}}({_NUMBER})|({_NUMBER}).{{0,6}}({_UNSURE}|是什么|是啥|哪|怎么|多少|几位)"
)
UNSURE = re.compile(rf"{_UNSURE}|在哪|哪里|哪儿|怎么(查|看|找)|是(什么|啥)|什么意思")
PHONE_LOST = re.compile(rf"{_UNSURE}|(?<!户主)(?<!名字)换(了|过|号)|停机|不用了|注销|不是我|房东|别人|以前的|老号")
ANOTHER_ACCOUNT = re.compile(
    r"不是(这|那)(个|户)|(换|另外?|再查|别的|其他|其它|第二)(一)?(个|户|套)?(户|账号|账户|房子)"
)
# A message that is nothing but four digits said as a tail.
BARE_TAIL = re.compile(r"[我的登记预留手机电话号码尾最后面末四4位个数字就是为:,]{0,15}?\d{4}[。.吧的哈呀]{0,3}")
SAYS_TAIL = re.compile(r"尾号|后四|后4|末四|末4|最后|后面")
# Figures that belong to something else: the year of a month is no tail.
OTHERS = frozenset({"period", "date", "time", "building", "ticket_no", "meter_no"})
WITH_UNIT = re.compile(r"\d+(?=\s*(年|月|日|元|块|度|kwh))", re.IGNORECASE)


@dataclass(frozen=True)
class IdentitySlot:
    """Both facts as one slot of a form: asked for one after the other, taken in one message too.

    `matter.slots` keeps account_no, tail (until it is checked) and hint: why the next question is asked.
    """

    name: str = NAME

    async def missing(self, turn: Turn, matter: Matter) -> bool:
        slots = matter.slots
        if not turn.around.personal_data:
            return True  # and asking says that it cannot be done here
        _remember(turn, matter)
        if not _verified(turn, matter) and not slots.get("tail"):
            await _recall(turn, matter)
        if _verified(turn, matter):
            return False
        if slots.get("account_no") and slots.get("tail"):
            return not await _check(turn, matter)
        return True

    async def take(self, turn: Turn, matter: Matter, *, asked: bool, foreign: bool) -> bool:
        chosen = turn.heard.chosen(matter.service, NAME)
        if chosen == OTHER:
            _change(matter)
        elif chosen and chosen.startswith(BOUND):
            _take_number(turn, matter, chosen.removeprefix(BOUND))
        elif chosen in (UNKNOWN, LOST):
            matter.slots["hint"] = chosen
        if chosen:
            return True
        number, tail = _read(turn, tail_expected=asked and bool(matter.slots.get("account_no")))
        if foreign:
            return _take_number(turn, matter, number) if not matter.slots.get("account_no") else False
        took = _take_number(turn, matter, number)
        if tail and not _verified(turn, matter):
            matter.slots["tail"] = tail
            took = True
        return took or _take_trouble(turn, matter, asked=asked)

    async def ask(self, turn: Turn, matter: Matter) -> None:
        if not turn.around.personal_data:
            matter.question = None
            turn.say("utter_no_personal_data")
            return
        hint = matter.slots.pop("hint", None)
        if until := matter.slots.pop("locked_until", None):
            matter.question = None
            turn.say("utter_identity_locked", buttons=[HUMAN], until=until)
        elif not matter.slots.get("account_no") and hint is None and matter.slots.get("bound"):
            numbers = [(label, BOUND + no) for no, label in matter.slots["bound"]]
            turn.ask(matter, NAME, "utter_identity_which", [*numbers, ANOTHER])
        elif not matter.slots.get("account_no"):
            _ask_number(turn, matter, hint)
        else:
            _ask_tail(turn, matter, hint)


def expire(turn: Turn, matter: Matter) -> None:
    """The utility no longer takes the proof: it must be given again."""
    turn.belief.account = None
    matter.slots["hint"] = "expired"


def is_bare_tail(text: str) -> bool:
    return bool(BARE_TAIL.fullmatch(zh.plain(text).translate(zh.SPOKEN)))


# --- what is known ----------------------------------------------------------------------------------------------------


def _remember(turn: Turn, matter: Matter) -> None:
    """The number of this matter; else of the account that was proven; else the one that was last mentioned."""
    belief, slots = turn.belief, matter.slots
    number = belief.account.account_no if belief.account else belief.account_no
    if number and not slots.get("another"):
        slots.setdefault("account_no", number)
    if belief.account and not belief.account.valid(turn.now):
        belief.account = None
        if slots.get("account_no") == number:
            slots.setdefault("hint", "expired")


def _verified(turn: Turn, matter: Matter) -> bool:
    account = turn.belief.account
    return bool(account and account.valid(turn.now) and account.account_no == matter.slots.get("account_no"))


async def _recall(turn: Turn, matter: Matter) -> None:
    """An account that the customer keeps at hand was proven when it was bound. Of several the customer says which."""
    slots = matter.slots
    if slots.get("another"):
        return
    try:
        grants = await turn.utility.bound(turn.around.conversation)
    except UtilityUnavailable:
        return  # the customer is asked
    number = slots.get("account_no")
    fitting = [grant for grant in grants if number in (None, grant.account.account_no)]
    if len(fitting) == 1:
        _accept(turn, fitting[0])
        slots["account_no"] = fitting[0].account.account_no
    slots["bound"] = [(grant.account.account_no, _label(grant)) for grant in fitting] if len(fitting) > 1 else []


def _label(grant: Grant) -> str:
    return f"{grant.account.address_masked} 尾号{grant.account.account_no[-4:]}"


async def _check(turn: Turn, matter: Matter) -> bool:
    """Ask the utility. While it is away the facts are kept: the customer need not repeat them."""
    slots = matter.slots
    asked = IdentityCheck(account_no=slots["account_no"], phone_tail=slots["tail"], requester=turn.around.conversation)
    try:
        grant = await turn.utility.check_identity(asked)
    except IdentityMismatch as wrong:
        slots.update(hint="wrong", tries_left=wrong.tries_left)
    except IdentityLocked as locked:
        slots["locked_until"] = zh.say_time(locked.until, turn.now)
    else:
        _accept(turn, grant)
    slots.pop("tail")
    return _verified(turn, matter)


def _accept(turn: Turn, grant: Grant) -> None:
    account, belief = grant.account, turn.belief
    belief.account = VerifiedAccount(
        account_no=account.account_no,
        grant=grant.token,
        until=grant.expires_at.isoformat(),
        place_id=account.place_id,
        building=account.building,
        phone_masked=account.phone_masked,
    )
    belief.account_no = account.account_no
    belief.bill_month = None
    belief.vulnerable = belief.vulnerable or account.life_support


# --- what a message says ----------------------------------------------------------------------------------------------


def _read(turn: Turn, *, tail_expected: bool) -> tuple[str | None, str | None]:
    """Number and tail. A tail counts when it was asked for, is called one, or stands beside a number."""
    heard = turn.heard
    number = zh.account_no(heard.first("account_no") or "")
    if number:
        tail = zh.tail(_without(turn, OTHERS | {"account_no"}))
    else:
        number, tail = _split(heard.text if is_bare_tail(heard.text) else _without(turn, OTHERS))
    if number or tail_expected or SAYS_TAIL.search(zh.plain(heard.text)):
        return number, tail
    return None, None


def _split(text: str) -> tuple[str | None, str | None]:
    """Number and tail of a text; also where only a space stands between them: 3300100001 5678."""
    if number := zh.account_no(text):
        return number, zh.tail(text)
    words = re.split(r"[\s\-—_/]+", text.strip())
    for cut in range(1, len(words)):
        left, right = "".join(words[:cut]), "".join(words[cut:])
        for one, other in ((left, right), (right, left)):
            if (number := zh.account_no(one)) and (tail := zh.tail(other)):
                return number, tail
    return None, zh.tail(text)


def _without(turn: Turn, names: frozenset[str]) -> str:
    """The text with the words of these entities, and what bears a unit, blotted out."""
    text = turn.heard.text
    for entity in turn.heard.entities:
        if entity.name in names:
            text = text[: entity.start] + "," * (entity.end - entity.start) + text[entity.end :]
    return WITH_UNIT.sub(",", text)


def _take_number(turn: Turn, matter: Matter, number: str | None) -> bool:
    if number is None:
        return False
    if number != matter.slots.get("account_no"):
        matter.slots.pop("tail", None)
    matter.slots["account_no"] = turn.belief.account_no = number
    matter.slots.pop("another", None)
    return True


def _take_trouble(turn: Turn, matter: Matter, *, asked: bool) -> bool:
    """Another account is wanted, or a fact is not at hand, or the digits are not as many as they should be."""
    said, slots = zh.plain(turn.heard.text), matter.slots
    if ANOTHER_ACCOUNT.search(said) and not NUMBER_UNKNOWN.search(said):
        _change(matter)
    elif NUMBER_UNKNOWN.search(said):
        slots["hint"] = UNKNOWN
    elif not asked or turn.heard.intent in ("affirm", "cancel", "handoff"):
        return False
    elif slots.get("account_no") and PHONE_LOST.search(said):
        slots["hint"] = LOST
    elif not slots.get("account_no") and UNSURE.search(said):
        slots["hint"] = UNKNOWN
    elif any(len(run) >= (3 if slots.get("account_no") else 5) for run in zh.digit_runs(_without(turn, OTHERS))):
        slots["hint"] = "malformed"
    else:
        return False
    return True


def _change(matter: Matter) -> None:
    for fact in ("account_no", "tail", "hint"):
        matter.slots.pop(fact, None)
    matter.slots["another"] = True


# --- asking -----------------------------------------------------------------------------------------------------------


def _ask_number(turn: Turn, matter: Matter, hint: str | None) -> None:
    if hint == UNKNOWN:
        turn.ask(matter, NAME, "utter_account_no_where", ways_out=[HUMAN, STOP])
    elif hint == "malformed":
        turn.ask(matter, NAME, "utter_account_no_malformed", [NO_NUMBER])
    elif matter.slots.get("another"):
        turn.ask(matter, NAME, "utter_ask_other_account_no", [NO_NUMBER])
    else:
        turn.ask(matter, NAME, "utter_ask_account_no", [NO_NUMBER])


def _ask_tail(turn: Turn, matter: Matter, hint: str | None) -> None:
    number, again = matter.slots["account_no"], [ANOTHER, CHANGED]
    if hint == "wrong":
        left = matter.slots["tries_left"]
        turn.ask(matter, NAME, "utter_identity_wrong", again, left=left, account_no=number)
    elif hint == LOST:
        turn.ask(matter, NAME, "utter_phone_lost", [ANOTHER], ways_out=[HUMAN, STOP])
    elif hint == "malformed":
        turn.ask(matter, NAME, "utter_tail_malformed", again)
    elif hint == "expired":
        turn.ask(matter, NAME, "utter_identity_expired", again, account_no=number)
    else:
        turn.ask(matter, NAME, "utter_ask_tail", again, account_no=number)
