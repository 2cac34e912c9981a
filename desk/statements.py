"""The statements that every message costs, built once: to put one together takes longer than to carry it out.

Parameters are named apart from the columns, which SQLAlchemy keeps for itself.
"""

from sqlalchemy import BindParameter, Update, bindparam, case, exists, func, insert, or_, select, update

from desk import tables as t
from desk.model import Author, Status

c, m = t.conversation.c, t.message.c
_OF: BindParameter[str] = bindparam("of")
_NOW, _UNTIL = bindparam("now", type_=t.UtcDateTime()), bindparam("until", type_=t.UtcDateTime())

LOOK_BACK = 40  # so many messages back a button can still be pressed
CONVERSATION = select(t.conversation).where(c.id == _OF)
TRANSCRIPT = select(t.message).where(m.conversation == _OF, m.seq > bindparam("after")).order_by(m.seq)
BUTTONS = (
    select(m.buttons).where(m.conversation == _OF, m.author != Author.CUSTOMER).order_by(m.seq.desc()).limit(LOOK_BACK)
)

BUTTONS_OF = select(m.buttons).where(m.conversation == _OF, m.seq == bindparam("seq"), m.author != Author.CUSTOMER)
_LAST_WORD = select(func.max(m.seq)).where(m.conversation == _OF, m.author == Author.CUSTOMER).scalar_subquery()
LAST_BUTTONS = (
    select(m.buttons)
    .where(m.conversation == _OF, m.author != Author.CUSTOMER, m.seq > func.coalesce(_LAST_WORD, 0))
    .order_by(m.seq)
)

INSERT_LINES = insert(t.message)

_FREE = (c.status == Status.BOT) & or_(c.holder.is_(None), c.lease_until < _NOW)
# Number new lines, and take the conversation with a token when it is the bot's and nobody's, or its holder is dead.
NUMBER = (
    update(t.conversation)
    .where(c.id == _OF)
    .values(
        last_seq=c.last_seq + bindparam("lines"),
        holder=case((_FREE, bindparam("token")), else_=c.holder),
        lease_until=case((_FREE, _UNTIL), else_=c.lease_until),
    )
    .returning(t.conversation)
)
OLDEST_UNANSWERED = select(t.message).where(m.conversation == _OF, t.UNANSWERED).order_by(m.seq).limit(1)

_OTHERS = exists().where(m.conversation == _OF, t.UNANSWERED, m.id != bindparam("message"))


def _finish(**changes: object) -> Update:
    """Number the replies, and give the conversation back unless further messages wait. What the bot says when people
    have the conversation by now has no number: it is not said."""
    return (
        update(t.conversation)
        .where(c.id == _OF, c.holder == bindparam("token"))
        .values(
            last_seq=c.last_seq + case((c.status == Status.BOT, bindparam("lines")), else_=0),
            holder=case((_OTHERS, c.holder), else_=None),
            lease_until=_UNTIL,
            **changes,
        )
        .returning(c.last_seq, c.holder, c.channel, c.status)
    )


FINISH = _finish()
# A belief in what was never said is none.
FINISH_WITH_BELIEF = _finish(
    belief=case((c.status == Status.BOT, bindparam("new_belief", type_=c.belief.type)), else_=c.belief)
)
ANSWERED = update(t.message).where(m.id == bindparam("message")).values(answered_at=_NOW)
