"""What two transactions that meet leave behind, on SQLite and on PostgreSQL."""

import asyncio

from desk.model import Outcome
from desk.ports import Inbound
from desk.rows import customer_line, insert_lines
from tests.desk.kit import desk


async def test_a_message_that_arrives_while_a_turn_ends_is_not_left_behind(database_url: str) -> None:
    async with desk(database_url) as room, desk(database_url) as other:
        conversation, now = await room.switchboard.open("webchat", "u1"), room.clock()
        first = await room.store.accept(conversation, Inbound("webchat", "u1", "m1", "停电了"), now)
        assert first.holder
        async with other.database.write() as db:  # the transaction of `accept`, held open
            row = await other.store._next_seq(db, conversation, 1, "a new token", now)
            assert row.holder == first.holder
            second = Inbound("webchat", "u1", "m2", "还没来")
            await insert_lines(db, [customer_line(second, conversation, row.last_seq, now)])
            ending = asyncio.create_task(room.store.finish(first.message, first.holder, Outcome(()), now))
            await asyncio.sleep(0.3)
        finished = await ending
        assert finished and finished.more
