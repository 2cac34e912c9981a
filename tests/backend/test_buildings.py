"""One spelling for a building, however it was written."""

import pytest

from backend.buildings import building_of


@pytest.mark.parametrize(
    ("written", "building"),
    [
        ("3栋", "3栋"),
        ("阳光花园3栋2单元501室", "3栋"),
        ("阳光花园三号楼", "3栋"),
        ("12号楼2门", "12栋"),
        ("十二幢", "12栋"),
        ("二十栋", "20栋"),
        ("二十一栋", "21栋"),
        ("两栋", "2栋"),
        ("a座", "A栋"),
        ("03栋", "3栋"),
        ("３栋", "3栋"),
        ("5#楼", "5栋"),
        ("3#302", "3栋"),
        ("36号", ""),
        ("302室", ""),
        ("", ""),
    ],
)
def test_a_building_has_one_spelling(written: str, building: str) -> None:
    assert building_of(written) == building
