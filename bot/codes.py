"""Numbers that name something: account, phone, ticket, meter, staff badge.

What looks like an account but is none: hotlines (95598, 12398), volts, identity numbers (18 digits), meter numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from bot.found import Found
from bot.numbers import SPOKEN, digits

GAP = r"[ \-,。.]?"
RUN = re.compile(rf"(?<![\d.])\d(?:{GAP}\d)+(?![\d.]*\d)")
PIECE = re.compile(r"\d(?:[ \-]?\d)*")
SAID = re.compile(rf"[{SPOKEN}](?:[ ,]?[{SPOKEN}]){{8,}}")
TICKET = re.compile(r"(?<![a-z])([a-z]{2})[ \-]?(20\d{6})[ \-_]?(\d{4})(?!\d)")
METER = re.compile(r"(?:电表|表计|表)(?:资产|出厂)?(?:编?号|号码)[是为:]?$|资产(?:编)?号[是为:]?$")
STAFF = re.compile(
    r"(?:工号|工牌号?|胸牌号?|胸牌上写的|员工号|客服|坐席|话务员?)[ 是为:]*(\d{4})(?![\d块元度])"
    r"|(?<!\d)(\d{4})号(?:的)?(?:师傅|客服|坐席|员工|话务|工作人员)"
)
ACCOUNT_LENGTHS = (10, 13)


def find(text: str, _today: date) -> Iterable[Found]:
    yield from _tickets(text)
    yield from _staff(text)
    for run in RUN.finditer(text):
        found = list(_numbered(text, run.start(), run.group()))
        yield from found or _pieces(text, run)
    for run in SAID.finditer(text):
        yield from _named(run.start(), run.end(), digits(run.group()))


def _tickets(text: str) -> Iterable[Found]:
    for hit in TICKET.finditer(text):
        yield Found("ticket_no", hit.start(), hit.end(), f"{hit[1].upper()}{hit[2]}-{hit[3]}", 9)


def _staff(text: str) -> Iterable[Found]:
    for hit in STAFF.finditer(text):
        group = 1 if hit[1] else 2
        yield Found("staff_id", hit.start(group), hit.end(group), hit[group], 3)


def _pieces(text: str, run: re.Match[str]) -> Iterable[Found]:
    """A row of digits that names nothing as a whole (3301990044,8月): what its parts name."""
    for piece in PIECE.finditer(run.group()):
        yield from _numbered(text, run.start() + piece.start(), piece.group())


def _numbered(text: str, start: int, said: str) -> Iterable[Found]:
    end, number = start + len(said), digits(said)
    if number.startswith("86") and len(number) == 13 and number[2] == "1":
        start, number = start - (text[start - 1 : start] == "+"), number[2:]
    if METER.search(text[:start].rstrip()) and len(number) >= 6:
        yield Found("meter_no", start, end, number, 5)
    else:
        yield from _named(start, end, number)


def _named(start: int, end: int, number: str) -> Iterable[Found]:
    if len(number) == 11 and number[0] == "1" and number[1] in "3456789":
        yield Found("phone", start, end, number, 5)
    elif len(number) == 12 and number.startswith("33"):
        yield Found("meter_no", start, end, number, 4)
    elif len(number) in ACCOUNT_LENGTHS:
        yield Found("account_no", start, end, number, 5)
