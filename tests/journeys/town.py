"""Facts of the seeded town that a journey may name, read where the customer's own figures come from: the backend."""

import sqlite3
from contextlib import closing
from datetime import datetime
from decimal import Decimal

from actions import zh
from backend.clock import LOCAL
from backend.town.bills import MONTHS
from backend.town.demo_accounts import DEMO_ACCOUNTS
from backend.town.matters import matters
from tests.connected import FRESH
from tests.stack import Stack
from utility.client import UtilityClient
from utility.models import Bill, IdentityCheck

REQUESTER = "journeys"
TICKETS = ("ticket_events", "ticket_parties", "tickets", "idempotency", "identity_attempts")  # children first
RISING, FALLING = (7,), (3, 9)


def seeded_at(stack: Stack) -> datetime:
    """When the town was made: its tickets bear numbers of that moment."""
    return datetime.fromtimestamp((stack.folder / "backend.seed.log").stat().st_mtime, LOCAL)


def of_tickets(stack: Stack) -> dict[str, str]:
    """Numbers of the tickets that the town has already: another's, done and under way."""
    done, open_, complaint = (matter.no for matter in matters(seeded_at(stack)))
    return {"repair_done": done, "repair_open": open_, "complaint_open": complaint}


def of_months(stack: Stack) -> dict[str, str]:
    """Months as customers name them; the bills of the town cover the last 24.

    From June to July use always rises, less than it would without the season; into March and September it always
    falls, and for the first of these there is no year before to compare with.
    """
    today = seeded_at(stack).date()
    months = [zh.month_before(f"{today:%Y-%m}", back) for back in range(MONTHS, 0, -1)]
    first_year, last_year = months[1:12], months[12:]
    return {
        "first_month": _named(months[0]),
        "risen_month": _named(_one_of(last_year, RISING)),
        "fallen_month": _named(_one_of(first_year, FALLING)),
        "winter_month": _named(_one_of(last_year, (1,))),
        "spring_month": _named(_one_of(last_year, (4,))),
    }


def _one_of(months: list[str], wanted: tuple[int, ...]) -> str:
    return next(month for month in months if int(month[5:]) in wanted)


def _named(month: str) -> str:
    return f"{month[:4]}年{int(month[5:])}月"


async def of_account(stack: Stack, utility: UtilityClient, account_no: str) -> dict[str, str]:
    """The newest bill and the balance of a demo account, as the bot is to say them."""
    tail = next(account.home.tail for account in DEMO_ACCOUNTS if account.home.account_no == account_no)
    grant = await utility.check_identity(IdentityCheck(account_no=account_no, phone_tail=tail, requester=REQUESTER))
    today = seeded_at(stack).date()
    newest = zh.month_before(f"{today:%Y-%m}")
    bill = (await utility.bills(account_no, newest, newest, grant.token))[0]
    balance = await utility.balance(account_no, grant.token)
    owed = balance.arrears + balance.late_fee
    return {
        "holder": grant.account.holder_masked,
        "month": zh.say_month(newest, today),
        **_figures(bill),
        "arrears": _money(balance.arrears),
        "late_fee": _money(balance.late_fee),
        "owed": _money(owed),
        "prepaid": _money(balance.prepaid),
    }


def _figures(bill: Bill) -> dict[str, str]:
    return {"total": _money(bill.total), "kwh": zh.say_kwh(bill.kwh)}


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}元"


def forget_tickets(stack: Stack) -> None:
    """The tickets of the seeded town, as if nobody had reported anything or failed to prove who they are."""
    with closing(sqlite3.connect(stack.folder / "backend.db", timeout=30)) as db:
        db.execute("ATTACH ? AS fresh", (str(stack.folder / FRESH),))
        with db:
            for table in TICKETS:
                db.execute(f"DELETE FROM main.{table}")  # names of our own
            for table in reversed(TICKETS):
                db.execute(f"INSERT INTO main.{table} SELECT * FROM fresh.{table}")
