"""Who is writing: a signed and timed token that carries the visitor and their conversation."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

from channels.webchat.errors import TokenExpired, TokenInvalid, TokenMissing
from desk.ports import Clock

SALT = "dianda.webchat.token"
RENEWABLE = timedelta(days=90)
LONGEST = 512


@dataclass(frozen=True)
class Visitor:
    """`user` is random and means nothing outside web chat; it is the desk's `Inbound.user`."""

    user: str
    conversation: str


def new_user() -> str:
    return secrets.token_urlsafe(16)


class Tokens:
    """Makes and reads tokens. A reading costs one HMAC."""

    def __init__(self, secret: str, lifetime: timedelta, clock: Clock) -> None:
        self._signer = _Signer(secret, clock)
        self._lifetime = lifetime

    def issue(self, visitor: Visitor) -> tuple[str, datetime]:
        """The token and when it expires."""
        token = self._signer.sign(f"{visitor.user}:{visitor.conversation}").decode()
        return token, self._signer.now() + self._lifetime

    def read(self, authorization: str | None) -> Visitor:
        """Whose token is in this header; raises TokenMissing, TokenInvalid, TokenExpired."""
        try:
            return self._read(authorization, self._lifetime)
        except SignatureExpired:
            raise TokenExpired from None

    def read_to_renew(self, authorization: str | None) -> Visitor:
        """As `read`, for a token that may have expired up to RENEWABLE ago."""
        try:
            return self._read(authorization, self._lifetime + RENEWABLE)
        except SignatureExpired:
            raise TokenInvalid from None

    def _read(self, authorization: str | None, longest: timedelta) -> Visitor:
        if not authorization:
            raise TokenMissing
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or len(token) > LONGEST:
            raise TokenInvalid
        try:
            value = self._signer.unsign(token.encode(), max_age=int(longest.total_seconds()))
        except SignatureExpired:
            raise
        except BadSignature:
            raise TokenInvalid from None
        user, _, conversation = value.decode().partition(":")
        return Visitor(user, conversation)


class _Signer(TimestampSigner):
    """Signs with SHA-256 and tells the time by our clock."""

    def __init__(self, secret: str, clock: Clock) -> None:
        super().__init__(secret, salt=SALT, digest_method=hashlib.sha256)
        self._clock = clock

    def now(self) -> datetime:
        return self._clock().replace(microsecond=0)

    def get_timestamp(self) -> int:
        return int(self._clock().timestamp())
