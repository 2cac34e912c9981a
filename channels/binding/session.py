"""Who has opened the page: a signed cookie for some minutes, and a word that every form must bring along (CSRF)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from fastapi import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

COOKIE = "dianda_bind"
SALT = "dianda.binding"
LASTS = 15 * 60


@dataclass(frozen=True)
class Session:
    """`confirmed` is false until WeChat has said who is there."""

    conversation: str
    channel: str
    word: str
    confirmed: bool


class Sessions:
    def __init__(self, secret: str, *, secure: bool) -> None:
        """`secure`: the page is served by https, so the cookie may only travel there."""
        self._signer = URLSafeTimedSerializer(secret, salt=SALT, signer_kwargs={"digest_method": hashlib.sha256})
        self._secure = secure

    def begin(self, response: Response, conversation: str, channel: str, *, confirmed: bool) -> Session:
        session = Session(conversation, channel, secrets.token_urlsafe(16), confirmed)
        self._set(response, session)
        return session

    def confirm(self, response: Response, session: Session) -> None:
        self._set(response, Session(session.conversation, session.channel, secrets.token_urlsafe(16), True))

    def read(self, request: Request) -> Session | None:
        """None without a cookie of ours, or with one that is too old."""
        try:
            fields = self._signer.loads(request.cookies.get(COOKIE, ""), max_age=LASTS)
            return Session(*fields)
        except (BadData, TypeError, ValueError):
            return None

    def _set(self, response: Response, session: Session) -> None:
        value = self._signer.dumps([session.conversation, session.channel, session.word, session.confirmed])
        response.set_cookie(
            COOKIE, value, max_age=LASTS, path="/bind", httponly=True, samesite="lax", secure=self._secure
        )


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
