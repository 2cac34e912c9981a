"""Promises, hours, numbers of rules, teams and ways to pay of the town, each with its source."""

from datetime import date
from typing import Final

from backend.tables import Row
from utility.models import Area, TicketKind

PROMISES: Final = "国家电网供电服务“十项承诺”"
DEMO: Final = "演示数据"
SINCE: Final = date(2023, 1, 1)
REGION: Final = "澜湾市"

CITY, RURAL, REMOTE = Area.CITY, Area.RURAL, Area.REMOTE

_MINUTES: Final = (
    ("到达现场", CITY, 45, "城区抢修人员一般45分钟内到达现场", f"{PROMISES}第3条"),
    ("到达现场", RURAL, 90, "农村抢修人员一般90分钟内到达现场", f"{PROMISES}第3条"),
    ("到达现场", REMOTE, 120, "特殊边远地区抢修人员一般2小时内到达现场", f"{PROMISES}第3条"),
    ("恢复供电", CITY, 180, "城区到达现场后一般3小时内恢复供电", f"{PROMISES}第3条"),
    ("恢复供电", RURAL, 240, "农村到达现场后一般4小时内恢复供电", f"{PROMISES}第3条"),
    ("恢复供电", REMOTE, 240, "特殊边远地区到达现场后一般4小时内恢复供电", f"{DEMO}:参照{PROMISES}第3条农村时限"),
    ("紧急处置", "", 60, "危及安全的紧急情况1小时内响应处置", f"{DEMO}:应急响应不超过1小时"),
    ("投诉联系", "", 1440, "投诉受理后24小时内联系客户", f"{PROMISES}第9条"),
    ("人工回电", "", 30, "人工服务时间内30分钟内回电", f"{DEMO}:人工首次响应平均不超过30分钟"),
    ("临时停电通知", "", 1440, "临时检修停电提前24小时通知重要用户", f"{PROMISES}第2条"),
    ("计划停电公告", "", 10080, "计划检修停电提前7天公告", f"{PROMISES}第2条"),
    ("欠费复电", "", 1440, "结清欠费后24小时内恢复供电", f"{DEMO}:参照2011年版承诺"),
)
_WORKING_DAYS: Final = (
    ("投诉答复", 5, "投诉受理后5个工作日内答复处理意见", f"{PROMISES}第9条"),
    ("服务申请答复", 5, "服务申请5个工作日内答复", f"{DEMO}:参照{PROMISES}第7条"),
    ("举报答复", 10, "举报10个工作日内答复", DEMO),
    ("建议答复", 10, "意见、建议10个工作日内答复", DEMO),
    ("电表校验", 5, "电表校验申请后5个工作日内出具结果", f"{PROMISES}第7条"),
    ("电量异常核实", 5, "电量数据异常5个工作日内核实答复", f"{PROMISES}第7条"),
    ("居民用电报装", 5, "居民客户全过程办电不超过5个工作日", f"{PROMISES}第6条"),
    ("低压非居民用电报装", 6, "低压非居民客户不超过6个工作日", f"{PROMISES}第6条"),
    ("高压单电源用电报装", 22, "高压单电源客户供电企业环节不超过22个工作日", f"{PROMISES}第6条"),
    ("高压双电源用电报装", 32, "高压双电源客户供电企业环节不超过32个工作日", f"{PROMISES}第6条"),
    ("信息公开申请", 10, "发电企业信息公开申请10个工作日内答复", DEMO),
)


def limit_rows() -> list[Row]:
    timed = [(matter, area, minutes, None, text, source) for matter, area, minutes, text, source in _MINUTES]
    worked = [(matter, "", None, days, text, source) for matter, days, text, source in _WORKING_DAYS]
    names = ("matter", "area", "minutes", "working_days", "text", "source")
    return [
        dict(zip(names, row, strict=True), region="", valid_from=SINCE, position=position)
        for position, row in enumerate([*timed, *worked])
    ]


def hours_rows() -> list[Row]:
    shifts = "9:00-12:00,13:30-17:30"
    text = f"工作日 {shifts}"
    return [{"valid_from": SINCE, "text": text, "shifts": shifts, "working_days_only": True, "source": DEMO}]


def policy_rows() -> list[Row]:
    values = {
        "region": REGION,
        "identity_tries": "3",
        "identity_pause_minutes": "30",
        "identity_account_tries_per_day": "10",
        "grant_minutes": "30",
        "joining_hours": "24",
        "announced_days": "14",
        "restored_hours": "24",
    }
    late_fees = {
        "late_fee_resident": "0.001",
        "late_fee_other": "0.002",
        "late_fee_other_next_year": "0.003",
        "late_fee_least": "1.00",
    }
    sourced = [(values, DEMO), (late_fees, "供电营业规则(1996)第98条")]
    return [
        {"name": name, "value": value, "source": source, "valid_from": SINCE}
        for group, source in sourced
        for name, value in group.items()
    ]


def team_rows() -> list[Row]:
    crews = {"城东区": "城东", "城南区": "城南", "城西区": "城西", "高新区": "高新", "云岭镇": "云岭"}
    field = (TicketKind.REPAIR, TicketKind.HAZARD)
    rows = [
        {"kind": kind, "district": district, "name": f"{name}供电所抢修班"}
        for kind in field
        for district, name in crews.items()
    ]
    rows += [{"kind": kind, "district": "", "name": "配网抢修指挥中心"} for kind in field]
    desks = {
        TicketKind.COMPLAINT: "客户服务中心投诉处理专员",
        TicketKind.CALLBACK: "客户服务中心人工座席",
        TicketKind.SERVICE: "客户服务中心业务受理专员",
    }
    return rows + [{"kind": kind, "district": "", "name": name} for kind, name in desks.items()]


def payment_rows() -> list[Row]:
    ways = (
        ("在线缴费", "打开缴费链接，核对户号后付款", "https://pay.example.com/electricity"),
        ("网上国网", "在网上国网 App 绑定户号后缴费", None),
        ("微信、支付宝", "在生活缴费中选择电费，输入户号缴费", None),
        ("银行代扣", "到开户银行签约代扣，每月自动扣缴", None),
        ("营业厅", "持户号到供电营业厅缴费，工作日9:00-17:30", None),
    )
    return [
        {"name": name, "how": how, "url": url, "source": DEMO, "valid_from": SINCE, "position": position}
        for position, (name, how, url) in enumerate(ways)
    ]
