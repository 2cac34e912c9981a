"""Who wants to hear of outages: of an account that is bound, or of a place."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.figures import whole
from backend.locks import bucket, hold
from backend.parts import Now, Reading, Writing
from backend.problems import Forbidden, Impossible, Invalid
from backend.refusals import FORBIDDEN, IMPOSSIBLE, Responses
from backend.tables import BindingRow, PlaceRow, SubscriptionRow
from utility.subscriptions import Subscription, SubscriptionRequest, TargetKind

router = APIRouter(tags=["停电提醒订阅"])

LIMIT = "subscriptions_per_conversation"
FULL: Responses = {409: IMPOSSIBLE[409] | {"description": "本会话的订阅已满"}}
Conversation = Annotated[str, Query(min_length=1, max_length=200, description="会话编号（不透明）")]


@router.put("/subscriptions", summary="订阅停电提醒", responses=FORBIDDEN | FULL)
async def subscribe(wish: SubscriptionRequest, session: Writing, now: Now) -> Subscription:
    """The same target again is the same subscription. 403 for an account that is not bound to the conversation, 409
    when the conversation has as many as the policy allows."""
    await hold(session, bucket("subscriptions", wish.conversation))
    await _check_target(session, wish)
    row = await _there(session, wish)
    if row is None:
        await _check_room(session, wish.conversation)
        row = SubscriptionRow(
            conversation=wish.conversation, account_no=wish.account_no, place_id=wish.place_id, at=now
        )
        session.add(row)
        await session.flush()
    place = await session.get(PlaceRow, row.place_id) if row.place_id else None
    return _subscription(row, place)


async def _check_target(session: AsyncSession, wish: SubscriptionRequest) -> None:
    if wish.account_no and await session.get(BindingRow, (wish.conversation, wish.account_no)) is None:
        raise Forbidden("the account is not bound to this conversation")
    if wish.place_id and await session.get(PlaceRow, wish.place_id) is None:
        raise Invalid("body.place_id: no such place")


async def _there(session: AsyncSession, wish: SubscriptionRequest) -> SubscriptionRow | None:
    target = (
        SubscriptionRow.account_no == wish.account_no if wish.account_no else SubscriptionRow.place_id == wish.place_id
    )
    return await session.scalar(
        select(SubscriptionRow).where(SubscriptionRow.conversation == wish.conversation, target)
    )


async def _check_room(session: AsyncSession, conversation: str) -> None:
    counted = select(func.count()).where(SubscriptionRow.conversation == conversation)
    if (await session.scalar(counted) or 0) >= await whole(session, LIMIT):
        raise Impossible("the conversation has as many subscriptions as it may have")


@router.get("/subscriptions", summary="本会话的订阅")
async def subscriptions(conversation: Conversation, session: Reading) -> list[Subscription]:
    """What the conversation is told of, the oldest first."""
    return await _of(session, conversation)


@router.delete("/subscriptions/{id}", summary="取消一个订阅")
async def unsubscribe(
    id: Annotated[int, Path(ge=1, le=2**31 - 1)], conversation: Conversation, session: Writing
) -> list[Subscription]:
    """What is left; nothing happens when it is not one of the conversation's."""
    mine = delete(SubscriptionRow).where(SubscriptionRow.id == id, SubscriptionRow.conversation == conversation)
    await session.execute(mine)
    return await _of(session, conversation)


@router.delete("/subscriptions", summary="取消全部订阅")
async def unsubscribe_all(conversation: Conversation, session: Writing) -> list[Subscription]:
    """For who wants no more reminders, or left the channel: nothing is left."""
    await session.execute(delete(SubscriptionRow).where(SubscriptionRow.conversation == conversation))
    return []


async def _of(session: AsyncSession, conversation: str) -> list[Subscription]:
    query = select(SubscriptionRow, PlaceRow).outerjoin(PlaceRow, PlaceRow.id == SubscriptionRow.place_id)
    mine = query.where(SubscriptionRow.conversation == conversation).order_by(SubscriptionRow.id)
    return [_subscription(row, place) for row, place in await session.execute(mine)]


def _subscription(row: SubscriptionRow, place: PlaceRow | None) -> Subscription:
    return Subscription(
        id=row.id,
        kind=TargetKind.ACCOUNT if row.account_no else TargetKind.PLACE,
        account_masked=row.account_no[-4:] if row.account_no else None,
        place_id=row.place_id,
        place=place.name if place else None,
        at=row.at,
    )
