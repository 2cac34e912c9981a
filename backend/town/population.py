"""The rest of the town: households in every community, and shops, works and farms of every class."""

import random
from collections.abc import Iterator
from typing import Final

from backend.town.gazetteer import Gazetteer, Site
from backend.town.households import Household, Season
from utility.models import PlaceKind, SupplyRelation, SupplySource, TariffClass, UsageNature

HOMES_PER_COMMUNITY: Final = 19
FIRST_NUMBER: Final = 3300200001
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
_GIVEN: Final = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰建国志华文斌玉梅海燕春红宇浩佳怡欣雨晨思远"
_SHOPS: Final = ("便利店", "理发店", "五金店", "药房", "茶馆", "修车行", "幼儿托管班", "快递站")
_WORKS: Final = ("印刷厂", "家具厂", "食品厂", "塑料制品厂")


def population(gazetteer: Gazetteer) -> list[Household]:
    """The same town whenever it is asked for."""
    chance = random.Random("澜湾市")  # noqa: S311 (the same town every time)
    numbers = iter(range(FIRST_NUMBER, FIRST_NUMBER + 10000))
    communities = [site for site in gazetteer.values() if site.kind == PlaceKind.COMMUNITY]
    streets = [site for site in gazetteer.values() if site.kind == PlaceKind.STREET]
    homes = [_home(site, numbers, chance) for site in communities for _ in range(HOMES_PER_COMMUNITY)]
    return homes + [trade for street in streets for trade in _trades(street, numbers, chance)]


def _person(chance: random.Random) -> str:
    return chance.choice(_SURNAMES) + "".join(chance.sample(_GIVEN, chance.choice((1, 2, 2))))


def _phone(number: int, chance: random.Random) -> str:
    """Invented: 13800 and six digits, no two alike."""
    return f"13800{number % 100:02d}{chance.randrange(10000):04d}"


def _home(site: Site, numbers: Iterator[int], chance: random.Random) -> Household:
    number = next(numbers)
    building = chance.randint(1, site.buildings) if site.buildings else 0
    door = (
        f"{chance.randint(1, 3)}单元{chance.randint(1, 6)}0{chance.randint(1, 3)}室"
        if building
        else (f"{chance.randint(1, 120)}号")
    )
    return Household(
        account_no=str(number),
        holder=_person(chance),
        phone=_phone(number, chance),
        place_id=site.id,
        mean_kwh=chance.randint(70, 420),
        building=building,
        door=door,
        relation=SupplyRelation.RESOLD if chance.random() < 0.02 else SupplyRelation.DIRECT,
        hardship=chance.random() < 0.03,
        life_support=chance.random() < 0.01,
        peak_valley=chance.random() < 0.3,
    )


def _trades(street: Site, numbers: Iterator[int], chance: random.Random) -> Iterator[Household]:
    """Two shops, a works and a public or farm account on every street."""
    for kind in chance.sample(_SHOPS, 2):
        yield _trade(street, numbers, chance, kind, TariffClass.COMMERCIAL, chance.randint(400, 3000), Season.TRADE)
    yield _trade(
        street,
        numbers,
        chance,
        chance.choice(_WORKS),
        TariffClass.GENERAL_INDUSTRY,
        chance.randint(4000, 30000),
        Season.STEADY,
        SupplySource.HIGH_VOLTAGE,
    )
    if street.area == "城区":
        yield _trade(
            street,
            numbers,
            chance,
            "学校",
            TariffClass.NON_RESIDENTIAL,
            chance.randint(3000, 9000),
            Season.TRADE,
            nature=UsageNature.IMPORTANT,
            important_kind="学校",
        )
    else:
        yield _trade(
            street,
            numbers,
            chance,
            "养殖场",
            TariffClass.AGRICULTURE,
            chance.randint(800, 4000),
            Season.FARM,
            nature=UsageNature.SEASONAL,
        )


def _trade(
    street: Site,
    numbers: Iterator[int],
    chance: random.Random,
    kind: str,
    tariff: TariffClass,
    mean: int,
    season: Season,
    supply: SupplySource = SupplySource.LOW_VOLTAGE,
    nature: UsageNature = UsageNature.ORDINARY,
    important_kind: str | None = None,
) -> Household:
    number = next(numbers)
    return Household(
        account_no=str(number),
        holder=f"澜湾{street.name}{kind}",
        phone=_phone(number, chance),
        place_id=street.id,
        mean_kwh=mean,
        door=f"{chance.randint(1, 300)}号",
        tariff=tariff,
        supply=supply,
        nature=nature,
        important_kind=important_kind,
        season=season,
    )
