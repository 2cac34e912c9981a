"""The template message that says that something waits, for when nothing else may be sent."""

from dataclasses import dataclass
from typing import Any

from desk.ports import Clock

# What a field takes, by the beginning of its name; a longer value is refused by the platform.
LONGEST = {"thing": 20, "phrase": 5, "character_string": 32, "name": 10, "const": 20}


@dataclass(frozen=True)
class Notice:
    """`fields` as the template in the account names them: thing1=…,time2={time}. `{time}` is the moment of sending."""

    template: str
    fields: tuple[str, ...]
    clock: Clock

    def body(self) -> dict[str, Any]:
        pairs = (field.partition("=") for field in self.fields)
        return {
            "template_id": self.template,
            "data": {name.strip(): {"value": self._value(name.strip(), value)} for name, _, value in pairs},
        }

    def _value(self, name: str, value: str) -> str:
        text = value.strip().replace("{time}", f"{self.clock():%Y-%m-%d %H:%M}")
        return text[: LONGEST.get(name.rstrip("0123456789"), 32)]
