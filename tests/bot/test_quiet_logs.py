"""No word of a customer in Rasa's logs, also when something breaks."""

import logging
import sys

from bot.quiet_logs import cut_exception, cut_record, drop_words

SECRET = "我叫李秀英"


def fail_while_holding(words: str) -> None:
    try:
        raise ValueError(f"cannot parse {words}")
    except ValueError as error:
        raise RuntimeError(words) from error


def test_what_was_said_becomes_its_length() -> None:
    assert drop_words(None, "error", {"event": "failure", "text": SECRET}) == {
        "event": "failure",
        "text": f"<{len(SECRET)} characters>",
    }


def test_of_an_exception_its_kind_and_its_lines_remain() -> None:
    try:
        fail_while_holding(SECRET)
    except RuntimeError:
        event = cut_exception(None, "exception", {"event": "failure"})
    assert SECRET not in str(event)
    assert "RuntimeError at " in event["error"]
    assert "ValueError at " in event["error"]
    assert "fail_while_holding" in event["error"]


def test_the_standard_logger_keeps_no_message_of_an_exception_either() -> None:
    try:
        fail_while_holding(SECRET)
    except RuntimeError:
        record = logging.LogRecord("rasa", logging.ERROR, __file__, 1, "action %s failed", ("a",), sys.exc_info())
    text = logging.Formatter().format(cut_record(record))
    assert "action a failed" in text
    assert "RuntimeError at " in text
    assert SECRET not in text
