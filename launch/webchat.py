"""A visitor of the web chat, over its HTTP API, as a customer's browser would be.

WebchatError   the API said no; `status` and its own sentence
└── Away       nothing answers there, or what answers is not the web chat
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
import uuid
from typing import Any, Dict

from launch.project import Problem

Message = Dict[str, Any]
PERIOD = 0.1  # seconds between looks for a reply
QUIET = 0.4  # seconds after the last reply in which another may still belong to it
CALL_TIMEOUT = 5.0
TRIES = 3
LONGEST_PAUSE = 61.0


class WebchatError(Problem):
    """The web chat said no."""

    def __init__(self, sentence: str, status: int = 0, retry_after: float = 0.0) -> None:
        super().__init__(sentence)
        self.status = status
        self.retry_after = retry_after


class Away(WebchatError):
    """Nothing answers there, or what answers is not the web chat."""


class Visitor:
    """One conversation."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._token = ""
        # no proxy, whatever the environment says: the gateway is here
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def open(self) -> None:
        """Begin a conversation."""
        self._token = self._call("POST", "/webchat/session", {})["token"]

    def say(self, text: str, payload: str = "") -> int:
        """Send a text, or a button's title and payload, and return its place in the transcript.

        Sent again with the same id when the gateway is away for a moment or asks for a pause.
        """
        message = {"id": uuid.uuid4().hex, "text": text, **({"payload": payload} if payload else {})}
        for left in reversed(range(TRIES)):
            try:
                return int(self._call("POST", "/webchat/messages", message)["seq"])
            except WebchatError as error:
                passing = isinstance(error, Away) or error.status in (429, 503)
                if not left or not passing or error.retry_after > LONGEST_PAUSE:
                    raise
                time.sleep(error.retry_after or 1.0)
        raise AssertionError("unreachable")

    def messages(self, after: int) -> list[Message]:
        """The transcript after a place in it."""
        found: list[Message] = self._call("GET", f"/webchat/messages?after={after}", None)
        return found

    def answer(self, after: int, timeout: float) -> list[Message]:
        """What others said after a place in the transcript, all of it; empty when nothing came in time."""
        deadline = time.monotonic() + timeout
        said: list[Message] = []
        while not said and time.monotonic() < deadline:
            time.sleep(PERIOD)
            said = self._said(after)
        while said:
            time.sleep(QUIET)
            more = self._said(said[-1]["seq"])
            if not more:
                break
            said += more
        return said

    def _said(self, after: int) -> list[Message]:
        try:
            return [message for message in self.messages(after) if message["author"] != "customer"]
        except Away:  # it may be back at the next look
            return []

    def _call(self, method: str, path: str, body: dict[str, str] | None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with self._opener.open(request, timeout=CALL_TIMEOUT) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error) from None
        except (OSError, http.client.HTTPException, ValueError):
            raise Away(f"nothing answers at {self.url}: start it with `make run`") from None


def _refusal(error: urllib.error.HTTPError) -> WebchatError:
    retry_after = error.headers.get("Retry-After", "")
    pause = float(retry_after) if retry_after.isdigit() else 0.0
    return WebchatError(f"the web chat answered {error.code}: {_sentence(error.read())}", error.code, pause)


def _sentence(body: bytes) -> str:
    """What an error says to a person."""
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return "no reason given"
