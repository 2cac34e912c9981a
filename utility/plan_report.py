"""What is said about plans afterwards: what became of each row of an imported file, and the months in figures."""

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from utility.models import Model, OutageKind
from utility.plans import PlanStatus


class ImportedRow(Model):
    """What became of one row of a file."""

    row: int = Field(description="as the file counts, the heading being 1")
    outage_id: str | None = Field(default=None, description="the plan; none with an error or in a dry run")
    accounts: int | None = Field(default=None, description="how many are affected; none with an error")
    error: str = Field(default="", description="第3行：…; empty when all is well")


class ImportResult(Model):
    dry_run: bool = Field(description="nothing was written")
    made: int = Field(description="rows without an error")
    failed: int = Field(description="rows with one")
    rows: list[ImportedRow] = Field(description="in the order of the file")


class PlanDeviation(Model):
    """A plan against what really happened. Minutes are below zero when it was earlier than planned."""

    outage_id: str = Field(description="which plan")
    kind: OutageKind = Field(description="计划停电, 临时停电 or 有序用电")
    status: PlanStatus = Field(description="of the plan")
    scope_text: str = Field(description="as people read it")
    duty: list[str] = Field(description="who is responsible")
    starts_at: datetime = Field(description="planned")
    ends_at: datetime = Field(description="planned")
    start_late: int | None = Field(description="minutes; none while nobody said when it began")
    end_late: int | None = Field(description="minutes; none while nobody said when it ended")
    scope_added: list[str] = Field(description="places, buildings and 台区 that came later than the first announcement")
    deviation_reason: str = Field(description="why")
    lead_minutes: int | None = Field(description="between the announcement and the planned beginning")
    lead_breach: bool = Field(description="announced later than promised")
    lead_reason: str = Field(description="why so late")
    accounts: int = Field(description="how many were affected")


class PlanMonth(Model):
    """A month in figures: plans by their planned beginning, without drafts and drills."""

    month: str = Field(description="YYYY-MM")
    plans: int = Field(description="how many")
    cancelled: int = Field(description="how many of them were called off")
    begun: int = Field(description="with a known beginning")
    ended: int = Field(description="with a known end")
    started_otherwise: int = Field(description="began earlier or later than the tolerance allows")
    ended_otherwise: int = Field(description="ended earlier or later than the tolerance allows")
    mean_start_late: Decimal | None = Field(description="minutes, of those begun")
    mean_end_late: Decimal | None = Field(description="minutes, of those ended")
    lead_breaches: int = Field(description="announced later than promised")
    scope_added: int = Field(description="plans whose scope grew after the first announcement")
    tasks: int = Field(description="important customers and life support to be told, each version counted")
    tasks_closed: int = Field(description="told, with whom and when")
    served: int = Field(description="tasks with the tick 服务")
    notified: int = Field(description="tasks with the tick 通知")
    reported: int = Field(description="tasks with the tick 报告")
    supervised: int = Field(description="tasks with the tick 督导")
    in_place: Decimal | None = Field(description="per cent of tasks with all four ticks; none without tasks")


class PlanReport(Model):
    """Deviation of plans in a month, and the months up to it."""

    month: str = Field(description="YYYY-MM")
    tolerance_minutes: int = Field(description="a difference up to this needs no reason")
    source: str = Field(description="who says so")
    plans: list[PlanDeviation] = Field(description="of the month, by planned beginning")
    months: list[PlanMonth] = Field(description="oldest first, this month last")
    as_of: datetime = Field(description="the moment this was true")
