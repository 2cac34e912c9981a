"""Why somebody was not signed in.

SignInError
├── Refused           wrong name, password or code: nobody learns which
│   └── Locked        too many failures; `until`
├── CodeWanted        the password was right; the code of the authenticator is still to come, together with `voucher`
├── TooLate           the code came, but the password was given too long ago
├── BadPassword       a new password that may not be one; `why`
└── BadName           what an agent cannot be called
"""

from datetime import datetime

from desk.errors import DeskError
from desk.passwords import Unfit


class SignInError(DeskError):
    """Nobody was signed in."""


class Refused(SignInError):
    """Wrong name, password or code; `left` is how many tries there still are."""

    def __init__(self, left: int = 0) -> None:
        super().__init__("wrong name, password or code")
        self.left = left


class Locked(Refused):
    """Too many failures."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class CodeWanted(SignInError):
    """The password was right. The voucher stands for it, for some minutes."""

    def __init__(self, voucher: str) -> None:
        super().__init__("a code is wanted")
        self.voucher = voucher


class TooLate(SignInError):
    """The code came, but the password was given too long ago."""


class BadPassword(SignInError):
    """A new password that may not be one."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(why)
        self.why = why


class BadName(SignInError):
    """What an agent cannot be called."""
