"""`python -m console.first_admin NAME`: the first administrator, with a password for one time.

With `--reset` an administrator who has lost the password or the telephone begins anew. Whoever can run this can read
the settings, and so the database: there is no second question.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from desk.agents import AgentStore, NameTaken
from desk.database import Database
from desk.migrate import migrate
from desk.sign_in import BadName, SignIn, tidy
from desk.staff import Agent, Role
from settings import Settings, SettingsError

BY = "命令行"


class Wording(StrEnum):
    THERE_IS_ONE = "已经有管理员：{names}。忘记密码或换了手机，请加 --reset。"
    NO_ADMIN = "{name} 不是在用的管理员，不能重置。"
    TAKEN = "登录名 {name} 已被占用，请换一个。"
    BAD_NAME = "登录名 {name} 不合适：2到40个字，可用文字、数字和 _ . @ -，不能有空格。"
    DONE = "登录名：{name}\n一次性密码：{password}\n只显示这一次。首次登录须修改密码，并启用动态口令。"


class Impossible(Exception):
    """The text says why."""


async def make(url: str, name: str, *, reset: bool) -> str:
    """The one-time password; raises Impossible. There must be no administrator yet, or this one for `reset`."""
    database = Database(url)
    try:
        sign_in, agents = SignIn(database, _now), await AgentStore(database).all()
        admins = [agent.name for agent in agents if agent.role is Role.ADMIN and agent.active]
        if reset:
            return await _reset(sign_in, name, admins)
        if admins:
            raise Impossible(Wording.THERE_IS_ONE.format(names="、".join(admins)))
        return await sign_in.add(Agent(name, "管理员", Role.ADMIN), BY)
    except NameTaken:
        raise Impossible(Wording.TAKEN.format(name=name)) from None
    except BadName:
        raise Impossible(Wording.BAD_NAME.format(name=name)) from None
    finally:
        await database.close()


async def _reset(sign_in: SignIn, name: str, admins: list[str]) -> str:
    if name not in admins:
        raise Impossible(Wording.NO_ADMIN.format(name=name))
    await sign_in.reset_totp(name, BY)
    return await sign_in.reset_password(name, BY)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m console.first_admin", description="建立第一个管理员")
    parser.add_argument("name", type=tidy, metavar="NAME", help="管理员的登录名")
    parser.add_argument("--reset", action="store_true", help="管理员忘记密码或换了手机：重新发一次性密码，取消动态口令")
    wish = parser.parse_args(arguments)
    try:
        url = Settings.from_environment(os.environ).database_url
        migrate(url)
        password = asyncio.run(make(url, wish.name, reset=wish.reset))
    except (SettingsError, Impossible) as why:
        print(f"first_admin: {why}", file=sys.stderr)
        return 1
    print(Wording.DONE.format(name=wish.name, password=password))
    return 0


def _now() -> datetime:
    return datetime.now().astimezone()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
