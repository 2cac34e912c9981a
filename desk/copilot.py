"""What the bot would have said, for an agent to judge; nothing of it is said, kept or carried out.

A rehearsal reads only: an answer that would have changed something (an urge, a ticket) fails, and none is offered.
"""

from desk.errors import BotFailure
from desk.model import Author, Conversation, Kind
from desk.ports import Bot
from desk.reading import Reading

LOOK_BACK = 20


class Copilot:
    def __init__(self, bot: Bot, reading: Reading) -> None:
        self._bot, self._reading = bot, reading

    async def suggest(self, conversation: Conversation) -> str:
        """The bot's answer to the customer's last words, as text; empty when there is none worth reading."""
        lines = await self._reading.lines(conversation.id, limit=LOOK_BACK)
        asked = next((line for line in reversed(lines) if line.author is Author.CUSTOMER and line.text.strip()), None)
        if asked is None:
            return ""
        facts = {"channel": conversation.channel, "humans_on_duty": False, "rehearsal": True, "personal_data": True}
        belief = conversation.belief | {"handoff_closed": True}
        try:
            turn = await self._bot.ask(asked, belief, facts | {"data": {}, "hazard": None})
        except BotFailure:
            return ""
        said = [reply.text for reply in turn.replies if reply.kind in (Kind.TEXT, Kind.BUTTONS, Kind.CARD)]
        return "\n".join(said).strip()
