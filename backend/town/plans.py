"""What plans of the town have to heed: peaks of past years, protected events, templates, an approved list, numbers."""

from datetime import date, datetime, time, timedelta
from typing import Final

from backend.clock import LOCAL
from backend.tables import Row
from backend.town.rules import DEMO, PROMISES, SINCE
from utility.models import OutageKind
from utility.plans import Measure

SCHEME: Final = "澜湾市有序用电方案（演示数据，实际以政府批准文件为准）"
LIST: Final = "澜湾有序用电名单"
PEAKS: Final = f"{DEMO}:参照往年负荷曲线，可配置"


def policy_rows() -> list[Row]:
    values = (
        ("plan_deviation_minutes", "15", f"{DEMO}:可配置"),
        ("plan_notice_hours", "24", f"{PROMISES}第2条"),
    )
    return [{"name": name, "value": value, "source": source, "valid_from": SINCE} for name, value, source in values]


def peak_rows() -> list[Row]:
    """Summer evenings everywhere, summer noons in the works' district, winter mornings in the mountains."""
    peaks = (
        ("夏季晚高峰", "", "07-01", "08-31", 19, 22),
        ("夏季午高峰", "高新区", "07-01", "08-31", 11, 15),
        ("冬季采暖高峰", "云岭镇", "12-15", "02-15", 18, 21),
    )
    names = ("name", "district", "from_day", "to_day", "from_hour", "to_hour")
    return [
        dict(zip(names, peak, strict=True), id=f"PK{number}", place_id=None, source=PEAKS)
        for number, peak in enumerate(peaks, start=1)
    ]


def event_rows(now: datetime) -> list[Row]:
    """The next university entrance examination around the school, and a fair in three weeks."""
    year = now.year + (now.date() > date(now.year, 6, 9))
    fair = now.date() + timedelta(days=21)
    events = (
        ("BD-gaokao", "高考保电", ["C07", "S06"], date(year, 6, 6), date(year, 6, 9)),
        ("BD-fair", "澜湾年货节保电", ["S01"], fair, fair + timedelta(days=2)),
    )
    return [
        {
            "id": id,
            "name": name,
            "place_ids": places,
            "starts_at": datetime.combine(first, time(0), LOCAL),
            "ends_at": datetime.combine(last + timedelta(days=1), time(0), LOCAL),
            "source": DEMO,
        }
        for id, name, places, first, last in events
    ]


def template_rows() -> list[Row]:
    checks = ["核对影响户数和重要用户", "通知客户经理", "准备发电车或应急电源", "确认送电后逐户回访"]
    templates = (
        ("配变检修", OutageKind.PLANNED, "台区变压器检修", 240),
        ("线路检修", OutageKind.PLANNED, "10千伏线路检修", 480),
        ("临时消缺", OutageKind.TEMPORARY, "设备缺陷临时处理", 120),
    )
    return [
        {
            "name": name,
            "kind": kind,
            "reason": reason,
            "minutes": minutes,
            "duty": ["运维检修部值班长"],
            "checklist": checks,
            "source": DEMO,
        }
        for name, kind, reason, minutes in templates
    ]


def list_rows() -> list[Row]:
    return [{"id": LIST, "document": SCHEME, "valid_from": SINCE, "valid_to": None}]


def target_rows() -> list[Row]:
    """Works first; whole lines only as the last measure."""
    targets = (
        (Measure.SHIFT, "3300100016"),
        (Measure.AVOID, "3300100016"),
        (Measure.LIMIT, "3300100016"),
        (Measure.LIMIT, "3300100015"),
        (Measure.CUT, "10千伏创业线"),
    )
    return [
        {"list_id": LIST, "measure": measure, "target": target, "position": position}
        for position, (measure, target) in enumerate(targets)
    ]
