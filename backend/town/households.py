"""Who takes power in the town: one record per account, and the story that its bills tell."""

from dataclasses import dataclass
from enum import Enum

from backend.tables import Row
from backend.town.gazetteer import Gazetteer
from backend.wording import CITY
from utility.models import SupplyRelation, SupplySource, TariffClass, UsageNature


class Story(Enum):
    """What is particular about an account's bills."""

    PLAIN = "all paid in time"
    OPEN_BILL = "the newest bill is not paid yet and not yet due"
    FIRST_ARREARS = "one bill overdue, for less than 30 days"
    LONG_ARREARS = "overdue for more than 30 days, notice served"
    CUT_OFF = "cut off for arrears"
    HIGH_BILL = "the newest bill is several times what is usual"
    ESTIMATED = "the newest reading is an estimate"
    PREPAID = "money on the account"


class Season(Enum):
    """Twelve factors on the monthly mean, January first."""

    HOME = (1.30, 1.15, 0.85, 0.75, 0.80, 1.00, 1.50, 1.60, 1.10, 0.75, 0.80, 1.10)
    TRADE = (1.00, 0.80, 0.95, 0.95, 1.00, 1.10, 1.25, 1.25, 1.05, 0.95, 0.95, 1.00)
    STEADY = (0.95, 0.75, 1.05, 1.05, 1.00, 1.00, 1.05, 1.05, 1.00, 1.00, 1.05, 1.05)
    FARM = (0.20, 0.20, 0.90, 1.50, 1.70, 1.60, 1.90, 1.70, 1.00, 0.60, 0.40, 0.30)


@dataclass(frozen=True)
class Household:
    """An account before it becomes rows. `mean_kwh` is per month, `capacity` in kVA, `door` the rest of the address."""

    account_no: str
    holder: str
    phone: str
    place_id: str
    mean_kwh: int
    building: int = 0
    door: str = ""
    tariff: TariffClass = TariffClass.RESIDENTIAL
    relation: SupplyRelation = SupplyRelation.DIRECT
    supply: SupplySource = SupplySource.LOW_VOLTAGE
    nature: UsageNature = UsageNature.ORDINARY
    important_kind: str | None = None
    hardship: bool = False
    life_support: bool = False
    manager: str | None = None
    peak_valley: bool = False
    capacity: int = 0
    season: Season = Season.HOME
    story: Story = Story.PLAIN

    @property
    def tail(self) -> str:
        return self.phone[-4:]

    @property
    def building_name(self) -> str:
        return f"{self.building}栋" if self.building else ""


def account_row(home: Household, gazetteer: Gazetteer, money: Row) -> Row:
    """`money` brings prepaid, cut_off and cutoff_on: they depend on the day."""
    site = gazetteer[home.place_id]
    return {
        "account_no": home.account_no,
        "holder": home.holder,
        "phone": home.phone,
        "address": f"{CITY}{site.district}{site.name}{home.building_name}{home.door}",
        "place_id": site.id,
        "building": home.building_name,
        "transformer_area": site.transformer_area(home.building),
        "tariff_class": home.tariff,
        "supply_relation": home.relation,
        "supply_source": home.supply,
        "usage_nature": home.nature,
        "important_kind": home.important_kind,
        "hardship": home.hardship,
        "life_support": home.life_support,
        "manager": home.manager,
        **money,
    }
