"""The nouns of the people at the desk: agents, the hand-overs they take, and the rules they work by."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from desk.model import Json, Status

# From this priority on a hand-over passes everyone: somebody is in danger.
DANGER = 9


class Role(StrEnum):
    """What one may do: an operator reads and sets, a supervisor leads, an admin does everything."""

    AGENT = "坐席"
    SUPERVISOR = "班长"
    OPERATOR = "运维"
    ADMIN = "管理员"

    @property
    def leads(self) -> bool:
        return self in (Role.SUPERVISOR, Role.ADMIN)


class Presence(StrEnum):
    READY = "就绪"
    BUSY = "忙碌"
    BREAK = "小休"
    AWAY = "离线"

    @property
    def here(self) -> bool:
        return self is not Presence.AWAY


@dataclass(frozen=True)
class Agent:
    """`name` is what one signs in with and never changes; `title` is what others read: 3号客服.

    `skills` are words like 报修; `capacity` is how many conversations at a time; `seen_at` is the last sign of life of
    the agent's browser.
    """

    name: str
    title: str
    role: Role
    skills: tuple[str, ...] = ()
    capacity: int = 5
    presence: Presence = Presence.AWAY
    seen_at: datetime | None = None
    assigned_at: datetime | None = None
    active: bool = True
    must_change: bool = False
    has_totp: bool = False
    locked_until: datetime | None = None

    @property
    def serves(self) -> bool:
        """Whether customers can reach them: operators watch, and have no workbench."""
        return self.active and self.presence.here and self.role is not Role.OPERATOR


class Ending(StrEnum):
    """How a hand-over ended: an agent closed it, the customer gave up waiting, or nobody came in time."""

    RESOLVED = "resolved"
    GAVE_UP = "gave_up"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Episode:
    """A hand-over from the bot to people, from the wish to its close.

    `queued_at` decides the place in the queue and outlives a return to it; `wanted_agent` is whom it was handed to,
    `left_by` who lost it; `first_agent` took it on first (首问负责). `awaiting_since` is when the customer wrote what
    nobody has answered yet.
    """

    id: str
    conversation: str
    channel: str
    status: Status
    reason: str
    skill: str
    priority: int
    began_at: datetime
    queued_at: datetime
    last_seq: int
    facts: Json = field(default_factory=dict)
    agent: str | None = None
    first_agent: str | None = None
    wanted_agent: str | None = None
    left_by: str | None = None
    claimed_at: datetime | None = None
    replied_at: datetime | None = None
    customer_at: datetime | None = None
    awaiting_since: datetime | None = None
    told_place: int | None = None
    told_at: datetime | None = None
    last_text: str = ""

    @property
    def dangerous(self) -> bool:
        return self.priority >= DANGER

    @property
    def turn(self) -> tuple[int, datetime, str]:
        """Sorts the queue: the more urgent first, then the longer waiting."""
        return (-self.priority, self.queued_at, self.id)


@dataclass(frozen=True)
class Summary:
    """服务小结: what it was about and what came of it, for the record."""

    code: str
    result: str = ""


@dataclass(frozen=True)
class Note:
    """What an agent wrote for colleagues below message `after`; no customer ever sees it."""

    id: str
    agent: str
    text: str
    at: datetime
    after: int
    whisper: bool = False


@dataclass(frozen=True)
class Canned:
    """A canned reply; `initials` are those of its title in pinyin (工单进度 → gdjd)."""

    id: str
    title: str
    text: str
    initials: str


@dataclass(frozen=True)
class Act:
    """A line of the audit log."""

    at: datetime
    agent: str
    act: str
    subject: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Rules:
    """What supervisors may set. Seconds unless the name says otherwise; `hours_kept` False: whoever is here serves, at
    any hour.

    Defaults: a chat loses its agent after ten minutes of silence or two of absence; who waits a quarter of an hour is
    called back. They are the desk's own choice and promised to nobody; 30 minutes mean first response and 90 %
    satisfaction are the founding documents' (seed_features.md, row 3).
    """

    hours_kept: bool = True
    first_reply: int = 60
    next_reply: int = 180
    silent_after: int = 600
    gone_after: int = 120
    wait_at_most: int = 900
    tell_place_every: int = 30
    mean_response_minutes: int = 30
    satisfaction_percent: int = 90
    taboo: tuple[str, ...] = ("不知道", "不归我管", "你自己看", "没办法", "投诉也没用", "下班了", "急什么")

    def span(self, name: str) -> timedelta:
        return timedelta(seconds=getattr(self, name))
