"""The accounts to try by hand: memorable numbers, one story each. `docs/demo.md` shows this list."""

from dataclasses import dataclass
from typing import Final

from backend.town.households import Household, Season, Story
from utility.models import SupplyRelation, SupplySource, TariffClass, UsageNature


@dataclass(frozen=True)
class DemoAccount:
    """`shows` is for people: what to see with this account."""

    home: Household
    shows: str


_COMMERCE, _INDUSTRY = TariffClass.COMMERCIAL, TariffClass.LARGE_INDUSTRY

DEMO_ACCOUNTS: Final = (
    DemoAccount(
        Household("3300100001", "张伟", "13800125678", "C01", 265, 3, "2单元501室"),
        "普通居民：阶梯电价、12个月电量图；小区下周有计划停电",
    ),
    DemoAccount(
        Household("3300100002", "李娜", "13800121234", "C02", 230, 5, "1单元302室", peak_valley=True),
        "峰谷电价；小区正在故障停电，有预计恢复时间",
    ),
    DemoAccount(
        Household("3300100003", "王芳", "13800122345", "C03", 190, 2, "1单元601室", story=Story.OPEN_BILL),
        "本期账单待缴；明天计划停电影响本楼",
    ),
    DemoAccount(
        Household("3300100004", "刘洋", "13800123456", "C03", 210, 12, "3单元202室", story=Story.PREPAID),
        "有预存余额；明天的计划停电不影响本楼",
    ),
    DemoAccount(
        Household("3300100005", "陈静", "13800124567", "C04", 150, 4, "2单元101室"), "今早停电、现已恢复的小区"
    ),
    DemoAccount(
        Household("3300100006", "杨德福", "13800126789", "C14", 130, door="36号"), "农村；正在故障停电，恢复时间未知"
    ),
    DemoAccount(
        Household("3300100007", "赵敏", "13800127890", "C05", 220, 7, "1单元402室", story=Story.FIRST_ARREARS),
        "首月欠费（逾期不足30天），不停电",
    ),
    DemoAccount(
        Household("3300100008", "黄磊", "13800128901", "C06", 240, 11, "2单元303室", story=Story.LONG_ARREARS),
        "逾期超过30天，已送达停电通知，有停电日期",
    ),
    DemoAccount(
        Household("3300100009", "周强", "13800129012", "C10", 200, 9, "1单元201室", story=Story.CUT_OFF),
        "已因欠费停电：缴费后复电",
    ),
    DemoAccount(
        Household("3300100010", "吴秀兰", "13800121357", "C07", 160, 6, "3单元602室", story=Story.HIGH_BILL),
        "最近一期电费异常偏高",
    ),
    DemoAccount(
        Household("3300100011", "徐建国", "13800122468", "C08", 180, 10, "1单元1102室", story=Story.ESTIMATED),
        "最近一期为估抄电量",
    ),
    DemoAccount(
        Household("3300100012", "孙桂英", "13800123579", "C11", 90, 2, "1单元102室", hardship=True), "低保困难户"
    ),
    DemoAccount(
        Household("3300100013", "马丽", "13800124680", "C12", 175, 5, "2单元301室", life_support=True),
        "家中使用生命支持设备",
    ),
    DemoAccount(
        Household(
            "3300100014",
            "澜湾老街面馆",
            "13800121111",
            "C09",
            1450,
            1,
            "底商3号",
            _COMMERCE,
            SupplyRelation.RESOLD,
            season=Season.TRADE,
        ),
        "转供电商户（底商）",
    ),
    DemoAccount(
        Household(
            "3300100015",
            "澜湾百货有限公司",
            "13800122222",
            "S01",
            42000,
            door="188号",
            tariff=_COMMERCE,
            supply=SupplySource.HIGH_VOLTAGE,
            manager="客户经理 何晓东",
            peak_valley=True,
            season=Season.TRADE,
        ),
        "商业高压用户，有客户经理",
    ),
    DemoAccount(
        Household(
            "3300100016",
            "澜湾精密机械有限公司",
            "13800123333",
            "S07",
            310000,
            door="66号",
            tariff=_INDUSTRY,
            supply=SupplySource.DEDICATED,
            manager="客户经理 何晓东",
            peak_valley=True,
            capacity=1600,
            season=Season.STEADY,
        ),
        "大工业（两部制电价、专线）；创业大道近日有序用电",
    ),
    DemoAccount(
        Household(
            "3300100017",
            "澜湾市第一人民医院",
            "13800124444",
            "S06",
            185000,
            door="1号",
            tariff=TariffClass.NON_RESIDENTIAL,
            supply=SupplySource.DUAL,
            nature=UsageNature.IMPORTANT,
            important_kind="医院",
            manager="客户经理 林悦",
            season=Season.STEADY,
        ),
        "重要用户（医院），双电源",
    ),
    DemoAccount(
        Household(
            "3300100018",
            "柳树湾农机合作社",
            "13800125555",
            "C15",
            2600,
            door="排灌站",
            tariff=TariffClass.AGRICULTURE,
            nature=UsageNature.SEASONAL,
            season=Season.FARM,
        ),
        "农业生产，季节性用电",
    ),
    DemoAccount(
        Household(
            "3300100019",
            "云岭镇供电服务站",
            "13800126666",
            "S09",
            96000,
            door="8号",
            tariff=TariffClass.WHOLESALE,
            relation=SupplyRelation.WHOLESALE,
            supply=SupplySource.HIGH_VOLTAGE,
            manager="客户经理 林悦",
            season=Season.STEADY,
        ),
        "趸售用户",
    ),
    DemoAccount(
        Household(
            "3300100020",
            "青石岭施工项目部",
            "13800127777",
            "C16",
            5200,
            door="临时施工点",
            tariff=TariffClass.GENERAL_INDUSTRY,
            supply=SupplySource.SELF_OWNED,
            nature=UsageNature.TEMPORARY,
            season=Season.STEADY,
        ),
        "边远地区，临时用电，自备电源",
    ),
)
