"""Whatever happens (bursts, duplicates, failures, crashes, time-outs), what must be true of a conversation stays true.

Hypothesis plays customers and bad luck against two gateway processes on one database; the model of what must be true
is the list of what was accepted.
"""

import asyncio
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from desk.answer import Answerer
from desk.database import Database
from desk.feed import Feed
from desk.handoffs import Handoffs
from desk.migrate import migrate
from desk.model import Author, Message
from desk.ports import Inbound
from desk.store import Store
from desk.switchboard import Switchboard
from tests.desk.kit import HAZARDS, PHRASES, Clock, FakeBot, FakePeople

USERS = ("甲", "乙")
users = st.sampled_from(USERS)
processes = st.integers(0, 1)
_migrated: list[Path] = []


def migrated() -> Path:
    """A migrated SQLite file, made once."""
    if not _migrated:
        file = Path(tempfile.mkdtemp()) / "empty.db"
        migrate(f"sqlite+aiosqlite:///{file}")
        _migrated.append(file)
    return _migrated[0]


class Conversations(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(migrated(), self.folder / "desk.db")
        self.clock = Clock()
        self.bots = [FakeBot(), FakeBot()]
        self.accepted: dict[str, list[str]] = {user: [] for user in USERS}
        self.databases: list[Database] = []
        self.processes: list[Switchboard] = []

    @initialize()
    def start(self) -> None:
        self.run(self._start())

    async def _start(self) -> None:
        for bot in self.bots:
            self.processes.append(self._process(bot))

    def _process(self, bot: FakeBot) -> Switchboard:
        database = Database(f"sqlite+aiosqlite:///{self.folder}/desk.db")
        self.databases.append(database)
        answerer = Answerer(bot, HAZARDS, PHRASES, self.clock, FakePeople())
        return Switchboard(Store(database), Handoffs(database), answerer, Feed(), PHRASES, self.clock, lambda: None)

    def run(self, work: object) -> object:
        return self.loop.run_until_complete(work)  # type: ignore[arg-type]

    # --- what customers do ---------------------------------------------------------------------------------------

    @rule(user=users, process=processes, count=st.integers(1, 4))
    def send_a_burst(self, user: str, process: int, count: int) -> None:
        async def burst() -> None:
            for _ in range(count):
                text = f"{user}{len(self.accepted[user])}"
                self.accepted[user].append(text)
                await self.processes[process].receive(Inbound("webchat", user, text, text))

        self.run(burst())

    @rule(user=users, process=processes, data=st.data())
    def deliver_again(self, user: str, process: int, data: st.DataObject) -> None:
        if self.accepted[user]:
            text = data.draw(st.sampled_from(self.accepted[user]))
            turn = self.run(self.processes[process].receive(Inbound("webchat", user, text, text)))
            assert turn.duplicate  # type: ignore[attr-defined]

    # --- bad luck ------------------------------------------------------------------------------------------------

    @rule(process=processes, failures=st.integers(1, 5))
    def the_bot_fails(self, process: int, failures: int) -> None:
        self.bots[process].failures = failures

    @rule(process=processes, delay=st.sampled_from([0.0, 0.002, 30.0]))
    def the_bot_takes_its_time(self, process: int, delay: float) -> None:
        self.bots[process].delay = delay

    @rule(process=processes)
    def a_process_is_killed_and_starts_again(self, process: int) -> None:
        async def kill() -> None:
            tasks = list(self.processes[process]._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.processes[process] = self._process(self.bots[process])

        self.run(kill())

    @rule(seconds=st.sampled_from([0.001, 0.01]))
    def real_time_passes(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    @rule(process=processes, seconds=st.sampled_from([1, 11]))
    def somebody_looks_for_abandoned_messages(self, process: int, seconds: int) -> None:
        self.clock.pass_by(seconds=seconds)
        self.run(self.processes[process].take_up())

    # --- what must be true ---------------------------------------------------------------------------------------

    @invariant()
    def what_was_accepted_is_written_once_and_numbers_have_no_gaps(self) -> None:
        if not self.processes:
            return
        for user in USERS:
            lines = self._lines(user)
            assert [line.text for line in lines if line.author is Author.CUSTOMER] == self.accepted[user]
            assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
            self._check_answers(user, lines)

    def _check_answers(self, user: str, lines: list[Message]) -> None:
        """No message is answered twice, and answers come in the order of the messages."""
        answered = [line.reply_to for line in lines if line.reply_to]
        assert all(count == 1 for count in Counter(answered).values())
        order = {line.id: line.seq for line in lines}
        asked = [order[reply] for reply in answered if reply]
        assert asked == sorted(asked)
        counts = [int(line.text.split()[1]) for line in lines if line.author is Author.BOT and " " in line.text]
        assert counts == list(range(1, len(counts) + 1)), "a belief was lost or used twice"

    def _lines(self, user: str) -> list[Message]:
        async def lines() -> list[Message]:
            return await self.processes[0].transcript(await self.processes[0].open("webchat", user))

        return self.run(lines())  # type: ignore[return-value]

    def teardown(self) -> None:
        """In the end, when luck is back, everything that was accepted has its answer."""
        try:
            if self.processes:
                self.run(self._settle())
                self._check_end()
        finally:
            self.run(self._close())
            self.loop.close()
            shutil.rmtree(self.folder)

    def _check_end(self) -> None:
        for user in USERS:
            lines = self._lines(user)
            replied = {line.reply_to for line in lines}
            waiting = [line.text for line in lines if line.author is Author.CUSTOMER and line.id not in replied]
            assert waiting == []
            self._check_answers(user, lines)

    async def _settle(self) -> None:
        for bot in self.bots:
            bot.delay, bot.failures = 0.0, 0
        for board in self.processes:  # whoever still waits for a slow bot is dead by now
            for task in list(board._tasks):
                task.cancel()
            await asyncio.gather(*board._tasks, return_exceptions=True)
        for _ in range(3):
            self.clock.pass_by(seconds=11)
            await self.processes[0].take_up()
            await self.processes[0].close()

    async def _close(self) -> None:
        for database in self.databases:
            await database.close()


TestConversations = Conversations.TestCase
TestConversations.settings = settings(
    max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
