"""What is looked at before an agent's words go out, and what is filled into canned replies."""

import re
from collections.abc import Mapping, Sequence

_PERSONAL = (
    ("手机号", re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")),
    ("身份证号", re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")),
    ("银行卡号", re.compile(r"(?<!\d)62\d{14,17}(?!\d)")),
)
_VARIABLE = re.compile(r"\{([^{}]{1,12})\}")


def objections(text: str, taboo: Sequence[str]) -> list[str]:
    """Why these words should not go out as they are; none: they may."""
    found = [f"含服务忌语“{word}”" for word in taboo if word in text]
    found += [f"含完整{name}" for name, pattern in _PERSONAL if pattern.search(text)]
    return found + [f"“{{{name}}}”还没有填" for name in _VARIABLE.findall(text)]


def filled(text: str, values: Mapping[str, str]) -> str:
    """A canned reply with what is known; what is not known stays to be seen."""
    return _VARIABLE.sub(lambda found: values.get(found[1]) or found[0], text)
