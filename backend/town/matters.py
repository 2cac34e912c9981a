"""A few tickets that the town has already, to ask about by number and phone tail.

They are numbered from 9001: no count of a day gets there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from backend.tables import Row
from backend.ticket_numbers import format_number
from backend.town.demo_accounts import DEMO_ACCOUNTS
from backend.town.households import Household
from backend.wording import RECEIVED
from utility.models import Area, ComplaintClass, Grade, TicketKind, TicketStatus, TimeLimit

SEED: Final = "seed"


@dataclass(frozen=True)
class Matter:
    """A ticket that exists; `steps` are (name, minutes after the beginning, note)."""

    kind: TicketKind
    home: Household
    status: TicketStatus
    began: datetime
    minutes: int
    symptom: str
    description: str
    contact: str
    matters: tuple[str, ...]
    steps: tuple[tuple[str, int, str], ...]
    scope: str = ""
    complaint_class: ComplaintClass | None = None

    @property
    def no(self) -> str:
        return format_number(self.kind, self.began.date(), 9001)


def matters(now: datetime) -> list[Matter]:
    """One repair done yesterday, one repair under way, one complaint waiting for its answer."""
    homes = {account.home.account_no: account.home for account in DEMO_ACCOUNTS}
    return [
        Matter(
            TicketKind.REPAIR, homes["3300100001"], TicketStatus.CLOSED, now - timedelta(days=1, hours=2), 45,
            "跳闸合不上", "空气开关合不上，全屋没电", "城东供电所抢修班", ("到达现场", "恢复供电"),
            (("派单", 3, "已派城东供电所抢修班"), ("接单", 6, "抢修班已出发"), ("到达", 31, "抢修人员已到达"),
             ("修复", 58, "更换进户开关，已恢复供电"), ("回访", 95, "客户确认恢复")), "一户",
        ),
        Matter(
            TicketKind.REPAIR, homes["3300100014"], TicketStatus.ACCEPTED, now - timedelta(minutes=20), 45,
            "电压不稳", "灯忽明忽暗，冰柜频繁停机", "城东供电所抢修班", ("到达现场", "恢复供电"),
            (("派单", 4, "已派城东供电所抢修班"), ("接单", 7, "抢修班已出发")), "整栋",
        ),
        Matter(
            TicketKind.COMPLAINT, homes["3300100008"], TicketStatus.ACCEPTED, now - timedelta(days=2, hours=1), 1440,
            "", "停电通知上的金额与账单不一致", "客户服务中心投诉处理专员", ("投诉联系", "投诉答复"),
            (("接单", 25, "专员已接单"), ("联系", 180, "已与客户电话联系，正在核对账单")), "", ComplaintClass.BUSINESS,
        ),
    ]  # fmt: skip


def limits_of(matter: Matter, area: str, rows: list[Row]) -> list[TimeLimit]:
    """The promises of the ticket, out of the rows that are seeded."""
    chosen = [row for row in rows if row["matter"] in matter.matters and row["area"] in ("", area)]
    hidden = ("region", "position")
    return [
        TimeLimit.model_validate(
            {name: value for name, value in row.items() if name not in hidden} | {"area": _area(row["area"])}
        )
        for row in chosen
    ]


def _area(text: str) -> Area | None:
    return Area(text) if text else None


def ticket_row(matter: Matter, limits: list[TimeLimit]) -> Row:
    return {
        "no": matter.no,
        "kind": matter.kind,
        "status": matter.status,
        "grade": Grade.NORMAL,
        "channel": SEED,
        "place_id": matter.home.place_id,
        "building": matter.home.building_name,
        "account_no": matter.home.account_no,
        "complaint_class": matter.complaint_class,
        "skill": "",
        "created_at": matter.began,
        "due_at": matter.began + timedelta(minutes=matter.minutes),
        "limits": limits,
        "contact": matter.contact,
        "outage_id": None,
        "urged": 0,
        "seeded": True,
    }


def party_row(matter: Matter) -> Row:
    return {
        "ticket_no": matter.no,
        "conversation": f"{SEED}:{matter.no}",
        "phone": matter.home.phone,
        "account_no": matter.home.account_no,
        "place_id": matter.home.place_id,
        "address": f"{matter.home.building_name}{matter.home.door}",
        "symptom": matter.symptom,
        "scope": matter.scope,
        "description": matter.description,
        "joined": False,
        "at": matter.began,
    }


def event_rows(matter: Matter) -> list[Row]:
    lines = ((RECEIVED, 0, f"已登记，由{matter.contact}处理"), *matter.steps)
    return [
        {
            "ticket_no": matter.no,
            "name": name,
            "at": matter.began + timedelta(minutes=minutes),
            "note": note,
            "conversation": None,
        }
        for name, minutes, note in lines
    ]
