"""What can go wrong at the desk.

DeskError
├── UnknownConversation   nobody has this conversation id
├── BadTransition         the status does not allow this step (see model.TRANSITIONS)
├── ClaimedByOther        somebody was faster; `holder` is their name
├── NotYours              an agent acts on a conversation that is not theirs; `holder` is whose it is
├── BotFailure            Rasa gave no usable answer: `[]`, an error, or none in time
├── LinkInvalid           a link of ours that is forged, too old, or used already
├── BindingRefused        an account was not bound; `tries_left` or `until` says how it goes on, None: away
└── NotCarried            a platform did not take a message (see ports.Carrier)
    ├── TryLater          busy, over its rate, or away; `seconds` is how long to wait at least, 0 when unknown
    ├── WindowClosed      nothing more may be said to this person until they write again
    ├── Unreachable       this person cannot be reached at all: blocked, unsubscribed, banned
    └── Refused           this message will never be taken, others may
"""

from datetime import datetime


class DeskError(Exception):
    """Root of the desk's errors."""


class UnknownConversation(DeskError):
    """Nobody has this conversation id."""


class BadTransition(DeskError):
    """The status does not allow this step."""


class ClaimedByOther(DeskError):
    """A second agent claimed a conversation that is already somebody's."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"already claimed by {holder}")
        self.holder = holder


class NotYours(DeskError):
    """An agent acts on a conversation that is somebody else's, or nobody's (`holder` None)."""

    def __init__(self, holder: str | None) -> None:
        super().__init__(f"the conversation is {holder}'s" if holder else "the conversation is nobody's")
        self.holder = holder


class BotFailure(DeskError):
    """Rasa gave no usable answer."""


class LinkInvalid(DeskError):
    """A link of ours that is forged, too old, or used already."""


class BindingRefused(DeskError):
    """An account was not bound: wrong facts (`tries_left`), too many tries (`until`), or the utility is away."""

    def __init__(self, reason: str, *, tries_left: int | None = None, until: datetime | None = None) -> None:
        super().__init__(reason)
        self.tries_left, self.until = tries_left, until


class NotCarried(DeskError):
    """A platform did not take a message; the text is what the platform said."""


class TryLater(NotCarried):
    """Busy, over its rate, or away."""

    def __init__(self, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.seconds = seconds


class WindowClosed(NotCarried):
    """Nothing more may be said to this person until they write again."""


class Unreachable(NotCarried):
    """This person cannot be reached at all."""


class Refused(NotCarried):
    """This message will never be taken, others may."""
