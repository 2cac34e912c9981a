"""Bills as issued, and what is owed today: status and late fee depend on the day and are worked out here."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import wording
from backend.access import AccountNo, covered
from backend.accounts import known_account
from backend.parts import Now, Reading
from backend.problems import Invalid
from backend.refusals import FORBIDDEN
from backend.tables import AccountRow, BillRow, PaymentWayRow
from utility.models import Balance, Bill, BillStatus, PaymentWay, TariffClass

router = APIRouter(tags=["电费"])

RESIDENT_RATE: Final = Decimal("0.001")
OTHER_RATE: Final = Decimal("0.002")
OTHER_RATE_NEXT_YEAR: Final = Decimal("0.003")
LEAST_LATE_FEE: Final = Decimal("1.00")

Month = Annotated[str, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="YYYY-MM", examples=["2026-10"])]


def status_on(bill: BillRow, today: date) -> BillStatus:
    """Paid, still in time, or overdue."""
    if bill.paid_on is not None and bill.paid_on <= today:
        return BillStatus.PAID
    return BillStatus.OVERDUE if today > bill.due_on else BillStatus.OPEN


def late_fee(total: Decimal, due_on: date, today: date, resident: bool) -> Decimal:
    """电费违约金 in yuan (供电营业规则): residents 0.1 % a day, others 0.2 %, from the next year on 0.3 %; at least 1."""
    days = (today - due_on).days
    if days <= 0:
        return Decimal("0.00")
    if resident:
        owed = total * RESIDENT_RATE * days
    else:
        this_year = max(0, (min(today, date(due_on.year, 12, 31)) - due_on).days)
        owed = total * (OTHER_RATE * this_year + OTHER_RATE_NEXT_YEAR * (days - this_year))
    return max(LEAST_LATE_FEE, owed.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _owed_late(row: BillRow, account: AccountRow, today: date) -> Decimal:
    if status_on(row, today) is not BillStatus.OVERDUE:
        return Decimal("0.00")
    return late_fee(row.total, row.due_on, today, account.tariff_class == TariffClass.RESIDENTIAL)


def _bill(row: BillRow, account: AccountRow, now: datetime) -> Bill:
    return Bill(
        account_no=row.account_no,
        period=row.period,
        days=row.days,
        reading_start=Decimal(row.reading_start),
        reading_end=Decimal(row.reading_end),
        kwh=Decimal(row.kwh),
        kwh_peak=None if row.kwh_peak is None else Decimal(row.kwh_peak),
        kwh_valley=None if row.kwh_valley is None else Decimal(row.kwh_valley),
        year_kwh=Decimal(row.year_kwh),
        items=row.items,
        tiers=row.tiers,
        total=row.total,
        late_fee=_owed_late(row, account, now.date()),
        status=status_on(row, now.date()),
        due_on=row.due_on,
        estimated=row.estimated,
        as_of=now,
        source=wording.ACCOUNTS,
    )


async def _bills(session: AsyncSession, account_no: str, first: str = "", last: str = "9999-12") -> list[BillRow]:
    of_account = select(BillRow).where(BillRow.account_no == account_no, BillRow.period.between(first, last))
    return list(await session.scalars(of_account.order_by(BillRow.period)))


@router.get("/accounts/{no}/bills", summary="账单", responses=FORBIDDEN, dependencies=[Depends(covered)])
async def bills(no: AccountNo, first: Month, last: Month, session: Reading, now: Now) -> list[Bill]:
    """Bills of the periods from `first` to `last`, both ends in, oldest first; [] where none was issued."""
    if first > last:
        raise Invalid("query.first: later than query.last")
    account = await known_account(session, no)
    return [_bill(row, account, now) for row in await _bills(session, no, first, last)]


@router.get("/accounts/{no}/balance", summary="欠费与余额", responses=FORBIDDEN, dependencies=[Depends(covered)])
async def balance(no: AccountNo, session: Reading, now: Now) -> Balance:
    """`arrears` is the sum of the overdue bills without the late fee; open bills are not arrears yet."""
    account = await known_account(session, no)
    rows = await _bills(session, no)
    overdue = [row for row in rows if status_on(row, now.date()) is BillStatus.OVERDUE]
    return Balance(
        account_no=no,
        arrears=sum((row.total for row in overdue), Decimal("0.00")),
        late_fee=sum((_owed_late(row, account, now.date()) for row in overdue), Decimal("0.00")),
        overdue_periods=[row.period for row in overdue],
        open_periods=[row.period for row in rows if status_on(row, now.date()) is BillStatus.OPEN],
        prepaid=account.prepaid,
        cut_off=account.cut_off,
        cutoff_on=account.cutoff_on,
        pay_url=f"{wording.PAY_URL}/{no}",
        as_of=now,
        source=wording.ACCOUNTS,
    )


@router.get("/payment-ways", summary="缴费方式")
async def payment_ways(session: Reading) -> list[PaymentWay]:
    """How a bill can be paid, the quickest way first."""
    rows = await session.scalars(select(PaymentWayRow).order_by(PaymentWayRow.position))
    return [
        PaymentWay(name=row.name, how=row.how, url=row.url, source=row.source, valid_from=row.valid_from)
        for row in rows
    ]
