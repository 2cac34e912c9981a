"""What can go wrong between us and the power company's systems.

UtilityError
├── UtilityUnavailable   away, too slow, broken, or the breaker is open: the matter must be kept and carried out later
└── UtilityRefused       the other side answered, and the answer is no
    ├── NotFound         no such account, bill, ticket or place
    ├── IdentityMismatch account number and second factor do not belong together
    ├── IdentityLocked   too many wrong tries; `until` says when the pause ends
    ├── NotAllowed       the grant is missing, expired, or for another account
    ├── NotPossible      the ticket is not in a status for this step
    └── InvalidRequest   we sent something the contract forbids: our own mistake
"""

from datetime import datetime


class UtilityError(Exception):
    """Root of every failure of the contract."""


class UtilityUnavailable(UtilityError):
    """No answer within the budget, a 5xx, or the circuit breaker is open."""


class UtilityRefused(UtilityError):
    """The other side said no; asking again with the same facts will not help."""


class NotFound(UtilityRefused):
    """There is no such thing."""


class IdentityMismatch(UtilityRefused):
    """The second factor is wrong (or the account does not exist: the two are not told apart)."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(f"identity does not match, {tries_left} tries left")
        self.tries_left = tries_left


class IdentityLocked(UtilityRefused):
    """Three wrong tries: verification rests until `until` (aware datetime)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"identity check locked until {until.isoformat()}")
        self.until = until


class NotAllowed(UtilityRefused):
    """The grant does not cover what was asked for."""


class NotPossible(UtilityRefused):
    """The ticket is not in a status for this step."""


class InvalidRequest(UtilityRefused):
    """The request breaks the contract."""
