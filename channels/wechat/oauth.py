"""Web authorisation (snsapi_base): WeChat says who has opened a page of ours. No openid is taken from an address."""

import logging
from typing import Any
from urllib.parse import urlencode

import httpx

from channels.wechat.errors import WeChatError

log = logging.getLogger(__name__)

TIMEOUT = 5.0


class NotAuthorised(WeChatError):
    """WeChat does not say who is there: the code is old, or a snapshot user is only looking."""


class OAuth:
    """`page` is WeChat's address for browsers, `http` leads to its API."""

    def __init__(self, http: httpx.AsyncClient, app_id: str, secret: str, page: str) -> None:
        self._http, self._app_id, self._secret, self._page = http, app_id, secret, page

    def ask(self, back: str, state: str) -> str:
        """Where to send the browser; it comes `back` with a code and the state."""
        query = {
            "appid": self._app_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
        return f"{self._page}?{urlencode(query)}#wechat_redirect"

    async def who(self, code: str) -> str:
        """The openid; raises NotAuthorised."""
        query = {
            "appid": self._app_id,
            "secret": self._secret,
            "code": code[:512],
            "grant_type": "authorization_code",
        }
        try:
            found: dict[str, Any] = (
                await self._http.get("/sns/oauth2/access_token", params=query, timeout=TIMEOUT)
            ).json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotAuthorised(f"no answer: {type(error).__name__}") from None
        if not found.get("openid"):
            raise NotAuthorised(f"errcode {found.get('errcode')}")
        if found.get("is_snapshotuser"):
            raise NotAuthorised("a snapshot user")
        return str(found["openid"])
