"""The second factor: who may see an account, how often one may guess, and how long a pause is."""

import hmac
from datetime import datetime, time, timedelta

from fastapi import APIRouter
from sqlalchemy import and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import issue_grant
from backend.accounts import account_of
from backend.clock import LOCAL
from backend.locks import bucket, hold
from backend.parts import Now, Secret, Writing
from backend.policies import Policies, policies
from backend.problems import Locked, Mismatch
from backend.refusals import LOCKED, MISMATCH
from backend.tables import AccountRow, IdentityAttemptRow
from utility.models import Grant, IdentityCheck

router = APIRouter(tags=["身份"])

KEPT = timedelta(days=2)


class Guesses:
    """Counts wrong tries of one requester at one subject (an account, or a ticket's phone).

    The count of a requester covers all subjects, so that many accounts cannot be tried in turn; passing clears only
    what was tried at the same subject, so that an own account does not buy more tries at others.
    """

    def __init__(self, session: AsyncSession, rules: Policies, requester: str, subject: str, now: datetime) -> None:
        self._session, self._rules, self._now = session, rules, now
        self._requester, self._subject = requester, subject

    async def begin(self) -> None:
        """Take the turn: no other try by this requester or at this subject runs meanwhile. Locked during a pause."""
        for name in sorted({bucket("identity", self._requester), bucket("identity", self._subject)}):
            await hold(self._session, name)
        if until := await self._pause_ends():
            await self._session.commit()
            raise Locked(until)

    async def right(self) -> None:
        await self._note(passed=True)

    async def wrong(self) -> int:
        """Kept even though the request is refused. The number of tries that are left; Locked with the last one."""
        await self._note(passed=False)
        until = await self._pause_ends()
        left = self._rules.identity_tries - len(await self._wrong_times())
        await self._session.commit()
        if until:
            raise Locked(until)
        return left

    async def _note(self, passed: bool) -> None:
        old = delete(IdentityAttemptRow).where(IdentityAttemptRow.at < self._now - KEPT)
        await self._session.execute(old)
        self._session.add(
            IdentityAttemptRow(requester=self._requester, subject=self._subject, at=self._now, passed=passed)
        )
        await self._session.flush()

    async def _pause_ends(self) -> datetime | None:
        wrong = await self._wrong_times()
        if len(wrong) >= self._rules.identity_tries:
            return max(wrong) + self._rules.identity_pause
        if await self._wrong_today() >= self._rules.identity_account_tries_per_day:
            return _midnight(self._now) + timedelta(days=1)
        return None

    async def _wrong_times(self) -> list[datetime]:
        """Wrong tries of this requester that still count: not older than the pause, not made good since."""
        passed = (
            select(IdentityAttemptRow.subject, func.max(IdentityAttemptRow.id).label("id"))
            .where(IdentityAttemptRow.requester == self._requester, IdentityAttemptRow.passed)
            .group_by(IdentityAttemptRow.subject)
            .subquery()
        )
        wrong = (
            select(IdentityAttemptRow.at)
            .outerjoin(passed, and_(passed.c.subject == IdentityAttemptRow.subject))
            .where(
                IdentityAttemptRow.requester == self._requester,
                ~IdentityAttemptRow.passed,
                IdentityAttemptRow.at > self._now - self._rules.identity_pause,
                IdentityAttemptRow.id > func.coalesce(passed.c.id, 0),
            )
        )
        return list(await self._session.scalars(wrong))

    async def _wrong_today(self) -> int:
        """Wrong tries at this subject by anybody since midnight."""
        counted = select(func.count()).where(
            IdentityAttemptRow.subject == self._subject,
            ~IdentityAttemptRow.passed,
            IdentityAttemptRow.at >= _midnight(self._now),
        )
        return await self._session.scalar(counted) or 0


def _midnight(now: datetime) -> datetime:
    return datetime.combine(now.date(), time(), LOCAL)


async def _tail_fits(session: AsyncSession, account_no: str, tail: str) -> bool:
    phone = await session.scalar(select(AccountRow.phone).where(AccountRow.account_no == account_no))
    return hmac.compare_digest((phone or "nobody")[-4:].encode(), tail.encode())


async def prove(session: AsyncSession, check: IdentityCheck, now: datetime) -> None:
    """One try at the second factor, counted. Mismatch, Locked."""
    guesses = Guesses(session, await policies(session), check.requester, check.account_no, now)
    await guesses.begin()
    if not await _tail_fits(session, check.account_no, check.phone_tail):
        raise Mismatch(await guesses.wrong())
    await guesses.right()


@router.post("/identity", summary="核对身份", responses=MISMATCH | LOCKED)
async def check_identity(check: IdentityCheck, session: Writing, now: Now, secret: Secret) -> Grant:
    """户号 and the last four digits of the registered phone. A wrong number and an unknown one are not told apart.

    Three wrong tries (policy rows) begin a pause of 30 minutes; ten wrong tries a day at one account, by whomever,
    close it until midnight. The grant is valid for 30 minutes.
    """
    await prove(session, check, now)
    account = await account_of(session, check.account_no)
    life = timedelta(minutes=(await policies(session)).grant_minutes)
    token, ends = issue_grant(secret, check.account_no, check.requester, now, life)
    return Grant(account=account, token=token, expires_at=ends)
