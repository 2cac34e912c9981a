"""The nouns of telling important customers: a task for a named person, and what they say when it is done."""

from datetime import datetime

from pydantic import Field

from utility.models import Model
from utility.plans import Moment, OutageFact
from utility.staff import Said


class NoticeTask(Model):
    """A named person tells an important customer, or a home with life support, one version of an outage."""

    id: int = Field(description="stable key")
    outage_id: str = Field(description="which outage")
    version: int = Field(description="which fact about it, counted from 1")
    fact: OutageFact = Field(description="公布 变更 取消")
    scope_text: str = Field(description="of the outage, as people read it")
    starts_at: datetime = Field(description="of the outage")
    person: str = Field(description="who tells them")
    account_no: str = Field(description="户号")
    customer: str = Field(description="an important customer by name, a household masked")
    important_kind: str | None = Field(default=None, description="医院, 学校 …")
    life_support: bool = Field(description="a device that keeps somebody alive runs here")
    due_at: datetime = Field(description="to be told before")
    overdue: bool = Field(description="not told in time and not yet")
    superseded: bool = Field(description="there is a newer version, which is to be told instead")
    closed_at: datetime | None = Field(default=None, description="when it was closed; none while it is open")
    closed_by: str | None = Field(default=None, description="who closed it")
    told_whom: str = Field(default="", description="who was told")
    told_how: str = Field(default="", description="电话, 当面 …")
    told_at: datetime | None = Field(default=None, description="when they were told")
    served: bool = Field(description="服务 is in place")
    notified: bool = Field(description="通知 is in place")
    reported: bool = Field(description="报告 is in place")
    supervised: bool = Field(description="督导 is in place")
    ticked_by: str | None = Field(default=None, description="who set these last")


class Told(Model):
    """What closes a task: nobody was told unless it is known who, how and when."""

    staff: Said = Field(description="who says so")
    whom: Said = Field(description="who was told")
    how: Said = Field(description="电话, 当面 …")
    told_at: Moment = Field(description="when they were told")


class Ticks(Model):
    """Sets those that are given and leaves the others as they are."""

    staff: Said = Field(description="who ticks")
    served: bool | None = Field(default=None, description="服务")
    notified: bool | None = Field(default=None, description="通知")
    reported: bool | None = Field(default=None, description="报告")
    supervised: bool | None = Field(default=None, description="督导")
