"""Decides that the system is up: everything listens, and a real question got a real answer over the web chat."""

from __future__ import annotations

import http.client
import socket
import time
import urllib.error
import urllib.request
from typing import Callable, Iterable

from launch.project import Problem
from launch.webchat import Message, Visitor, WebchatError

QUESTION = "停电了"
APOLOGY = ["/handoff"]  # the only button of what the desk says when the bot gave it no answer
ANSWER_TIMEOUT = 10.0
PERIOD = 0.25

Check = Callable[[], None]


def wait(url: str, ports: Iterable[int], check: Check, timeout: float) -> str:
    """Wait for the answer to QUESTION and return it. `check` raises Problem when waiting has become pointless."""
    deadline = time.monotonic() + timeout
    for port in ports:
        _until(lambda port=port: _listens(port), check, deadline)  # type: ignore[misc]
    _until(lambda: _healthy(url), check, deadline)
    return _until(lambda: _ask(url), check, deadline)


def wait_for_port(port: int, check: Check, timeout: float) -> None:
    _until(lambda: _listens(port), check, time.monotonic() + timeout)


def _until(attempt: Callable[[], str], check: Check, deadline: float) -> str:
    """Repeat an attempt until it succeeds; the Problem of the last failed one goes to the caller."""
    while True:
        check()
        try:
            return attempt()
        except Problem:
            if time.monotonic() > deadline:
                raise
        time.sleep(PERIOD)


def _listens(port: int) -> str:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        raise Problem(f"not ready in time: nothing listens on port {port}; look into var/log/") from None
    return ""


def _healthy(url: str) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/healthz", timeout=ANSWER_TIMEOUT):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            reason = f"{url}/healthz answers {error.code}"
    except (OSError, http.client.HTTPException):
        reason = f"{url}/healthz does not answer"
    raise Problem(f"not ready in time: {reason}; look into var/log/")


def _ask(url: str) -> str:
    visitor = Visitor(url)
    try:
        visitor.open()
        said = visitor.answer(visitor.say(QUESTION), ANSWER_TIMEOUT)
    except WebchatError as error:
        raise Problem(f"not ready in time: {error}; look into var/log/") from None
    for message in said:
        if message["author"] == "bot" and not _apologises(message):
            return str(message["text"])
    raise Problem(f"not ready in time: no real answer to {QUESTION}; look into var/log/")


def _apologises(message: Message) -> bool:
    return [button["payload"] for button in message["buttons"]] == APOLOGY
