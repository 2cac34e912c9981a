"""Talk to a trained model without a server and write what happened as JSON: replies, events, parses, CPU time.

`.venv-rasa/bin/python -m tests.bot.talk MODEL OUT`; with BOT_PLAIN=1 without our savings. Run by test_savings.py.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

warnings.showwarning = lambda *_args, **_named: None

from rasa.core.agent import Agent  # noqa: E402
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402
from rasa.utils.log_utils import configure_structlog  # noqa: E402

from bot import savings  # noqa: E402
from bot.heldout import read  # noqa: E402
from bot.tracker_store import LatestTurns  # noqa: E402

CONVERSATIONS = 6
TURNS = 40
COMMANDS = ["/greet", '/inform{"community": "阳光花园"}', "/none_such", ""]
VARYING = {"timestamp", "message_id"}


class Actions(EndpointConfig):
    """An action server in this process: says what it was asked, sets nothing."""

    async def request(self, **call: Any) -> dict[str, Any]:
        asked = call["json"]
        said = asked["tracker"]["latest_message"]
        reply = {
            "text": f"{asked['next_action']}: {said['intent']['name']}",
            "buttons": [{"title": "好", "payload": "/affirm"}],
        }
        return {"events": [], "responses": [reply]}


def main(model: str, out: str) -> None:
    configure_structlog(logging.WARNING)
    if os.environ.get("BOT_PLAIN") != "1":
        savings.apply()
    agent = Agent.load(model, action_endpoint=Actions("http://nowhere"))
    agent.processor.tracker_store = LatestTurns(agent.domain)
    Path(out).write_text(json.dumps(asyncio.run(_talk(agent)), ensure_ascii=False), encoding="utf-8")


async def _talk(agent: Agent) -> dict[str, Any]:
    sentences = [sentence.text for sentence in read(Path("tests/nlu"))]
    step = len(sentences) // (CONVERSATIONS * TURNS)
    chosen = [*sentences[::step][: CONVERSATIONS * TURNS], *COMMANDS]
    await _say(agent, "warm", "你好")
    replies, events = [], []
    started = time.process_time()
    for number, text in enumerate(chosen):
        replies.append(await _say(agent, f"c{number % CONVERSATIONS}", text))
    cost = (time.process_time() - started) / len(chosen) * 1000
    for number in range(CONVERSATIONS):
        tracker = await agent.processor.tracker_store.retrieve(f"c{number}")
        events.append([_steady(event.as_dict()) for event in tracker.events])
    return {"replies": replies, "events": events, "cost": cost}


async def _say(agent: Agent, conversation: str, text: str) -> list[dict[str, Any]]:
    channel = CollectingOutputChannel()
    await agent.handle_message(UserMessage(text, channel, conversation, input_channel="rest"))
    return channel.messages


def _steady(thing: Any) -> Any:
    """Without what differs from run to run."""
    if isinstance(thing, dict):
        return {key: _steady(value) for key, value in thing.items() if key not in VARYING}
    return [_steady(one) for one in thing] if isinstance(thing, list) else thing


if __name__ == "__main__":
    main(*sys.argv[1:])
