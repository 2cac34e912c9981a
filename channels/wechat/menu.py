"""The menu under the chat: read from menu.yml, checked against the platform's limits, put up by `make wechat-menu`.

BadMenu   the file says something that WeChat would refuse
"""

from pathlib import Path
from typing import Any

import yaml

from channels.wechat.api import Api
from channels.wechat.errors import WeChatError
from channels.wechat.incoming import SAYS

FILE = Path(__file__).with_name("menu.yml")
MOST_ENTRIES, MOST_BELOW = 3, 5
LONGEST_NAME, LONGEST_NAME_BELOW, LONGEST_KEY = 16, 60, 128  # bytes; what is longer is cut on small screens

Json = dict[str, Any]


class BadMenu(WeChatError):
    """The file says something that WeChat would refuse."""


def read(file: Path = FILE) -> Json:
    """The menu as the platform takes it; raises BadMenu."""
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST_ENTRIES:
        raise BadMenu(f"a menu has 1 to {MOST_ENTRIES} entries")
    return {"button": [_entry(entry) for entry in entries]}


async def put_up(api: Api, menu: Json) -> None:
    """Customers see it within minutes, or after opening the account's page anew; raises desk.errors.NotCarried."""
    await api.call("POST", "/cgi-bin/menu/create", body=menu)


def _entry(entry: Json) -> Json:
    below = entry.get("below")
    if below is None:
        return _leaf(entry, LONGEST_NAME)
    if not 1 <= len(below) <= MOST_BELOW:
        raise BadMenu(f"{entry.get('name')}: 1 to {MOST_BELOW} entries may stand below it")
    return {"name": _name(entry, LONGEST_NAME), "sub_button": [_leaf(each, LONGEST_NAME_BELOW) for each in below]}


def _leaf(entry: Json, longest: int) -> Json:
    name = _name(entry, longest)
    if "opens" in entry:
        return {"type": "view", "name": name, "url": str(entry["opens"])}
    key = f"{SAYS}{entry.get('says', '')}"
    if key == SAYS or len(key.encode()) > LONGEST_KEY:
        raise BadMenu(f"{name}: what it says has 1 to {LONGEST_KEY - len(SAYS)} bytes")
    return {"type": "click", "name": name, "key": key}


def _name(entry: Json, longest: int) -> str:
    name = str(entry.get("name", ""))
    if not name or len(name.encode()) > longest:
        raise BadMenu(f"{name or 'an entry'}: a name has 1 to {longest} bytes")
    return name
