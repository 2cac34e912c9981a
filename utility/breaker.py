"""The circuit breaker: a dead backend may cost a few customers the whole budget, not every one of them.

closed ──N failures in a row──► open ──pause over──► half open ──probe succeeds──► closed
                                  ▲                      │
                                  └──── probe fails ─────┘
"""

import time
from collections.abc import Callable


class Breaker:
    """Counts whole calls, not attempts. `clock` gives seconds and never runs backwards; `pause` is in seconds."""

    def __init__(self, *, failures: int = 5, pause: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._pause = pause
        self._clock = clock
        self._failed = 0
        self._opened_at: float | None = None
        self._probing = False

    @property
    def open(self) -> bool:
        """True from the N-th failure until a call has succeeded again."""
        return self._opened_at is not None

    def admit(self) -> bool:
        """May a call go out now? While half open one call at a time may: it is the probe."""
        if self._opened_at is None:
            return True
        if self._probing or self._clock() - self._opened_at < self._pause:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        """The other side answered, be it with a no."""
        self._failed = 0
        self._opened_at = None
        self._probing = False

    def failed(self) -> None:
        """No answer, or one that nobody can use."""
        self._failed += 1
        self._probing = False
        if self._failed >= self._limit:
            self._opened_at = self._clock()

    def abandoned(self) -> None:
        """The caller went away before the answer: nothing was learned, the next call may probe."""
        self._probing = False
