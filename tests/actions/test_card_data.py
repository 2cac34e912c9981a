"""What looks like a bank card or a password, and what does not."""

import pytest

from actions import card_data


@pytest.mark.parametrize(
    "text",
    [
        "卡号6222021234567890128",
        "6222 0212 3456 7890 128",
        "4111-1111-1111-1111 户号3300100001",
        "６２２２０２１２３４５６７８９０１２８",
        "密码是123456",
        "验证码 4829",
        "CVV:123",
    ],
)
def test_cards_and_codes_are_found_and_hidden(text: str) -> None:
    assert card_data.is_in(text) and "***" in card_data.without(text)


@pytest.mark.parametrize(
    "text",
    ["户号3300100001 尾号5678", "13800125678", "3300100001", "忘了密码怎么办", "3301001234567", "交了5000元", ""],
)
def test_what_is_needed_is_left_alone(text: str) -> None:
    assert not card_data.is_in(text) and card_data.without(text) == text


def test_a_number_that_no_bank_gives_out_is_left_alone() -> None:
    assert not card_data.is_in("4111111111111112")


def test_what_stands_beside_a_card_number_stays() -> None:
    assert card_data.without("卡号4111111111111111 3300100010 1357") == "卡号*** 3300100010 1357"
