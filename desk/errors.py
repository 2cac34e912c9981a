"""What can go wrong at the desk.

DeskError
├── UnknownConversation   nobody has this conversation id
├── BadTransition         the status does not allow this step (see model.TRANSITIONS)
├── ClaimedByOther        somebody was faster; `holder` is their name
└── BotFailure            Rasa gave no usable answer: `[]`, an error, or none in time
"""


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


class BotFailure(DeskError):
    """Rasa gave no usable answer."""
