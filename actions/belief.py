"""What the bot believes about a conversation: the open matters and the facts it need not ask for again.

A belief travels as JSON: the gateway commits it together with the replies and hands it back with the next message,
so an answer that is made twice starts twice from the same belief (docs/decisions/0002).
"""

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass
class Matter:
    """One thing the customer wants. `question` names the slot that was asked for last; None: nothing is open.

    `id` is that of the message that began it: what is ordered for a matter is ordered once, however often it is
    confirmed.
    """

    service: str
    slots: Json = field(default_factory=dict)
    question: str | None = None
    asked: int = 0
    id: str = ""


@dataclass
class KnownPlace:
    """A place of the gazetteer, with the building as people say it: 3栋2单元501室."""

    id: str
    name: str
    area: str
    kind: str = "community"
    building: str = ""

    @property
    def block(self) -> str:
        """3栋, without unit and room: what outages are limited to."""
        return self.building.partition("栋")[0] + "栋" if "栋" in self.building else ""

    @property
    def address(self) -> str:
        return self.name + self.building


@dataclass
class VerifiedAccount:
    """An account whose identity check was passed in this conversation; worth nothing after `until`."""

    account_no: str
    grant: str
    until: str
    place_id: str
    building: str
    phone_masked: str

    def valid(self, now: datetime) -> bool:
        return datetime.fromisoformat(self.until) > now


@dataclass
class Belief:
    matters: list[Matter] = field(default_factory=list)
    place: KnownPlace | None = None
    account: VerifiedAccount | None = None
    account_no: str | None = None
    phone: str | None = None
    vulnerable: bool = False
    # The month whose bill was shown last: what "为什么这么高" is about.
    bill_month: str | None = None
    misses: int = 0
    # When danger was last reported here (ISO): a number sent soon after is for the crew.
    danger_at: str | None = None
    # The service and the intent that were begun last: which people know about it.
    topic: str = ""
    topic_intent: str = ""

    @property
    def matter(self) -> Matter | None:
        """The one being talked about."""
        return self.matters[-1] if self.matters else None

    def to_json(self) -> Json:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Json | None) -> "Belief":
        """An unreadable belief (of an older version) is worth an empty one: the customer is asked again. One that
        comes back from people has no open matters: what was talked about then is over."""
        if data and data.get("handoff_closed"):
            data = {name: value for name, value in data.items() if name not in ("matters", "misses")}
        try:
            known = {f.name: data[f.name] for f in fields(cls) if data and f.name in data}
            known["matters"] = [Matter(**matter) for matter in known.get("matters", [])]
            for name, kind in (("place", KnownPlace), ("account", VerifiedAccount)):
                if known.get(name):
                    known[name] = kind(**known[name])
            return cls(**known)
        except (TypeError, KeyError):
            return cls()
