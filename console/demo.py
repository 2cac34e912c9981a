"""`python -m console.demo URL FILE`: two agents for the demo, with passwords of the first start, kept in FILE."""

import asyncio
import json
import secrets
import sys
from datetime import datetime
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from desk.agents import AgentStore
from desk.database import Database
from desk.papers import Papers
from desk.rules import RuleStore
from desk.sign_in import SignIn
from desk.staff import Agent, Role

AGENTS = (
    Agent("kefu", "1号客服", Role.AGENT, ("报修", "电费", "投诉", "业扩")),
    Agent("banzhang", "值班班长", Role.SUPERVISOR, ("投诉",)),
)
CANNED = (
    ("开场问候", "您好，我是{客服}，您的情况我已看到，马上为您处理。"),
    ("请稍候", "请稍候，我正在为您查询。"),
    ("工单已登记", "已为您登记，工单号{工单号}，处理有进展会发到这里。"),
    ("预计来电", "您那里的停电正在处理，预计{预计复电时间}恢复供电。"),
    ("安全提醒", "请先远离故障点，不要触碰任何电线和设备，抢修人员到达前请看好老人和孩子。"),
    ("致歉", "给您带来不便，非常抱歉。"),
    ("结束语", "请问还有别的可以帮您吗？"),
)


def initials(title: str) -> str:
    """工单进度 → gdjd."""
    return "".join(lazy_pinyin(title, style=Style.FIRST_LETTER)).lower()


async def make(url: str) -> dict[str, str]:
    """The passwords by name; nothing is made where agents are already."""
    database = Database(url)
    try:
        agents, sign_in, papers = AgentStore(database), SignIn(database, _now), Papers(database)
        if await agents.all():
            return {}
        passwords = {agent.name: secrets.token_urlsafe(9) for agent in AGENTS}
        for agent in AGENTS:
            await agents.create(agent, await sign_in.hash(passwords[agent.name]), _now())
        for title, text in CANNED:
            await papers.put_canned(title, text, initials(title))
        await RuleStore(database).write("hours_kept", False, "demo", _now())
        return passwords
    finally:
        await database.close()


def main(url: str, file: Path) -> None:
    if passwords := asyncio.run(make(url)):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(json.dumps(passwords), encoding="utf-8")


def _now() -> datetime:
    return datetime.now().astimezone()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
