"""Supply accounts: master data as a verified customer may see it."""

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import wording
from backend.access import AccountNo, covered
from backend.masking import mask_name, mask_phone
from backend.parts import Reading
from backend.problems import Missing
from backend.refusals import FORBIDDEN
from backend.tables import AccountRow, PlaceRow, TransformerAreaRow
from utility.models import Account, SupplyRelation, SupplySource, TariffClass, UsageNature

router = APIRouter(tags=["户号"])


async def known_account(session: AsyncSession, account_no: str) -> AccountRow:
    """Missing for an unknown number."""
    row = await session.get(AccountRow, account_no)
    if row is None:
        raise Missing("no such account")
    return row


async def account_of(session: AsyncSession, account_no: str) -> Account:
    """Masked at the source. Missing for an unknown number."""
    columns = (AccountRow, PlaceRow, TransformerAreaRow.feeder)
    joined = select(*columns).join(PlaceRow, PlaceRow.id == AccountRow.place_id)
    joined = joined.join(TransformerAreaRow, TransformerAreaRow.name == AccountRow.transformer_area)
    found = (await session.execute(joined.where(AccountRow.account_no == account_no))).one_or_none()
    if found is None:
        raise Missing("no such account")
    row, place, feeder = found
    return _account(row, place, feeder)


def _account(row: AccountRow, place: PlaceRow, feeder: str) -> Account:
    return Account(
        account_no=row.account_no,
        holder_masked=mask_name(row.holder),
        phone_masked=mask_phone(row.phone),
        address_masked=f"{wording.CITY}{place.district}{place.name}",
        place_id=row.place_id,
        building=row.building,
        transformer_area=row.transformer_area,
        feeder=feeder,
        tariff_class=TariffClass(row.tariff_class),
        supply_relation=SupplyRelation(row.supply_relation),
        supply_source=SupplySource(row.supply_source),
        usage_nature=UsageNature(row.usage_nature),
        important_kind=row.important_kind,
        hardship=row.hardship,
        life_support=row.life_support,
        manager=row.manager,
    )


@router.get("/accounts/{no}", summary="户号资料", responses=FORBIDDEN, dependencies=[Depends(covered)])
async def one_account(no: AccountNo, session: Reading) -> Account:
    """Name, phone and address masked; needs the account's grant."""
    return await account_of(session, no)
