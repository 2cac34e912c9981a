"""Links into our own pages: signed, for one conversation, for ten minutes, opened once."""

import hashlib
import secrets
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

from desk.errors import LinkInvalid
from desk.model import Conversation
from desk.ports import Owner, Shelf

LASTS = timedelta(minutes=10)
SALT = "dianda.link"
LONGEST = 512


class SignedLinks:
    """See ports.Links. `address` is where people reach us, such as https://chat.example.com."""

    def __init__(self, address: str, secret: str, shelf: Shelf) -> None:
        self._address, self._shelf = address, shelf
        self._signer = URLSafeTimedSerializer(secret, salt=SALT, signer_kwargs={"digest_method": hashlib.sha256})

    def bind(self, conversation: Conversation) -> str:
        """The page on which accounts are bound and let go."""
        token = self._signer.dumps([conversation.id, conversation.channel, secrets.token_urlsafe(9)])
        return f"{self._address}/bind?t={token}"

    async def open(self, token: str) -> Owner:
        try:
            conversation, channel, once = self._signer.loads(token[:LONGEST], max_age=int(LASTS.total_seconds()))
        except (BadData, ValueError, TypeError):
            raise LinkInvalid("forged or too old") from None
        if not await self._shelf.lock(f"link:{once}", LASTS):
            raise LinkInvalid("used already")
        return Owner(conversation, channel)
