"""Numbers, dates and quantities in their normal forms (services.md section 1), as if today were Sunday 2026-11-22."""

from collections.abc import Callable, Iterable
from datetime import date

import pytest

from bot import building, calendar_words, codes, days, quantities
from bot.found import Found, longest

TODAY = date(2026, 11, 22)


def found(find: Callable[[str, date], Iterable[Found]], text: str, today: date = TODAY) -> list[tuple[str, str, str]]:
    return [(one.entity, text[one.start : one.end], one.value) for one in longest(find(text, today))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("户号3301 2233 44", [("account_no", "3301 2233 44", "3301223344")]),
        ("三三零幺二二三三四四", [("account_no", "三三零幺二二三三四四", "3301223344")]),
        ("3,3,0,1,2,2,3,3,4,4", [("account_no", "3,3,0,1,2,2,3,3,4,4", "3301223344")]),
        ("3301223344,8月", [("account_no", "3301223344", "3301223344")]),
        ("打138-0013-0013", [("phone", "138-0013-0013", "13800130013")]),
        ("+8613800130013", [("phone", "+8613800130013", "13800130013")]),
        ("rp20261121-0020到哪了", [("ticket_no", "rp20261121-0020", "RP20261121-0020")]),
        ("电表号330055667789", [("meter_no", "330055667789", "330055667789")]),
        ("工号0731", [("staff_id", "0731", "0731")]),
        ("95598和12398都打不通", []),
        ("380伏还是220v", []),
        ("身份证330102199001011234", []),
    ],
)
def test_codes(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(codes.find, text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3栋2单元501", "3栋2单元501室"),
        ("三号楼二单元四零一", "3栋2单元401室"),
        ("12幢", "12栋"),
        ("7#", "7栋"),
        ("4号楼2门301", "4栋2单元301室"),
        ("5-1-602", "5栋1单元602室"),
        ("b座1801", "B栋1801室"),
        ("2栋三单元四楼", "2栋3单元4楼"),
        ("1202室", "1202室"),
    ],
)
def test_a_building_is_one_entity(text: str, value: str) -> None:
    assert found(building.find, text) == [("building", text, value)]


@pytest.mark.parametrize("text", ["一门心思", "3栋2024年", "门口", "5号"])
def test_what_is_no_building(text: str) -> None:
    assert all(value in ("3栋",) for _, _, value in found(building.find, text))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("上个月", "2026-10"),
        ("上上个月", "2026-09"),
        ("本月", "2026-11"),
        ("12月", "2025-12"),
        ("11月份", "2026-11"),
        ("去年7月", "2025-07"),
        ("二零二六年八月", "2026-08"),
        ("25年12月", "2025-12"),
        ("7到9月", "2026-07/2026-09"),
        ("今年1月到6月", "2026-01/2026-06"),
        ("去年12月到今年2月", "2025-12/2026-02"),
        ("11月到2月", "2025-11/2026-02"),
        ("上半年", "2026-01/2026-06"),
        ("上季度", "2026-07/2026-09"),
        ("第三季度", "2026-07/2026-09"),
        ("最近三个月", "2026-08/2026-10"),
        ("去年", "2025"),
        ("2024年", "2024"),
        ("2025-08", "2025-08"),
    ],
)
def test_periods(said: str, value: str) -> None:
    assert found(calendar_words.find, f"查{said}电费") == [("period", said, value)]


def test_last_month_in_january_is_last_december() -> None:
    assert found(calendar_words.find, "上个月", date(2027, 1, 5)) == [("period", "上个月", "2026-12")]
    assert found(calendar_words.find, "上季度", date(2027, 1, 5)) == [("period", "上季度", "2026-10/2026-12")]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("明天", "2026-11-23"),
        ("大后天", "2026-11-25"),
        ("昨晚", "2026-11-21"),
        ("下周六", "2026-11-28"),
        ("周四", "2026-11-26"),
        ("上周三", "2026-11-11"),
        ("星期天", "2026-11-22"),
        ("12月3号", "2026-12-03"),
        ("十二月三号", "2026-12-03"),
        ("11.24", "2026-11-24"),
        ("1月2日", "2027-01-02"),
        ("2026-11-30", "2026-11-30"),
        ("25号", "2026-11-25"),
        ("20号", "2026-12-20"),
    ],
)
def test_dates(said: str, value: str) -> None:
    assert [one for one in found(days.find, f"{said}停不停电") if one[0] == "date"] == [("date", said, value)]


@pytest.mark.parametrize("text", ["2月30号", "5号楼", "3号线", "一度1.5元", "5号电池", "好一点"])
def test_what_is_no_date(text: str) -> None:
    assert found(days.find, text) == []


@pytest.mark.parametrize(
    ("said", "value"),
    [("晚上七点半", "19:30"), ("9:05", "09:05"), ("中午12点", "12:00"), ("凌晨四点", "04:00"), ("十点一刻", "10:15")],
)
def test_times(said: str, value: str) -> None:
    assert found(days.find, f"{said}来") == [("time", said, value)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("交了三百块", [("amount", "三百", "300")]),
        ("扣了186.5元", [("amount", "186.5", "186.5")]),
        ("一度电一块二", [("amount", "一块二", "1.2")]),
        ("花了一百二", [("amount", "一百二", "120")]),
        ("损失两万块", [("amount", "两万", "20000")]),
        ("用了420度", [("usage_kwh", "420", "420")]),
        ("打12398投诉", []),
        ("发烧39度", []),
        ("收到一张通知", []),
        ("五六十块", []),
    ],
)
def test_quantities(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(quantities.find, text) == expected
