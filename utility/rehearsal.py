"""The client of a rehearsal: it reads what is there, and changes nothing."""

from typing import Any

import httpx

from utility.client import UtilityClient


class NotInRehearsal(Exception):
    """The answer would have changed something. Not a UtilityError: no sentence to a customer follows from it."""


class RehearsalClient(UtilityClient):
    """Shares address, connections and breaker with the client it stands in for. Writes raise NotInRehearsal."""

    def __init__(self, of: UtilityClient) -> None:
        self.__dict__.update(vars(of))

    def _build(self, method: str, path: str, *arguments: Any, **more: Any) -> httpx.Request:
        if method != "GET":
            raise NotInRehearsal(f"{method} {path}")
        return super()._build(method, path, *arguments, **more)
