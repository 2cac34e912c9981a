"""Who may sit at the desk: passwords, one-time codes, lock-out, and one session per agent.

A session begins with the password (and the code, where there is one). Whoever still has to change a password or, as an
admin, to set up codes has a session too, but may do nothing else with it: see `must_set_up`.
"""

import hashlib
import re
import secrets
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from desk import sessions, totp
from desk import staff_tables as s
from desk.agents import AgentStore, AgentUnknown
from desk.audit import write_in
from desk.database import Database, Transaction
from desk.passwords import Passwords, one_time, unfit
from desk.ports import Clock, Kept
from desk.sessions import Session, Sessions
from desk.shelf import DatabaseShelf
from desk.sign_in_errors import BadName, BadPassword, CodeWanted, Locked, Refused, SignInError, TooLate
from desk.staff import Act, Agent, Role
from desk.tries import PREFIX, Tries, Try

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
VOUCHER_LASTS = timedelta(minutes=5)
NAME = re.compile(r"[\w.@-]{2,40}")
NOBODY = "—"  # in the audit log: a name that no agent has, and that may be a password in the wrong field

a = s.agent.c


class SignIn:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        idle: timedelta = IDLE,
        longest: timedelta = LONGEST,
        passwords: Passwords | None = None,
    ) -> None:
        self._db, self._clock = database, clock
        self._passwords, self._tries = passwords or Passwords(), Tries(database)
        self._sessions, self._shelf = Sessions(database, idle, longest), DatabaseShelf(database, clock)

    # --- in and out ----------------------------------------------------------------------------------------------

    async def sign_in(self, name: str, password: str, code: str = "", *, address: str = "") -> Session:
        """Raises Refused, Locked or CodeWanted. A session that the agent has elsewhere ends."""
        name = tidy(name)
        counted = await self._count(name)
        row = await self._row(name)
        known = row is not None and row.active
        right = await self._passwords.fits(row.password if row is not None and known else None, password)
        if row is None or not right:
            raise await self._failed(name if row is not None else NOBODY, counted, "登录名或密码不对", address)
        if row.totp and not code.strip():
            raise CodeWanted(await self._voucher(row, counted))
        return await self._enter(row, code, counted, address)

    async def with_code(self, voucher: str, code: str, *, address: str = "") -> Session:
        """The rest of a sign-in; raises Refused, Locked or TooLate."""
        kept = await self._shelf.read(_voucher(voucher))
        name, _, seen = kept.value.rpartition(" ") if kept else ("", "", "")
        row = await self._row(name)
        if row is None or not row.active or _digest(row.password) != seen:
            raise TooLate
        return await self._enter(row, code, await self._count(name), address)

    async def session(self, token: str, *, used: bool = True) -> Session | None:
        """Who holds this token; None when it is none of ours, or too old. `used`: somebody is at work with it."""
        return await self._sessions.find(token, self._clock(), used=used)

    async def alive(self, token: str) -> bool:
        """Whether the session is in force; to ask does not keep it so."""
        return await self.session(token, used=False) is not None

    async def sign_out(self, token: str) -> None:
        """Whoever leaves is away."""
        await self._sessions.leave(token, self._clock())

    # --- passwords and codes -------------------------------------------------------------------------------------

    async def hash(self, password: str) -> str:
        return await self._passwords.hash(password)

    async def add(self, agent: Agent, by: str) -> str:
        """A new agent's one-time password. Raises BadName, NameTaken."""
        if not NAME.fullmatch(agent.name) or agent.name != tidy(agent.name):
            raise BadName(agent.name)
        password = one_time()
        store = AgentStore(self._db)
        await store.create(replace(agent, must_change=True), await self.hash(password), self._clock(), by=by)
        return password

    async def change_password(self, name: str, old: str, new: str) -> None:
        """Raises BadPassword for an unfit new one, Refused or Locked for a wrong old one."""
        if why := unfit(name, old, new):
            raise BadPassword(why)
        counted = await self._count(name)
        row = await self._row(name)
        if row is None or not await self._passwords.fits(row.password, old):
            raise await self._failed(name, counted, "原密码不对", "")
        await self._set(name, name, "修改密码", password=await self.hash(new), must_change=False)

    async def reset_password(self, name: str, by: str) -> str:
        """A one-time password: it has to be changed at the first sign-in. Raises AgentUnknown."""
        password = one_time()
        await self._set(name, by, "重置密码", password=await self.hash(password), must_change=True)
        return password

    async def reset_totp(self, name: str, by: str) -> None:
        """For who has lost their telephone: an admin sets up a new one at the next sign-in. Raises AgentUnknown."""
        await self._set(name, by, "重置动态口令", totp=None)

    async def confirm_totp(self, name: str, secret: str, code: str) -> bool:
        """Whether the code fits; then the secret is in force, and the code is used. Not over one that is in force."""
        now = self._clock()
        step = totp.step_of(secret, code, now) if totp.SECRET.fullmatch(secret) else None
        if step is None:
            return False
        changes = update(s.agent).where(a.name == name, a.totp.is_(None)).values(totp=secret, totp_used=step)
        async with self._db.write() as db:
            done = bool((await db.execute(changes)).rowcount)
            if done:
                await write_in(db, Act(now, name, "启用动态口令", name))
        return done

    # --- steps ---------------------------------------------------------------------------------------------------

    async def _count(self, name: str) -> Try:
        async with self._db.write() as db:
            return await self._tries.count(db, name, self._clock())

    async def _row(self, name: str) -> Row[Any] | None:
        async with self._db.read() as db:
            return (await db.execute(select(s.agent).where(a.name == name))).first()

    async def _failed(self, who: str, counted: Try, why: str, address: str) -> Refused:
        now, detail = self._clock(), f"{why} {address}".strip()
        async with self._db.write() as db:
            await write_in(db, Act(now, who, "登录失败", detail=detail))
            if counted.until:
                await write_in(db, Act(now, who, "登录锁定", detail=f"连续第{counted.number}次 {address}".strip()))
        return Locked(counted.until) if counted.until else Refused(counted.left)

    async def _voucher(self, row: Row[Any], counted: Try) -> str:
        voucher = secrets.token_urlsafe(32)
        kept = Kept(f"{row.name} {_digest(row.password)}", self._clock() + VOUCHER_LASTS)
        await self._shelf.write(_voucher(voucher), kept)
        async with self._db.write() as db:
            await self._tries.take_back(db, row.name, counted)
        return voucher

    async def _enter(self, seen: Row[Any], code: str, counted: Try, address: str) -> Session:
        """With the row in hand, and as it was when the password fitted."""
        now = self._clock()
        try:
            async with self._db.write() as db:
                await self._tries.forget(db, seen.name)
                row = (await db.execute(select(s.agent).where(a.name == seen.name).with_for_update())).one()
                if not row.active or (row.password, row.totp) != (seen.password, seen.totp):
                    raise Refused
                if row.totp:
                    await _spend(db, row, code, now)
                session, ended = await sessions.begin(db, row, now)
                detail = f"{address}{' 原会话已结束' if ended else ''}".strip()
                await write_in(db, Act(now, row.name, "登录", detail=detail))
                return session
        except Refused:
            raise await self._failed(seen.name, counted, "动态口令不对", address) from None

    async def _set(self, name: str, by: str, act: str, **changes: Any) -> None:
        """What somebody else changes ends the agent's session."""
        async with self._db.write() as db:
            await self._tries.forget(db, name)
            if not (await db.execute(update(s.agent).where(a.name == name).values(changes))).rowcount:
                raise AgentUnknown(name)
            if by != name and await sessions.end(db, name):
                await sessions.away(db, name)
            await write_in(db, Act(self._clock(), by, act, name))


async def _spend(db: Transaction, row: Row[Any], code: str, now: datetime) -> None:
    """Each code opens once. Raises Refused."""
    step = totp.step_of(row.totp, code, now)
    if step is None or step <= row.totp_used:
        raise Refused
    await db.execute(update(s.agent).where(a.name == row.name).values(totp_used=step))


def wants_code(agent: Agent) -> bool:
    """Admins prove themselves twice."""
    return agent.role is Role.ADMIN


def must_set_up(agent: Agent) -> bool:
    """Whether a password has to be changed or a code to be set up before anything else."""
    return agent.must_change or (wants_code(agent) and not agent.has_totp)


def tidy(name: str) -> str:
    """As it is kept, however wide the keyboard wrote it."""
    return unicodedata.normalize("NFKC", name).strip()[:40]


def _voucher(voucher: str) -> str:
    return f"{PREFIX}voucher:{_digest(voucher)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


__all__ = [
    "BadName",
    "BadPassword",
    "CodeWanted",
    "Locked",
    "Refused",
    "Session",
    "SignIn",
    "SignInError",
    "TooLate",
    "must_set_up",
    "tidy",
    "wants_code",
]
