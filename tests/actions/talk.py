"""Talks to the dialogue without Rasa: what the model would have understood is said by the test, the rest is real.

The backend is the real one with the seeded town; sentences are rendered from domain.yml.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from actions.belief import Belief
from actions.dialogue import Dialogue
from actions.turn import Circumstances, Clause, Entity, Heard, Reply, Turn
from tests.punctuation import half_width
from utility.client import UtilityClient

DOMAIN = Path(__file__).parents[2] / "domain.yml"
Json = Any
RESPONSES = yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))["responses"]


@dataclass
class Talk:
    """One conversation. After `says`, `text` is what the customer reads and `buttons` what they can press."""

    dialogue: Dialogue
    utility: UtilityClient
    clock: Callable[[], datetime]
    conversation: str = "talk-1"
    humans_on_duty: bool = False
    personal_data: bool = True
    belief: Belief = field(default_factory=Belief)
    turn: Turn | None = None
    count: int = 0

    async def says(
        self,
        text: str,
        intent: str,
        *,
        confidence: float = 0.95,
        clauses: tuple[Clause, ...] = (),
        choice: str | None = None,
        hazard: str | None = None,
        ranking: tuple[tuple[str, float], ...] = (),
        **entities: str,
    ) -> str:
        """An entity is given as name="value" or name="words in the text=value"."""
        found = tuple(_entity(name, said, text) for name, said in entities.items())
        heard = Heard(text, intent, confidence, ranking, found, clauses, choice)
        return await self._respond(heard, hazard)

    async def presses(self, title: str) -> str:
        """Press a button of the last answer by its title; its words never reach the dialogue (actions/sdk.py)."""
        payload = next(payload for known, payload in self.buttons if known == title)
        intent, _, body = payload[1:].partition("{")
        facts: dict[str, str] = json.loads("{" + body) if body else {}
        choice = facts.pop("choice", None)
        found = tuple(Entity(name, value, 0, 0) for name, value in facts.items())
        return await self._respond(Heard("", intent, entities=found, choice=choice), None)

    async def gives(self, **data: Json) -> str:
        """Send a photo (media=…), a place on the map (location=…), or what cannot be read (unread=…)."""
        return await self._respond(Heard("", "inform"), None, data)

    async def _respond(self, heard: Heard, hazard: str | None, data: Json | None = None) -> str:
        self.count += 1
        around = Circumstances(
            self.conversation,
            f"{self.conversation}-m{self.count}",
            "webchat",
            self.humans_on_duty,
            hazard,
            data or {},
            self.personal_data,
        )
        # A belief crosses the wire as JSON between any two messages.
        belief = Belief.from_json(json.loads(json.dumps(self.belief.to_json())))
        self.turn = Turn(heard, around, belief, self.utility, self.clock())
        await self.dialogue.respond(self.turn)
        self.belief = self.turn.belief
        return self.text

    @property
    def text(self) -> str:
        assert self.turn
        return half_width("\n".join(filter(None, map(render, self.turn.replies))))

    @property
    def buttons(self) -> list[tuple[str, str]]:
        assert self.turn
        offered = [button for reply in self.turn.replies for button in (*_own_buttons(reply), *reply.buttons)]
        return [(half_width(title), payload) for title, payload in offered]

    @property
    def titles(self) -> list[str]:
        return [title for title, _ in self.buttons]

    @property
    def said(self) -> list[str]:
        """The names of the responses of the last answer, in order."""
        assert self.turn
        return [reply.response for reply in self.turn.replies if reply.response]


def render(reply: Reply) -> str:
    """As Rasa does it; a value that a sentence names but did not get fails the test."""
    if reply.response is None:
        return str(reply.custom.get("card", {}).get("text", ""))
    sentence: str = RESPONSES[reply.response][0]["text"]
    return re.sub(r"\{(\w+)\}", lambda found: reply.values[found[1]], sentence)


def _own_buttons(reply: Reply) -> list[tuple[str, str]]:
    own = RESPONSES[reply.response][0].get("buttons", ()) if reply.response else ()
    return [(button["title"], button["payload"]) for button in own]


def _entity(name: str, said: str, text: str) -> Entity:
    words, _, value = said.partition("=")
    start = text.find(words)
    return Entity(name, value or words, max(start, 0), max(start, 0) + len(words))
