"""Who may call: bearers of the shared secret, and of an account's grant for its data."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import Header, Path, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from itsdangerous import BadData, URLSafeSerializer

from backend.clock import LOCAL
from backend.parts import Now, Secret, parts
from backend.problems import Forbidden, Unknown

bearer = HTTPBearer(auto_error=False, description="The secret shared between the desk and the utility's systems.")

AccountNo = Annotated[str, Path(description="户号", examples=["3300100001"])]

GrantHeader = Annotated[
    str | None, Header(alias="X-Account-Grant", description="The token of a passed identity check for this account.")
]


async def require_secret(
    request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)] = None
) -> None:
    """Compared in constant time. 401 without or with a wrong secret."""
    given = shown.credentials if shown else ""
    if not hmac.compare_digest(given.encode(), parts(request).secret.encode()):
        raise Unknown("the shared secret is missing or wrong")


def issue_grant(secret: str, account_no: str, requester: str, now: datetime, life: timedelta) -> tuple[str, datetime]:
    """A signed token for one account, and when it ends."""
    ends = now + life
    return _signer(secret).dumps([account_no, requester, int(ends.timestamp())]), ends


async def covered(no: AccountNo, now: Now, secret: Secret, token: GrantHeader = None) -> None:
    """A dependency of everything about an account: Forbidden unless the grant is whole, alive and for this account."""
    try:
        granted, _requester, ends = _signer(secret).loads(token or "")
    except (BadData, ValueError):
        raise Forbidden("no valid grant") from None
    if granted != no or datetime.fromtimestamp(ends, LOCAL) <= now:
        raise Forbidden("the grant has ended or is for another account")


GRANT_SALT: Final = "account-grant"


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=GRANT_SALT, signer_kwargs={"digest_method": hashlib.sha256})
