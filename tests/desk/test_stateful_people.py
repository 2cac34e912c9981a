"""The bot is silent while people have a conversation, whatever happens at the same moment, and speaks again afterwards.

To the customers and the bad luck of test_stateful come agents: they take, hand over, answer and close conversations
in two processes.
"""

import asyncio
from collections.abc import Awaitable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from desk.errors import DeskError
from desk.model import Author, Draft, Handoff, Kind, Message, Status
from desk.staff import Summary
from tests.desk.test_stateful import Conversations, processes, users

AGENTS = ("li", "wang")
BEGINS = "utter_handoff_waiting"
ENDS = frozenset({"utter_handoff_resolved", "utter_handoff_expired", "utter_handoff_left"})
agents = st.sampled_from(AGENTS)


class ConversationsWithPeople(Conversations):
    def __init__(self) -> None:
        super().__init__()
        self.replies = 0

    def act(self, work: Awaitable[object]) -> bool:
        """Whether it was allowed."""
        try:
            self.run(work)
        except DeskError:
            return False
        return True

    def conversation(self, user: str, process: int) -> str:
        return str(self.run(self.processes[process].open("webchat", user)))

    # --- what agents do ------------------------------------------------------------------------------------------

    @rule(user=users, process=processes)
    def people_are_wanted(self, user: str, process: int) -> None:
        here = self.processes[process]
        self.act(here.escalate(self.conversation(user, process), Handoff("客户要求人工")))

    @rule(user=users, process=processes, agent=agents)
    def an_agent_claims(self, user: str, process: int, agent: str) -> None:
        self.act(self.processes[process].claim(self.conversation(user, process), agent))

    @rule(user=users, process=processes, agent=agents)
    def an_agent_answers(self, user: str, process: int, agent: str) -> None:
        """Nobody speaks who does not have the conversation."""
        here, conversation = self.processes[process], self.conversation(user, process)
        holder = self.run(here.conversation(conversation))
        self.replies += 1
        said = Draft(Author.AGENT, Kind.TEXT, f"{agent} {self.replies}")
        allowed = self.act(here.reply(conversation, agent, said))
        assert allowed == (holder.status is Status.HUMAN and holder.agent == agent)  # type: ignore[attr-defined]

    @rule(user=users, process=processes, agent=agents)
    def an_agent_closes(self, user: str, process: int, agent: str) -> None:
        self.act(self.processes[process].resolve(self.conversation(user, process), by=agent, summary=Summary("其他")))

    @rule(user=users, process=processes, agent=agents)
    def an_agent_is_gone(self, user: str, process: int, agent: str) -> None:
        self.act(self.processes[process].put_back(self.conversation(user, process), by=agent))

    @rule(user=users, process=processes)
    def the_customer_gives_up(self, user: str, process: int) -> None:
        self.act(self.processes[process].leave(self.conversation(user, process)))

    @rule(user=users, process=processes, other=processes, claimed=st.booleans())
    def people_come_while_the_bot_is_thinking(self, user: str, process: int, other: int, claimed: bool) -> None:
        self.bots[process].delay = 0.002
        self.send_a_burst(user, process, 1)
        self.people_are_wanted(user, other)
        if claimed:
            self.an_agent_claims(user, other, "li")
        self.run(asyncio.sleep(0.01))

    # --- what must be true ---------------------------------------------------------------------------------------

    @invariant()
    def the_bot_is_silent_while_people_are_there(self) -> None:
        if not self.processes:
            return
        for user in ("甲", "乙"):
            for line, with_people in marked(self._lines(user)):
                assert not (with_people and line.author is Author.BOT), f"the bot said {line.text}"
                assert with_people or line.author is not Author.AGENT, f"an agent said {line.text}"

    def _check_end(self) -> None:
        """Everything that was written is answered by the bot, or was in front of people."""
        for user in ("甲", "乙"):
            lines = self._lines(user)
            replied = {line.reply_to for line in lines}
            last = max((line.seq for line, people in marked(lines) if people or line.text == BEGINS), default=0)
            alone = [line for line in lines if line.author is Author.CUSTOMER and line.seq > last]
            assert [line.text for line in alone if line.id not in replied] == []
            self._check_answers(user, lines)
            conversation = self.conversation(user, 0)
            assert self.run(self.processes[0]._store.pending(conversation)) is None


def marked(lines: list[Message]) -> list[tuple[Message, bool]]:
    """Each line, and whether people had the conversation when it was written; the marks are the bounds."""
    found, with_people = [], False
    for line in lines:
        mark = line.text if line.author in (Author.SYSTEM, Author.BOT) else ""
        if mark in ENDS:
            with_people = False
        found.append((line, with_people))
        if mark == BEGINS:
            with_people = True
    return found


TestConversationsWithPeople = ConversationsWithPeople.TestCase
TestConversationsWithPeople.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
