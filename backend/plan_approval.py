"""Ordered power use: nobody is named who is not on a list that the government approved."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import plan_wording as say
from backend.clock import LOCAL
from backend.problems import Invalid
from backend.tables import ApprovedListRow, ApprovedTargetRow
from utility.models import OutageKind
from utility.plans import ApprovedList, ApprovedTarget, Measure, PlanScope, PlanWish


async def not_approved(session: AsyncSession, wish: PlanWish, scope: PlanScope) -> list[str]:
    """Feeders and accounts of the scope that the list does not name for the measure; all, when it is not in force.

    Invalid when a list is wanting or unknown, or given for what is no ordered power use.
    """
    if wish.kind is not OutageKind.RESTRICTED:
        if wish.measure or wish.approved_list or scope.accounts:
            raise Invalid(f"body.measure: {say.ONLY_ORDERED}")
        return []
    if not wish.measure or not wish.approved_list or scope.transformer_areas or scope.place_ids:
        raise Invalid(f"body.approved_list: {say.ORDERED_WANTS}")
    named = sorted({*scope.feeders, *scope.accounts})
    if not _in_force(await approved(session, wish.approved_list), wish.starts_at.astimezone(LOCAL).date()):
        return named
    query = select(ApprovedTargetRow.target).where(
        ApprovedTargetRow.list_id == wish.approved_list,
        ApprovedTargetRow.measure == wish.measure,
        ApprovedTargetRow.target.in_(named),
    )
    return sorted(set(named) - set(await session.scalars(query)))


async def approved(session: AsyncSession, list_id: str) -> ApprovedListRow:
    """Invalid for an unknown list."""
    row = await session.get(ApprovedListRow, list_id)
    if row is None:
        raise Invalid(f"body.approved_list: {say.NO_LIST}")
    return row


def _in_force(row: ApprovedListRow, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


async def lists_on(session: AsyncSession, day: date) -> list[ApprovedList]:
    """The lists in force, each measure in its order."""
    current = (
        ApprovedListRow.valid_from <= day,
        or_(ApprovedListRow.valid_to.is_(None), ApprovedListRow.valid_to >= day),
    )
    rows = (await session.scalars(select(ApprovedListRow).where(*current).order_by(ApprovedListRow.id))).all()
    query = select(ApprovedTargetRow).where(ApprovedTargetRow.list_id.in_([row.id for row in rows]))
    targets = (await session.scalars(query.order_by(ApprovedTargetRow.position, ApprovedTargetRow.target))).all()
    return [ApprovedList(id=row.id, document=row.document, targets=_of(row.id, targets)) for row in rows]


def _of(list_id: str, targets: Sequence[ApprovedTargetRow]) -> list[ApprovedTarget]:
    order = list(Measure)
    own = [target for target in targets if target.list_id == list_id]
    own.sort(key=lambda target: order.index(Measure(target.measure)))
    return [ApprovedTarget(measure=Measure(target.measure), target=target.target) for target in own]
