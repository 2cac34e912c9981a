"""`python -m console.first_admin NAME`: the first administrator, with a password for one time."""

import argparse
import asyncio
import os
import sys
from datetime import datetime

from desk.agents import AgentStore
from desk.audit import AuditLog
from desk.database import Database
from desk.sign_in import SignIn
from desk.staff import Agent, Role
from settings import Settings, SettingsError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m console.first_admin", description=__doc__)
    parser.add_argument("name", help="what the administrator signs in with")
    parser.add_argument("--reset", action="store_true", help="a new password for an administrator who has lost theirs")
    wish = parser.parse_args()
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        print(f"settings: {error}", file=sys.stderr)
        return 1
    return asyncio.run(_make(settings.database_url, wish.name, reset=wish.reset))


async def _make(url: str, name: str, *, reset: bool) -> int:
    database = Database(url)
    try:
        agents, sign_in = AgentStore(database), SignIn(database, _now)
        admins = [agent.name for agent in await agents.all() if agent.role is Role.ADMIN and agent.active]
        if reset and name not in admins:
            print(f"{name} is no administrator", file=sys.stderr)
            return 1
        if admins and not reset:
            print(f"there is an administrator already: {', '.join(admins)}", file=sys.stderr)
            return 1
        if not reset:
            await agents.create(Agent(name, "管理员", Role.ADMIN, must_change=True), "", _now())
            await AuditLog(database, _now).write_now("命令行", "新建坐席", name, Role.ADMIN)
        password = await sign_in.reset_password(name, "命令行")
        print(f"sign in as {name} with this password, once: {password}")
        return 0
    finally:
        await database.close()


def _now() -> datetime:
    return datetime.now().astimezone()


if __name__ == "__main__":
    sys.exit(main())
