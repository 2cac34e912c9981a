"""One-time codes from an authenticator (RFC 6238: six digits, thirty seconds)."""

import re
import secrets
from datetime import datetime

import pyotp

STEP = 30  # seconds
ISSUER = "电答"
SECRET = re.compile(r"[A-Z2-7]{32}")


def new_secret() -> str:
    """160 bits, as letters that an authenticator takes."""
    return pyotp.random_base32()


def address(secret: str, name: str) -> str:
    """otpauth://…, which an authenticator opens or reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, now or one before or after (a watch may be wrong by half a minute)."""
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    said = "".join(code.split()).encode()
    steps = (current, current - 1, current + 1)
    return next((step for step in steps if secrets.compare_digest(totp.at(step * STEP).encode(), said)), None)
