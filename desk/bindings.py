"""The accounts that customers keep at hand, at the utility."""

from desk.errors import BindingRefused
from desk.ports import BoundAccount
from utility.client import UtilityClient
from utility.errors import IdentityLocked, IdentityMismatch, UtilityError
from utility.models import Grant, IdentityCheck


class UtilityAccounts:
    """See ports.Accounts."""

    def __init__(self, utility: UtilityClient) -> None:
        self._utility = utility

    async def bind(self, conversation: str, account_no: str, phone_tail: str) -> list[BoundAccount]:
        try:
            check = IdentityCheck(account_no=account_no, phone_tail=phone_tail, requester=conversation)
            return _bound(await self._utility.bind(check))
        except IdentityMismatch as wrong:
            raise BindingRefused("number and digits do not fit", tries_left=wrong.tries_left) from None
        except IdentityLocked as locked:
            raise BindingRefused("too many tries", until=locked.until) from None
        except (UtilityError, ValueError) as away:
            raise BindingRefused(f"not possible now: {type(away).__name__}") from None

    async def bound(self, conversation: str) -> list[BoundAccount]:
        try:
            return _bound(await self._utility.bound(conversation))
        except UtilityError as away:
            raise BindingRefused(f"not possible now: {type(away).__name__}") from None

    async def unbind(self, conversation: str, account_no: str) -> list[BoundAccount]:
        try:
            return _bound(await self._utility.unbind(conversation, account_no))
        except UtilityError as away:
            raise BindingRefused(f"not possible now: {type(away).__name__}") from None


def _bound(grants: list[Grant]) -> list[BoundAccount]:
    accounts = (grant.account for grant in grants)
    return [BoundAccount(each.account_no, each.holder_masked, each.address_masked) for each in accounts]
