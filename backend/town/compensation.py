"""Rules of making good in the town: examples that the utility has to approve, and the rule for damaged appliances."""

from datetime import date
from decimal import Decimal
from typing import Final

from backend.compensation_rules import EVERY
from backend.compensation_wording import PROMISE
from backend.tables import Row
from backend.town.rules import DEMO, SINCE
from utility.compensation import Breach
from utility.models import TariffClass

EXAMPLE: Final = "示例，须由供电企业核定"
APPLIANCES: Final = "《居民用户家用电器损坏处理办法》（电力工业部令第7号）"
UNVERIFIED: Final = f"未核实，可配置（参照{APPLIANCES}）"
CLASSES_SINCE: Final = date(1996, 9, 1)
LIMIT_POSITION: Final = 100

_HOME, _SHOP = TariffClass.RESIDENTIAL, TariffClass.COMMERCIAL
_RULES: Final = (
    ("PLAN-HOME", "计划停电延时送电（居民）", _HOME, Breach.PLAN_LATE, 60, "5.00", True, "50.00"),
    ("PLAN-SHOP", "计划停电延时送电（商业）", _SHOP, Breach.PLAN_LATE, 60, "20.00", True, "200.00"),
    ("FAULT-HOME", "故障超时未恢复（居民）", _HOME, Breach.FAULT_LATE, 480, "5.00", True, "50.00"),
    ("FAULT-SHOP", "故障超时未恢复（商业）", _SHOP, Breach.FAULT_LATE, 480, "20.00", True, "200.00"),
    ("REPEATED", "当月重复停电", EVERY, Breach.REPEATED, 3, "10.00", False, None),
)


def rule_rows() -> list[Row]:
    """The first version of each; what the utility approves comes as the next one."""
    return [
        {
            "id": id,
            "version": 1,
            "name": name,
            "tariff_class": tariff_class,
            "breach": breach,
            "threshold": threshold,
            "amount": Decimal(amount),
            "per_hour": per_hour,
            "cap": Decimal(cap) if cap else None,
            "valid_from": SINCE,
            "valid_to": None,
            "source": EXAMPLE,
        }
        for id, name, tariff_class, breach, threshold, amount, per_hour, cap in _RULES
    ]


def class_rows() -> list[Row]:
    """Years of service. The first two are proven by examples, the others are not."""
    classes = (
        ("电子类", 10, ["电视", "音响", "录像机", "充电器", "电脑", "显示器", "路由器", "投影"], APPLIANCES),
        ("电机类", 12, ["冰箱", "冰柜", "空调", "洗衣机", "电风扇", "吸尘器", "油烟机"], APPLIANCES),
        ("电阻电热类", 5, ["电饭煲", "热水器", "电水壶", "电茶壶", "电炒锅", "电暖器", "电磁炉"], UNVERIFIED),
        ("电光源类", 2, ["灯", "吊灯", "灯泡", "日光灯"], UNVERIFIED),
    )
    return [
        {
            "name": name,
            "valid_from": CLASSES_SINCE,
            "years": years,
            "examples": examples,
            "source": source,
            "position": position,
        }
        for position, (name, years, examples, source) in enumerate(classes)
    ]


def limit_rows() -> list[Row]:
    return [
        {
            "matter": PROMISE,
            "region": "",
            "area": "",
            "valid_from": SINCE,
            "minutes": 1440,
            "working_days": None,
            "text": "家用电器损坏登记后24小时内派员到场核实",
            "source": APPLIANCES,
            "position": LIMIT_POSITION,
        }
    ]


def policy_rows() -> list[Row]:
    values = (
        ("appliance_claim_days", "7", APPLIANCES),
        ("appliance_full_price_months", "6", APPLIANCES),
        ("appliance_least_share", "0.10", APPLIANCES),
        ("compensation_automatic", "0", f"{DEMO}:1为按规则直接发放，0为先经审批"),
        ("compensation_application_days", "30", f"{DEMO}:可配置"),
        ("subscriptions_per_conversation", "20", f"{DEMO}:可配置"),
        ("emergency_contacts_per_account", "3", f"{DEMO}:可配置"),
    )
    return [{"name": name, "value": value, "source": source, "valid_from": SINCE} for name, value, source in values]
