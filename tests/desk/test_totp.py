"""One-time codes: each opens once, and none without the password. On SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import pyotp
import pytest

from desk.sign_in import CodeWanted, Locked, Refused, Session, TooLate, must_set_up
from tests.console.sign_in_kit import GOOD, SECRET
from tests.desk.sign_in_room import Room, sign_in_room


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with sign_in_room(database_url) as made:
        yield made


async def test_the_password_alone_does_not_open_where_there_is_a_code(room: Room) -> None:
    with pytest.raises(CodeWanted) as wanted:
        await room.sign_in.sign_in("zhao", GOOD)
    assert (await room.sign_in.with_code(wanted.value.voucher, room.code())).agent.name == "zhao"


async def test_password_and_code_may_come_together(room: Room) -> None:
    assert await room.sign_in.sign_in("zhao", GOOD, f"{room.code()[:3]} {room.code()[3:]}")


async def test_a_code_is_good_once(room: Room) -> None:
    code = room.code()
    assert await room.sign_in.sign_in("zhao", GOOD, code)
    with pytest.raises(Refused):
        await room.sign_in.sign_in("zhao", GOOD, code)


async def test_one_code_at_the_same_time_opens_once(room: Room) -> None:
    said = await asyncio.gather(
        *(room.sign_in.sign_in("zhao", GOOD, room.code()) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(each, Session) for each in said) == 1


async def test_the_code_that_set_it_up_does_not_open(room: Room) -> None:
    with pytest.raises(Refused):
        await room.sign_in.sign_in("zhao", GOOD, room.code(-1))


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_watch_may_be_wrong_by_half_a_minute(room: Room, steps: int, good: bool) -> None:
    room.clock.pass_by(minutes=5)
    if good:
        assert await room.sign_in.sign_in("zhao", GOOD, room.code(steps))
        return
    with pytest.raises(Refused):
        await room.sign_in.sign_in("zhao", GOOD, room.code(steps))


@pytest.mark.parametrize("code", ["000000", "１２３４５６", "abc", "1" * 200])
async def test_wrong_codes_lock_the_name_and_the_password_in_between_does_not_help(room: Room, code: str) -> None:
    with pytest.raises(CodeWanted) as wanted:
        await room.sign_in.sign_in("zhao", GOOD)
    for _ in range(5):
        with pytest.raises(Refused):
            await room.sign_in.with_code(wanted.value.voucher, code)
        with pytest.raises((CodeWanted, Locked)):
            await room.sign_in.sign_in("zhao", GOOD)
    with pytest.raises(Locked):
        await room.sign_in.with_code(wanted.value.voucher, room.code())


async def test_a_voucher_is_good_for_five_minutes_and_for_the_password_it_stands_for(room: Room) -> None:
    vouchers = []
    for _ in range(2):
        with pytest.raises(CodeWanted) as wanted:
            await room.sign_in.sign_in("zhao", GOOD)
        vouchers.append(wanted.value.voucher)
    await room.sign_in.reset_password("zhao", "wang")
    with pytest.raises(TooLate):
        await room.sign_in.with_code(vouchers[0], room.code())
    room.clock.pass_by(minutes=5, seconds=1)
    for voucher in (vouchers[1], "made up", ""):
        with pytest.raises(TooLate):
            await room.sign_in.with_code(voucher, room.code())


async def test_codes_are_set_up_once_and_only_with_one_that_fits(room: Room) -> None:
    assert not await room.sign_in.confirm_totp("li", SECRET, "000000")
    assert not await room.sign_in.confirm_totp("li", "short", room.code())
    assert await room.sign_in.confirm_totp("li", SECRET, room.code())
    other = SECRET[::-1]
    assert not await room.sign_in.confirm_totp("li", other, pyotp.TOTP(other).at(room.clock()))


async def test_an_admin_without_codes_has_to_set_them_up(room: Room) -> None:
    assert must_set_up((await room.sign_in.sign_in("li", GOOD)).agent) is False
    await room.sign_in.reset_totp("zhao", "wang")
    assert must_set_up((await room.sign_in.sign_in("zhao", GOOD)).agent) is True
