"""What a customer says it is not."""

import pytest

from bot.denied import set_aside


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("不是更名,是要改联系电话", "是要改联系电话"),
        ("补贴不问 只想知道怎么报装", "只想知道怎么报装"),
        ("不是", "不是"),
        ("不是,3号楼", "不是,3号楼"),
        ("不用了,谢谢", "不用了,谢谢"),
        ("阳光花园停电了", "阳光花园停电了"),
    ],
)
def test_a_denied_clause_is_set_aside_when_another_says_what_is_meant(said: str, counted: str) -> None:
    assert set_aside(said) == counted
