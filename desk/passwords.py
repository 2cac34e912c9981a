"""Passwords: argon2id in a few threads of its own turn, and which new ones may be one."""

import asyncio
import base64
import secrets
import unicodedata
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
AT_A_TIME = 4  # each one works in 64 MiB: a flood of guesses must not take the machine's memory
# Without letters and digits that are taken for each other when they are read out or copied by hand.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Unfit(StrEnum):
    """Why a new password may not be one."""

    SHORT = f"新密码至少{SHORTEST}位"
    LONG = f"新密码最多{LONGEST}位"
    LIKE_NAME = "新密码不能包含登录名"
    LIKE_BEFORE = "新密码不能与旧密码相同"


def unfit(name: str, before: str, new: str) -> Unfit | None:
    """None for a good one. Lengths are in characters."""
    new, before = _plain(new), _plain(before)
    if len(new) < SHORTEST:
        return Unfit.SHORT
    if len(new) > LONGEST:
        return Unfit.LONG
    if name.casefold() in new.casefold():
        return Unfit.LIKE_NAME
    return Unfit.LIKE_BEFORE if new == before else None


def one_time() -> str:
    """Easy to copy by hand: xxxx-xxxx-xxxx-xxxx, 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


class Passwords:
    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self._nobody = _of_nobody(self._hasher)

    async def hash(self, password: str) -> str:
        """It takes a tenth of a second: not on the loop that serves everybody."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, _plain(password))

    async def fits(self, hashed: str | None, password: str) -> bool:
        """To say no for nobody's (None) takes as long as for somebody's."""
        async with self._turns:
            return await asyncio.to_thread(self._verify, hashed or self._nobody, _plain(password[:LONGEST]))

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def _plain(password: str) -> str:
    """A Chinese keyboard writes digits and letters in two widths; they are meant to be the same."""
    return unicodedata.normalize("NFKC", password)


def _of_nobody(hasher: PasswordHasher) -> str:
    """Looks like a hash and costs like one, and no password fits it."""
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = secrets.token_bytes(hasher.salt_len), secrets.token_bytes(hasher.hash_len)
    return f"$argon2id$v=19${costs}${_base64(salt)}${_base64(digest)}"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")
