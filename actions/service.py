"""What a service offers to the dialogue that leads through it."""

from typing import Protocol

from actions.belief import Matter
from actions.turn import Turn


class Service(Protocol):
    """A service leads one matter. It is done when it leaves `matter.question` empty."""

    name: str
    intents: frozenset[str]
    urgency: int

    async def begin(self, turn: Turn, matter: Matter) -> None:
        """Take what the message says, and answer or ask."""

    async def answer(self, turn: Turn, matter: Matter, *, foreign: bool) -> bool:
        """Take an answer to the open question, or a correction, and go on; False when there was none.

        `foreign` means the message itself is about something else: only unmistakable values may be taken, and
        nothing may be said.
        """

    async def ask_again(self, turn: Turn, matter: Matter) -> None:
        """Repeat the open question."""

    def listens(self, matter: Matter) -> bool:
        """True while the customer is asked to tell freely: nothing short of a clear sign interrupts."""
