"""The nouns of the contract that only staff see: tickets to be worked on, their steps, and what customers are told."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from utility.models import Grade, Model, TicketKind, TicketStatus, Words

Said = Annotated[Words, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Step(StrEnum):
    """What staff do with a ticket; `backend.ticket_steps` says in which status."""

    DISPATCH = "派单"
    ACCEPT = "接单"
    ARRIVE = "到达"
    FIX = "修复"
    CLOSE = "办结"
    REOPEN = "重新打开"
    WAIT = "等待客户"
    GO_ON = "客户已回复"
    REVISIT = "回访"
    RAISE = "升级"
    NOTE = "内部备注"


class StaffTicket(Model):
    """A ticket in a list for staff. Times are aware; phones and doors are masked."""

    no: str = Field(description="RP20261122-0001")
    kind: TicketKind = Field(description="decides number, promise and team")
    status: TicketStatus = Field(description="as of now")
    grade: Grade = Field(description="重大 goes first")
    team: str = Field(description="who works on it")
    place: str = Field(description="district and community; empty when unknown")
    description: str = Field(description="of the first party, in short")
    channel: str = Field(description="where it came from")
    created_at: datetime = Field(description="when it was made")
    due_at: datetime = Field(description="the first promise still to be kept, as it stands now")
    seconds_left: int = Field(description="until then, in the promise's own time: by the clock or in service hours")
    paused: bool = Field(description="it waits for the customer, and the clock with it")
    urged: int = Field(description="how often it was urged")
    parties: int = Field(description="how many customers it has")
    outage_id: str | None = Field(default=None, description="the known outage it is attached to")


class StaffEvent(Model):
    """A line of the time line with who wrote it."""

    name: str = Field(description="受理 派单 … 内部备注")
    at: datetime = Field(description="when")
    note: str = Field(default="", description="in full")
    staff: str = Field(default="", description="who; empty: the customer or the system")
    internal: bool = Field(default=False, description="no customer ever sees it")


class StaffParty(Model):
    """A customer's part in a ticket."""

    conversation: str = Field(description="opaque id")
    phone_masked: str | None = Field(default=None, description="138****5678")
    account_masked: str | None = Field(default=None, description="the last four digits")
    address: str = Field(description="as said, up to the first digit")
    symptom: str = Field(description="没电, 跳闸 …")
    description: str = Field(description="in the customer's words")
    at: datetime = Field(description="when they made or joined it")


class StaffTicketDetail(Model):
    """All of a ticket."""

    ticket: StaffTicket = Field(description="as in the list")
    parties: list[StaffParty] = Field(description="the first is who made it")
    timeline: list[StaffEvent] = Field(description="oldest first")
    related: list[StaffTicket] = Field(description="same account, place and building, or outage, of the last 30 days")
    steps: list[Step] = Field(description="what can be done with it now")


class StepRequest(Model):
    """One step. 派单 wants a team, 办结 and 内部备注 a note."""

    staff: Said = Field(description="who does it")
    step: Step = Field(description="what")
    note: Words = Field(default="", max_length=500, description="for the customer, except of 内部备注")
    team: Words = Field(default="", max_length=60, description="whom it goes to")


class TicketNews(Model):
    """Something that staff did and customers are to be told. `id` grows and has no gaps to wait for."""

    id: int = Field(description="read on after it")
    ticket_no: str = Field(description="which ticket")
    kind: TicketKind = Field(description="of the ticket")
    status: TicketStatus = Field(description="of the ticket as of now")
    name: str = Field(description="派单 到达 修复 …")
    note: str = Field(description="for customers")
    at: datetime = Field(description="when")
    conversations: list[str] = Field(description="of all its parties")


class Contact(Model):
    """A phone number in full. That it was asked for, by whom and why, is kept."""

    phone: str | None = Field(description="none when none was left")


class NewHours(Model):
    """Service hours from a day on."""

    staff: Said = Field(description="who sets them")
    text: Said = Field(description="as people read it")
    shifts: str = Field(
        pattern=r"^\d{1,2}:\d{2}-\d{1,2}:\d{2}(,\d{1,2}:\d{2}-\d{1,2}:\d{2})*$", description="9:00-12:00,13:30-17:30"
    )
    working_days_only: bool = Field(default=True, description="with 调休")
    valid_from: date = Field(description="since when they hold")
