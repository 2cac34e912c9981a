"""Whom to call about an account: kept with consent, shown masked, to staff in full and on record."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import AccountNo, covered
from backend.accounts import known_account
from backend.figures import whole
from backend.locks import bucket, hold
from backend.masking import mask_name, mask_phone
from backend.parts import Now, Reading, Writing
from backend.problems import Invalid
from backend.refusals import FORBIDDEN, MISSING
from backend.tables import EmergencyContactRow, RevealRow
from utility.subscriptions import EmergencyContact, EmergencyContactsWish, StaffEmergencyContact

router = APIRouter(tags=["紧急联络人"])

LIMIT = "emergency_contacts_per_account"
Said = Annotated[str, Query(min_length=1, max_length=200)]


@router.put(
    "/accounts/{no}/emergency-contacts", summary="设定紧急联络人", responses=FORBIDDEN, dependencies=[Depends(covered)]
)
async def set_contacts(
    no: AccountNo, wish: EmergencyContactsWish, session: Writing, now: Now
) -> list[EmergencyContact]:
    """All of them at once, in place of those before; needs the account's grant. Who was there already keeps the day of
    their consent."""
    orders = [contact.order for contact in wish.contacts]
    if len(set(orders)) < len(orders):
        raise Invalid("body.contacts: an order twice")
    if len(orders) > await whole(session, LIMIT):
        raise Invalid("body.contacts: more than the policy allows")
    await hold(session, bucket("emergency-contacts", no))
    agreed = {(row.name, row.phone): row.consented_at for row in await _rows(session, no)}
    await session.execute(delete(EmergencyContactRow).where(EmergencyContactRow.account_no == no))
    session.add_all(
        EmergencyContactRow(
            account_no=no,
            position=contact.order,
            name=contact.name,
            phone=contact.phone,
            consented_at=agreed.get((contact.name, contact.phone), now),
        )
        for contact in wish.contacts
    )
    await session.flush()
    return await _masked(session, no)


@router.get(
    "/accounts/{no}/emergency-contacts", summary="紧急联络人", responses=FORBIDDEN, dependencies=[Depends(covered)]
)
async def contacts(no: AccountNo, session: Reading) -> list[EmergencyContact]:
    """Masked, in the order in which they are called; needs the account's grant."""
    return await _masked(session, no)


@router.get("/staff/accounts/{no}/emergency-contacts", summary="查看紧急联络人", responses=MISSING)
async def reveal_contacts(
    no: AccountNo, session: Writing, now: Now, staff: Said, reason: Said
) -> list[StaffEmergencyContact]:
    """In full; that it was asked for is kept before it leaves."""
    await known_account(session, no)
    session.add(RevealRow(staff=staff, subject=f"emergency-contacts {no}", reason=reason, at=now))
    return [
        StaffEmergencyContact(order=row.position, name=row.name, phone=row.phone, consented_at=row.consented_at)
        for row in await _rows(session, no)
    ]


async def _rows(session: AsyncSession, no: str) -> list[EmergencyContactRow]:
    mine = select(EmergencyContactRow).where(EmergencyContactRow.account_no == no)
    return list(await session.scalars(mine.order_by(EmergencyContactRow.position)))


async def _masked(session: AsyncSession, no: str) -> list[EmergencyContact]:
    return [
        EmergencyContact(
            order=row.position,
            name_masked=mask_name(row.name),
            phone_masked=mask_phone(row.phone),
            consented_at=row.consented_at,
        )
        for row in await _rows(session, no)
    ]
