"""The outages of the town, told relative to the moment of seeding, so that 'now' stays true for a day of demonstration.

Steps may lie ahead: the backend shows a step when its time has come, so a fault goes on being worked at.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from backend.clock import LOCAL
from backend.tables import Row
from backend.town.gazetteer import Gazetteer, Site
from backend.wording import OUTAGES
from utility.models import OutageKind

NOTICE: Final = timedelta(days=8)
"""Plans are announced at least seven days ahead (commitment 2)."""


@dataclass(frozen=True)
class Step:
    name: str
    at: datetime
    note: str
    expected_at: datetime | None = None


@dataclass(frozen=True)
class Disruption:
    """An outage before it becomes rows. `buildings` are numbers; none means the whole place."""

    id: str
    kind: OutageKind
    site: Site
    reason: str
    starts_at: datetime
    published_at: datetime
    scope: str
    ends_at: datetime | None = None
    expected_at: datetime | None = None
    buildings: tuple[int, ...] = ()
    steps: tuple[Step, ...] = field(default=())

    def row(self) -> Row:
        areas = {self.site.transformer_area(number) for number in self.buildings}
        return {
            "id": self.id,
            "kind": self.kind,
            "cancelled": False,
            "buildings": [f"{number}栋" for number in self.buildings],
            "scope": self.scope,
            "feeder": self.site.feeder,
            "transformer_areas": sorted(areas) or self.site.transformer_areas(),
            "reason": self.reason,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "expected_at": self.expected_at,
            "published_at": self.published_at,
            "source": OUTAGES,
        }

    def step_rows(self) -> list[Row]:
        return [{"outage_id": self.id, "position": number, **vars(step)} for number, step in enumerate(self.steps)]


def disruptions(gazetteer: Gazetteer, now: datetime) -> list[Disruption]:
    """Two faults now, one restored this morning, plans for tomorrow and next week, and a restriction in three days."""
    return [
        _fault_with_progress(gazetteer["C02"], now),
        _fault_without_forecast(gazetteer["C14"], now),
        _restored_this_morning(gazetteer["C04"], now),
        _plan_for_tomorrow(gazetteer["C03"], now),
        _plan_for_next_week(gazetteer["C01"], now),
        _restriction(gazetteer["S07"], now),
    ]


def _ago(now: datetime, minutes: int) -> datetime:
    return now - timedelta(minutes=minutes)


def _in(now: datetime, hours: float) -> datetime:
    """Forecasts are made in steps of ten minutes."""
    moment = (now + timedelta(hours=hours)).replace(second=0, microsecond=0)
    return moment - timedelta(minutes=moment.minute % 10)


def _on(now: datetime, days: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(now.date() + timedelta(days=days), time(hour, minute), LOCAL)


def _id(prefix: str, day: date, number: int) -> str:
    return f"{prefix}{day:%Y%m%d}-{number:02d}"


def _fault_with_progress(site: Site, now: datetime) -> Disruption:
    forecasts = (
        (1.6, 5.0, "查明为环网柜电缆终端击穿，正在更换，预计恢复时间调整"),
        (4.5, 9.0, "备品已运抵现场，正在制作电缆终端，预计恢复时间调整"),
        (8.5, 14.0, "更换后试验未通过，需重新制作，预计恢复时间调整"),
        (13.5, 20.0, "夜间继续抢修，预计恢复时间调整"),
        (19.5, 30.0, "相邻电缆同时更换，预计恢复时间调整"),
    )
    return Disruption(
        id=_id("FT", now.date(), 1),
        kind=OutageKind.FAULT,
        site=site,
        reason="10千伏电缆故障",
        starts_at=_ago(now, 50),
        published_at=_ago(now, 46),
        scope=f"{site.name}全部楼栋",
        expected_at=_in(now, 2.2),
        steps=(
            Step("受理", _ago(now, 48), "收到多位客户报修"),
            Step("派单", _ago(now, 45), "已派城东供电所抢修班"),
            Step("接单", _ago(now, 42), "抢修班已出发"),
            Step("到达", _ago(now, 18), "抢修人员已到达现场，正在查找故障点"),
            *(Step("进展", now + timedelta(hours=at), note, _in(now, until)) for at, until, note in forecasts),
        ),
    )


def _fault_without_forecast(site: Site, now: datetime) -> Disruption:
    later = ((2.5, "线路较长，仍在巡线"), (6.0, "已锁定故障区段，正在排查"), (12.0, "夜间巡线困难，仍在排查"))
    return Disruption(
        id=_id("FT", now.date(), 2),
        kind=OutageKind.FAULT,
        site=site,
        reason="10千伏架空线路故障，原因正在查找",
        starts_at=_ago(now, 25),
        published_at=_ago(now, 22),
        scope=f"{site.name}全村",
        steps=(
            Step("受理", _ago(now, 24), "收到客户报修"),
            Step("派单", _ago(now, 20), "已派云岭供电所抢修班"),
            Step("接单", _ago(now, 16), "抢修班已出发"),
            Step("到达", now + timedelta(minutes=40), "抢修人员已到达，正在沿线巡查"),
            *(Step("进展", now + timedelta(hours=at), f"{note},恢复时间待定") for at, note in later),
        ),
    )


def _restored_this_morning(site: Site, now: datetime) -> Disruption:
    """06:20 to 08:05 today; seeded earlier than that, it ended half an hour ago."""
    ends = min(_on(now, 0, 8, 5), _ago(now, 30))
    starts = ends - timedelta(minutes=105)
    return Disruption(
        id=_id("FT", now.date(), 3),
        kind=OutageKind.FAULT,
        site=site,
        reason="台区低压开关故障，已更换",
        starts_at=starts,
        published_at=starts + timedelta(minutes=5),
        scope=f"{site.name}全部楼栋",
        ends_at=ends,
        expected_at=ends,
        steps=(
            Step("受理", starts + timedelta(minutes=3), "收到客户报修"),
            Step("派单", starts + timedelta(minutes=6), "已派城西供电所抢修班"),
            Step("接单", starts + timedelta(minutes=9), "抢修班已出发"),
            Step("到达", starts + timedelta(minutes=38), "抢修人员已到达现场"),
            Step("修复", ends, "已恢复供电"),
        ),
    )


def _plan_for_tomorrow(site: Site, now: datetime) -> Disruption:
    published = _on(now, 1, 10) - NOTICE
    return Disruption(
        id=_id("PL", now.date() + timedelta(days=1), 1),
        kind=OutageKind.PLANNED,
        site=site,
        reason=f"{site.feeder}检修，更换老旧电缆",
        starts_at=_on(now, 1, 8, 30),
        ends_at=_on(now, 1, 17),
        expected_at=_on(now, 1, 17),
        published_at=published,
        scope=f"{site.name}1–6栋",
        buildings=(1, 2, 3, 4, 5, 6),
        steps=(Step("公告", published, "已提前7天公告"),),
    )


def _plan_for_next_week(site: Site, now: datetime) -> Disruption:
    published = _on(now, 8, 9) - NOTICE - timedelta(days=1)
    return Disruption(
        id=_id("PL", now.date() + timedelta(days=8), 1),
        kind=OutageKind.PLANNED,
        site=site,
        reason="台区变压器增容改造",
        starts_at=_on(now, 8, 8),
        ends_at=_on(now, 8, 12),
        expected_at=_on(now, 8, 12),
        published_at=published,
        scope=f"{site.name}全部楼栋",
        steps=(Step("公告", published, "已提前7天公告"),),
    )


def _restriction(site: Site, now: datetime) -> Disruption:
    published = _ago(now, 26 * 60)
    return Disruption(
        id=_id("YX", now.date() + timedelta(days=3), 1),
        kind=OutageKind.RESTRICTED,
        site=site,
        reason="电网高峰时段供电能力不足，按政府批准的有序用电方案执行",
        starts_at=_on(now, 3, 14),
        ends_at=_on(now, 3, 17),
        expected_at=_on(now, 3, 17),
        published_at=published,
        scope=f"{site.name}沿线工业用户（居民用电不受影响）",
        steps=(Step("公告", published, "已通知沿线工业用户"),),
    )
