import asyncio, pytest
from tests.desk.kit import desk, FakeBot
from tests.desk.conftest import *  # noqa
from tests.conftest import postgres  # noqa

async def test_strand(database_url):
    stranded = 0
    async with desk(database_url, bot=FakeBot(delay=0.0)) as room, desk(database_url, bot=room.bot) as two:
        for n in range(150):
            user=f"u{n}"
            await room.switchboard.open("webchat", user)
            turns=[]
            async def send(board,k):
                turns.append(await board.send(f"{k}", user=user))
                await asyncio.sleep(0.001*k)
            await asyncio.gather(*(send((room,two)[k%2],k) for k in range(6)))
            await room.switchboard.close(5); await two.switchboard.close(5)
            left = [t for t in turns if await room.store.replies(t.message.id) is None]
            stranded += bool(left)
    print("STRANDED", database_url[:10], stranded)
