"""What leaves the backend of a name, a phone or an address: no more than is needed (个人信息保护法)."""

from typing import Final

from backend.wording import HIDDEN

COMPOUND_SURNAMES: Final = ("欧阳", "上官", "司马", "诸葛", "慕容", "皇甫", "尉迟", "公孙", "东方", "令狐")
PERSON: Final = 4
"""A name longer than this is an organisation's."""


def mask_name(name: str) -> str:
    """张伟 → 张*; 欧阳娜娜 → 欧阳*; 澜湾百货有限公司 → 澜湾***公司. The length of a given name stays hidden."""
    if len(name) > PERSON:
        return f"{name[:2]}{HIDDEN}{name[-2:]}"
    surname = name[:2] if name.startswith(COMPOUND_SURNAMES) else name[:1]
    return f"{surname}*"


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; shorter numbers keep their last four digits."""
    return f"{phone[:-8]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-4:]}"


def mask_address(text: str) -> str:
    """Free text up to the first digit: the street, not the door."""
    head = next((place for place, letter in enumerate(text) if letter.isdigit()), None)
    return text if head is None else text[:head] + HIDDEN
