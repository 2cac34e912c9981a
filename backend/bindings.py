"""Accounts that a customer keeps at hand: bound once with the second factor, then known until unbound.

A customer is an opaque conversation id here, as everywhere. Whoever is bound to the same account on several channels is
one customer: see `company`.
"""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import AccountNo, issue_grant
from backend.accounts import account_of
from backend.identity import prove
from backend.parts import Now, Reading, Secret, Writing
from backend.policies import policies
from backend.refusals import LOCKED, MISMATCH
from backend.tables import BindingRow
from utility.models import Grant, IdentityCheck

router = APIRouter(tags=["绑定"])

Customer = Annotated[str, Path(max_length=200, description="the opaque conversation id", examples=["c-7f3a"])]


async def company(session: AsyncSession, conversation: str) -> list[str]:
    """This conversation and every other one that is bound to one of its accounts."""
    mine = select(BindingRow.account_no).where(BindingRow.conversation == conversation)
    alike = select(BindingRow.conversation).where(BindingRow.account_no.in_(mine))
    return [conversation, *sorted(set(await session.scalars(alike)) - {conversation})]


@router.post("/bindings", summary="绑定户号", responses=MISMATCH | LOCKED)
async def bind(check: IdentityCheck, session: Writing, now: Now, secret: Secret) -> list[Grant]:
    """户号 and the last four digits of the registered phone, tried and counted as at /identity. All bound accounts, the
    longest bound first, each with a fresh grant."""
    await prove(session, check, now)
    if await session.get(BindingRow, (check.requester, check.account_no)) is None:
        session.add(BindingRow(conversation=check.requester, account_no=check.account_no, at=now))
        await session.flush()
    return await _bound(session, check.requester, now, secret)


@router.get("/bindings/{conversation}", summary="已绑定的户号")
async def bound(conversation: Customer, session: Reading, now: Now, secret: Secret) -> list[Grant]:
    """The longest bound first, each with a fresh grant."""
    return await _bound(session, conversation, now, secret)


@router.delete("/bindings/{conversation}/{no}", summary="解绑户号")
async def unbind(conversation: Customer, no: AccountNo, session: Writing, now: Now, secret: Secret) -> list[Grant]:
    """What is left; nothing happens when it was not bound."""
    mine = delete(BindingRow).where(BindingRow.conversation == conversation, BindingRow.account_no == no)
    await session.execute(mine)
    return await _bound(session, conversation, now, secret)


@router.delete("/bindings/{conversation}", summary="解绑全部户号")
async def unbind_all(conversation: Customer, session: Writing) -> list[Grant]:
    """For a customer who left the channel: nothing is bound any more."""
    await session.execute(delete(BindingRow).where(BindingRow.conversation == conversation))
    return []


async def _bound(session: AsyncSession, conversation: str, now: datetime, secret: str) -> list[Grant]:
    mine = select(BindingRow.account_no).where(BindingRow.conversation == conversation)
    numbers = list(await session.scalars(mine.order_by(BindingRow.at, BindingRow.account_no)))
    life = timedelta(minutes=(await policies(session)).grant_minutes)
    found = []
    for no in numbers:
        token, ends = issue_grant(secret, no, conversation, now, life)
        found.append(Grant(account=await account_of(session, no), token=token, expires_at=ends))
    return found
