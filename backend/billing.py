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
from backend.policies import Policies, policies
from backend.problems import Invalid
from backend.refusals import FORBIDDEN
from backend.tables import AccountRow, BillRow, PaymentWayRow
from utility.models import Balance, Bill, BillStatus, PaymentWay, TariffClass

router = APIRouter(tags=["电费"])

CENT: Final = Decimal("0.01")

Month = Annotated[str, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="YYYY-MM", examples=["2026-10"])]


def status_on(bill: BillRow, today: date) -> BillStatus:
    """Paid, still in time, or overdue."""
    if bill.paid_on is not None and bill.paid_on <= today:
        return BillStatus.PAID
    return BillStatus.OVERDUE if today > bill.due_on else BillStatus.OPEN


def late_fee(bill: BillRow, resident: bool, today: date, rules: Policies) -> Decimal:
    """电费违约金 in yuan (供电营业规则): a share of the bill for each day after the last; zero unless overdue."""
    if status_on(bill, today) is not BillStatus.OVERDUE:
        return Decimal("0.00")
    days = (today - bill.due_on).days
    if resident:
        share = rules.late_fee_resident * days
    else:
        this_year = (min(today, date(bill.due_on.year, 12, 31)) - bill.due_on).days
        share = rules.late_fee_other * this_year + rules.late_fee_other_next_year * (days - this_year)
    return max(rules.late_fee_least, (bill.total * share).quantize(CENT, ROUND_HALF_UP))


def _is_resident(account: AccountRow) -> bool:
    return account.tariff_class == TariffClass.RESIDENTIAL


def _bill(row: BillRow, fee: Decimal, now: datetime) -> Bill:
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
        late_fee=fee,
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
    resident, rules = _is_resident(await known_account(session, no)), await policies(session)
    return [
        _bill(row, late_fee(row, resident, now.date(), rules), now) for row in await _bills(session, no, first, last)
    ]


@router.get("/accounts/{no}/balance", summary="欠费与余额", responses=FORBIDDEN, dependencies=[Depends(covered)])
async def balance(no: AccountNo, session: Reading, now: Now) -> Balance:
    """`arrears` is the sum of the overdue bills without the late fee; open bills are not arrears yet."""
    account, rules = await known_account(session, no), await policies(session)
    rows = await _bills(session, no)
    overdue = [row for row in rows if status_on(row, now.date()) is BillStatus.OVERDUE]
    return Balance(
        account_no=no,
        arrears=sum((row.total for row in overdue), Decimal("0.00")),
        late_fee=sum((late_fee(row, _is_resident(account), now.date(), rules) for row in overdue), Decimal("0.00")),
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
