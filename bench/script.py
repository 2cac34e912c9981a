"""The conversation that everybody has in the benchmark: ten turns through an outage, a bill and a repair report."""

from __future__ import annotations

from dataclasses import dataclass

# Accounts of the demo town with the last four digits of their phone (docs/demo.md).
ACCOUNTS = (
    ("3300100001", "5678"),
    ("3300100002", "1234"),
    ("3300100003", "2345"),
    ("3300100004", "3456"),
    ("3300100007", "7890"),
    ("3300100010", "1357"),
)
COMMUNITIES = (
    "金色家园",
    "东方名城",
    "学府雅居",
    "幸福里",
    "枫林小区",
    "滨河新村",
)  # nothing known about outages there
BLOCKS = 8


@dataclass(frozen=True)
class Turn:
    """What is said, or the button that is pressed, and a word that a right answer has."""

    text: str
    expected: str
    payload: str = ""


def script(number: int) -> tuple[Turn, ...]:
    """The walk of conversation `number`; accounts, addresses and phones differ from one to the next."""
    account, tail = ACCOUNTS[number % len(ACCOUNTS)]
    community, block = COMMUNITIES[number % len(COMMUNITIES)], number // len(COMMUNITIES) % BLOCKS + 1
    return (
        Turn("翠湖苑停电了,什么时候来电?", "翠湖苑"),
        Turn("查一下上个月的电费", "户号"),
        Turn(account, "后四位"),
        Turn(tail, "账单"),
        Turn("再查一下去年12月的电费", "12月"),
        Turn(f"我要报修,{community}{block}栋2单元{number % 6 + 1}01室一直跳闸", "邻居"),
        Turn("只有我家", "电话", '/inform{"choice": "repair.scope=一户"}'),
        Turn(f"1390000{number % 10000:04}", community),
        Turn("对", "RP"),
        Turn("谢谢", "不客气"),
    )
