"""The nouns of the contract: strict about fields, forgiving about what people type."""

import pytest
from pydantic import ValidationError

from utility.models import IdentityCheck, Place, TicketKind, TicketNote, TicketRequest


def test_unknown_fields_fail_loudly() -> None:
    with pytest.raises(ValidationError):
        Place.model_validate_json('{"id":"C","kind":"community","name":"n","district":"d","area":"城区","x":1}')


@pytest.mark.parametrize("no", ["33001", "33001000011111111", "3300100\uff10\uff10\uff11", "abc3300100001"])
def test_an_account_number_is_ten_to_sixteen_ascii_digits(no: str) -> None:
    with pytest.raises(ValidationError):
        IdentityCheck(account_no=no, phone_tail="5678", requester="c")


@pytest.mark.parametrize("tail", ["567", "56789", "567\uff18", "56 8"])
def test_a_phone_tail_is_four_ascii_digits(tail: str) -> None:
    with pytest.raises(ValidationError):
        IdentityCheck(account_no="3300100001", phone_tail=tail, requester="c")


def test_a_nul_is_dropped_rather_than_the_words_around_it() -> None:
    assert TicketNote(conversation="c", text="没\x00电").text == "没电"
    request = TicketRequest(kind=TicketKind.REPAIR, channel="web", conversation="c\x00", description="\x00")
    assert (request.conversation, request.description) == ("c", "")
