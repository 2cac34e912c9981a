"""No word of a customer in Rasa's logs.

Rasa writes the text of a message at ERROR when handling it failed (core/channels/rest.py:173), and its JSON logs carry
the local variables of every frame of a traceback. Here structlog drops the fields that hold what was said and keeps of
an exception its kind and its lines of code; the standard logger's tracebacks are cut down in the same way.
"""

from __future__ import annotations

import logging
import sys
import traceback
import warnings
from typing import Any

import structlog

SAID = frozenset({
    "text", "response_text", "user_text", "slot_values", "parse_data_text", "parse_data_entities", "prediction_events",
    "tracker_latest_message", "prefilled_slots", "message", "response", "slot_candidates", "rasa_event", "rasa_events",
    "tracker_states", "current_states", "old_states", "successes", "current_entity", "next_entity", "states", "entity",
    "token_text", "user_message", "json_message",
})  # fmt: skip


def silence(*, keep_words: bool = False) -> None:
    """Call after Rasa has configured its logging. `keep_words` is for --debug, on a developer's machine."""
    if keep_words:
        return
    processors = structlog.get_config()["processors"]
    structlog.configure(processors=[drop_words, cut_exception, *processors])
    plain = logging.getLogRecordFactory()  # every logger of the process makes its records here

    def make(*args: Any, **kwargs: Any) -> logging.LogRecord:
        return cut_record(plain(*args, **kwargs))

    logging.setLogRecordFactory(make)
    warnings.filterwarnings("ignore", message="Failed to parse arguments in line")  # quotes the message


def drop_words(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """What was said becomes its length."""
    for key in SAID & event.keys():
        event[key] = f"<{len(str(event[key]))} characters>"
    return event


def cut_exception(_logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Kinds and lines of the chain of exceptions; no messages, no local variables."""
    given = event.pop("exc_info", None)
    error = _current(given if given is not None else method == "exception")
    if error is not None:
        event["error"] = lines(error)
    return event


def cut_record(record: logging.LogRecord) -> logging.LogRecord:
    """The same for the standard logger."""
    error = _current(record.exc_info)
    record.exc_info = record.exc_text = None
    if error is not None:
        record.msg, record.args = f"{record.getMessage()}\n{lines(error)}", ()
    return record


def lines(error: BaseException) -> str:
    """One line per exception of the chain, outermost first: Kind at file:line in function."""
    chain: list[str] = []
    current: BaseException | None = error
    while current is not None:
        frames = traceback.extract_tb(current.__traceback__)[-3:]
        where = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        chain.append(f"{type(current).__name__} at {where}")
        current = current.__cause__ or current.__context__
    return "\n".join(chain)


def _current(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1]
    return sys.exc_info()[1] if given else None
