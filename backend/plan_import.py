"""Plans from a file, row by row: each row is a plan or an error of its own, and no row stops another."""

import asyncio
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from backend import plan_wording as say
from backend.clock import LOCAL
from backend.limits import limits_in_force
from backend.parts import Now, parts
from backend.plan_impact import Judged, judge
from backend.plan_making import alone, create, fingerprint, refuse
from backend.plan_names import PlaceNames, scope_of
from backend.plan_sheets import BYTES, SheetRow, read_sheet
from backend.plan_versions import affected
from backend.problems import Invalid, Refusal
from backend.tickets import Key
from utility.models import OutageKind
from utility.plan_report import ImportedRow, ImportResult
from utility.plans import PlanWish

router = APIRouter(tags=["停电计划"])

BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "CSV（UTF-8 或 GB18030）或 xlsx：范围 开始 结束 原因 类型 提前不足原因 高峰原因 负责人",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
KINDS: Final = {
    "": OutageKind.PLANNED,
    "计划停电": OutageKind.PLANNED,
    "计划检修": OutageKind.PLANNED,
    "临时停电": OutageKind.TEMPORARY,
    "临时检修": OutageKind.TEMPORARY,
}
FIELDS: Final = {
    "reason": "原因",
    "lead_reason": "提前不足原因",
    "peak_reason": "高峰原因",
    "duty": "负责人",
    "starts_at": "开始",
    "ends_at": "结束",
}
_TIME: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?[\sT]*(\d{1,2})\s*[:：时点]\s*(\d{1,2})?\s*分?(?::\d{1,2})?"
)
_BETWEEN: Final = re.compile(r"[、,，;；\n]+")
_PLACE: Final = re.compile(r"^body[.\w]*: ")


@router.post("/staff/plans/import", summary="导入计划", openapi_extra=BODY)
async def import_plans(
    request: Request,
    key: Key,
    now: Now,
    staff: Annotated[str, Query(min_length=1, max_length=60, pattern=r"\S")],
    dry_run: bool = False,
) -> ImportResult:
    """At most 2,000 rows; what became of each, in order. Every good row is published, once per key, whatever the others
    are. A dry run writes nothing."""
    rows = await asyncio.to_thread(read_sheet, await _body(request))
    done = await _dry(request, rows, staff, now) if dry_run else await _real(request, rows, staff, key, now)
    failed = sum(bool(row.error) for row in done)
    return ImportResult(dry_run=dry_run, made=len(done) - failed, failed=failed, rows=done)


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > BYTES:
            raise Invalid(say.TOO_LARGE)
    return bytes(content)


async def _real(request: Request, rows: list[SheetRow], staff: str, key: str, now: datetime) -> list[ImportedRow]:
    """Each row is a transaction of its own, so that nobody else waits for the whole file."""
    database = parts(request).database
    async with database.read() as session:
        names, limits = await PlaceNames.read(session), await limits_in_force(session, now.date())
    done = []
    for row in rows:
        try:
            async with database.write() as session:
                wish = await _wish(session, row, names, staff)
                plan = await create(session, wish, f"{key}:{row.number}", now, limits)
                accounts = await affected(session, plan)
                await session.commit()
            done.append(ImportedRow(row=row.number, outage_id=plan.outage_id, accounts=accounts))
        except (Refusal, ValidationError) as error:
            done.append(_failed(row, error))
    return done


async def _dry(request: Request, rows: list[SheetRow], staff: str, now: datetime) -> list[ImportedRow]:
    done, seen = [], dict[str, int]()
    async with parts(request).database.read() as session:
        names, limits = await PlaceNames.read(session), await limits_in_force(session, now.date())
        for row in rows:
            try:
                wish = await _wish(session, row, names, staff)
                judged = await judge(session, wish, now, limits=limits)
                await _would_pass(session, wish, judged)
                _once(seen, fingerprint(wish, judged), row)
                done.append(ImportedRow(row=row.number, accounts=judged.impact.accounts))
            except (Refusal, ValidationError) as error:
                done.append(_failed(row, error))
    return done


async def _would_pass(session: AsyncSession, wish: PlanWish, judged: Judged) -> None:
    refuse(judged.impact)
    await alone(session, wish, judged)


def _once(seen: dict[str, int], mark: str, row: SheetRow) -> None:
    if (first := seen.setdefault(mark, row.number)) != row.number:
        raise Invalid(say.SAME_ROW.format(row=first))


async def _wish(session: AsyncSession, row: SheetRow, names: PlaceNames, staff: str) -> PlanWish:
    """Invalid or ValidationError for what no plan can be made of."""
    cells = row.cells
    if not cells["范围"] or not cells["原因"]:
        raise Invalid(say.EMPTY.format(name="范围" if not cells["范围"] else "原因"))
    kind = KINDS.get(cells.get("类型", ""))
    if kind is None:
        raise Invalid(say.BAD_KIND)
    return PlanWish(
        staff=staff,
        kind=kind,
        scope=await scope_of(session, _split(cells["范围"]), names),
        starts_at=_time("开始", cells["开始"]),
        ends_at=_time("结束", cells["结束"]),
        reason=cells["原因"],
        duty=_split(cells.get("负责人", "")),
        lead_reason=cells.get("提前不足原因", ""),
        peak_reason=cells.get("高峰原因", ""),
    )


def _split(text: str) -> list[str]:
    return [part for part in (piece.strip() for piece in _BETWEEN.split(text)) if part]


def _time(name: str, text: str) -> datetime:
    """2026-12-08 08:30, 2026/12/8 8:30, 2026年12月8日8时: local time."""
    found = _TIME.fullmatch(text.strip())
    try:
        if found:
            return datetime(*(int(part or 0) for part in found.groups()), tzinfo=LOCAL)  # type: ignore[misc,arg-type]
    except ValueError:
        pass
    raise Invalid(say.BAD_TIME.format(name=name))


def _failed(row: SheetRow, error: Refusal | ValidationError) -> ImportedRow:
    """In Chinese, with the number of the row, and without what the row says."""
    said = say.SEPARATOR.join(_too_long(error)) if isinstance(error, ValidationError) else str(error)
    fault = _PLACE.sub("", said)
    return ImportedRow(row=row.number, error=say.ROW.format(row=row.number, fault=fault))


def _too_long(error: ValidationError) -> Iterable[str]:
    """Only a length can be wrong by now, or a year far away."""
    fields = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors(include_input=False, include_context=False))
    for field in fields:
        name = FIELDS.get(field, "范围")
        yield (say.BAD_TIME if field.endswith("_at") else say.TOO_LONG).format(name=name)
