"""`python -m channels.wechat menu | doctor`, for whoever sets the account up. Settings come from the environment."""

import asyncio
import os
import sys
from datetime import datetime, timedelta

import httpx

from channels.wechat import menu
from channels.wechat.api import Api
from channels.wechat.doctor import examine
from channels.wechat.door import Door, Mode
from channels.wechat.token import Tokens
from desk.errors import NotCarried
from desk.ports import Kept
from settings import Settings, SettingsError


class Pocket:
    """A shelf for one command."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    async def read(self, name: str) -> Kept | None:
        return self._kept.get(name)

    async def write(self, name: str, kept: Kept) -> None:
        self._kept[name] = kept

    async def lock(self, name: str, lasts: timedelta) -> bool:
        return True


async def main(command: str, settings: Settings) -> int:
    if settings.wechat_mode == "off":
        print("DIANDA_WECHAT_MODE 是 off:先按 docs/wechat.md 设置公众号", file=sys.stderr)
        return 1
    async with httpx.AsyncClient(base_url=settings.wechat_api) as http:
        tokens = Tokens(http, settings.wechat_app_id, settings.wechat_app_secret.reveal(), Pocket(), _now)
        api = Api(http, tokens, _now)
        return await (_menu(api) if command == "menu" else _doctor(http, api, tokens, settings))


async def _menu(api: Api) -> int:
    try:
        made = menu.read()
        await menu.put_up(api, made)
    except (menu.BadMenu, NotCarried) as error:
        print(f"菜单没有放上去:{error}", file=sys.stderr)
        return 1
    print("菜单已放上去:" + " · ".join(entry["name"] for entry in made["button"]))
    return 0


async def _doctor(http: httpx.AsyncClient, api: Api, tokens: Tokens, settings: Settings) -> int:
    keys = [settings.wechat_aes_key.reveal()] if settings.wechat_aes_key.reveal() else []
    door = Door(settings.wechat_token.reveal(), settings.wechat_app_id, Mode(settings.wechat_mode), keys)
    ill = 0
    async for finding in examine(http, api, tokens, door, f"http://127.0.0.1:{settings.port}/wechat"):
        print(f"{'✗' if finding.advice else '✓'} {finding.what}{':' + finding.advice if finding.advice else ''}")
        ill += bool(finding.advice)
    return 1 if ill else 0


def _now() -> datetime:
    return datetime.now().astimezone()


if __name__ == "__main__":
    if sys.argv[1:] not in (["menu"], ["doctor"]):
        raise SystemExit("python -m channels.wechat menu | doctor")
    try:
        raise SystemExit(asyncio.run(main(sys.argv[1], Settings.from_environment(os.environ))))
    except SettingsError as error:
        raise SystemExit(f"settings: {error}") from None
