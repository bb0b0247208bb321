"""The statements of the ledger of arrivals, prepared once: building an expression anew costs more than running it.

Every move names the state it expects; the caller looks at what came back. Valid on SQLite and PostgreSQL.
"""

from datetime import datetime

from sqlalchemy import (
    BindParameter,
    Integer,
    String,
    Text,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.types import Boolean

from outreach.domain.arrivals import ArrivalState, SaidBy
from outreach.storage.addresses import ChannelFactRow
from outreach.storage.arrivals import ArrivalRow
from outreach.storage.base import Base, Json, UtcDateTime

State = ArrivalState
_tables = Base.metadata.tables
_arrivals = _tables[ArrivalRow.__tablename__]
_a = _arrivals.c


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime())


# (channel, nonce, digest, seen_at) → the digest of the message that the nonce came with first
REMEMBER_NONCE = text(
    "INSERT INTO arrival_nonces (channel, nonce, digest, seen_at) VALUES (:channel, :nonce, :digest, :seen_at) "
    "ON CONFLICT (channel, nonce) DO UPDATE SET seen_at = arrival_nonces.seen_at RETURNING digest"
).bindparams(_moment("seen_at"))

_COLUMNS = [column.name for column in _arrivals.columns if column.name not in ("reply", "said_by", "said_at")]
# Every column of a new arrival → id, state, tries (1 if it is new). Nothing comes back, and nothing is written, when the number
# is another sender's.
RECORD = text(
    f"INSERT INTO arrivals ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)}) "  # noqa: S608
    "ON CONFLICT (channel, message_id) DO UPDATE SET tries = arrivals.tries + 1 "
    "WHERE arrivals.sender_key = excluded.sender_key RETURNING id, state, tries"
).bindparams(*(bindparam(name, type_=_a[name].type) for name in _COLUMNS))

# (a_sender) → how many of the sender's messages wait, are under way, or have an answer that nobody has heard
OPEN_OF_SENDER = (
    select(_a.state, func.count().label("number"))
    .where(_a.sender_key == bindparam("a_sender"), _a.state.in_([State.RECEIVED, State.ANSWERING, State.ANSWERED]))
    .group_by(_a.state)
)

INSERT_ARRIVAL = insert(_arrivals)
INSERT_FACT = insert(_tables[ChannelFactRow.__tablename__])

# The address as it is known, with what the arrival tells of it; ``sends`` 0 opens no window, and a tap
# none beside a wider one.
SEE_ADDRESS = text(
    "INSERT INTO addresses (handle_key, channel, handle, following, first_seen_at, last_seen_at, push_until, push_left) "
    "VALUES (:key, :channel, :handle, COALESCE(:following, :asks), :now, :now, :until, :sends) "
    "ON CONFLICT (handle_key) DO UPDATE SET last_seen_at = excluded.last_seen_at, "
    "following = COALESCE(:following, addresses.following, :asks), "
    "push_until = CASE WHEN :sends = 0 OR (:tap AND addresses.push_until > :wide AND addresses.push_left > 0) "
    "THEN addresses.push_until ELSE excluded.push_until END, "
    "push_left = CASE WHEN :sends = 0 OR (:tap AND addresses.push_until > :wide AND addresses.push_left > 0) "
    "THEN addresses.push_left ELSE excluded.push_left END"
).bindparams(
    _moment("now"),
    _moment("until"),
    _moment("wide"),
    bindparam("following", type_=Boolean()),
    bindparam("asks", type_=Boolean()),
    bindparam("tap", type_=Boolean()),
    bindparam("sends", type_=Integer()),
    bindparam("key", type_=String()),
    bindparam("channel", type_=String()),
    bindparam("handle", type_=Text()),
)

# (a_sender, a_holder, a_lease) → id, channel, content of the sender's oldest waiting message, now under way
CLAIM_NEXT = (
    update(_arrivals)
    .where(
        _a.id
        == select(_a.id)
        .where(_a.sender_key == bindparam("a_sender"), _a.state == State.RECEIVED)
        .order_by(_a.sent_at, func.length(_a.message_id), _a.message_id)
        .limit(1)
        .scalar_subquery(),
        _a.state == State.RECEIVED,
    )
    .values(state=State.ANSWERING, holder=bindparam("a_holder"), lease_until=_moment("a_lease"))
    .returning(_a.id, _a.channel, _a.content)
)

# (a_id, a_holder, a_reply, a_state, a_by, a_lease) → push_at: the answer is kept, what was asked is erased
KEEP_ANSWER = (
    update(_arrivals)
    .where(_a.id == bindparam("a_id"), _a.state == State.ANSWERING, _a.holder == bindparam("a_holder"))
    .values(
        state=bindparam("a_state"),
        reply=bindparam("a_reply", type_=Json),
        said_by=bindparam("a_by", type_=String()),
        lease_until=_moment("a_lease"),
        holder=None,
        content=None,
    )
    .returning(_a.push_at)
)

# (a_ids, a_holder, a_lease)
RENEW = (
    update(_arrivals)
    .where(_a.id.in_(bindparam("a_ids", expanding=True)), _a.holder == bindparam("a_holder"), _a.state == State.ANSWERING)
    .values(lease_until=_moment("a_lease"))
)

# (a_id, a_by, a_now, a_lease) → reply. A lease that ran out belongs to one who died before a reply had left.
CLAIM_SAYING = (
    update(_arrivals)
    .where(
        _a.id == bindparam("a_id"),
        or_(
            _a.state == State.ANSWERED,
            and_(_a.state == State.SAYING, _a.said_by != SaidBy.PUSH, _a.lease_until < _moment("a_now")),
        ),
    )
    .values(state=State.SAYING, said_by=bindparam("a_by"), lease_until=_moment("a_lease"))
    .returning(_a.reply)
)

# (a_id, a_sender, a_lease) → the sender's oldest other answer that has not been said
CLAIM_EARLIER = (
    update(_arrivals)
    .where(
        _a.id
        == select(_a.id)
        .where(_a.sender_key == bindparam("a_sender"), _a.state == State.ANSWERED, _a.id != bindparam("a_id"))
        .order_by(_a.sent_at, func.length(_a.message_id), _a.message_id)
        .limit(1)
        .scalar_subquery(),
        _a.state == State.ANSWERED,
    )
    .values(state=State.SAYING, said_by=SaidBy.NEXT, lease_until=_moment("a_lease"))
    .returning(_a.id, _a.reply, _a.unsure)
)

# (a_id, a_now). A push that outlived its lease was put back as unsure: now it is known.
PUSHED = (
    update(_arrivals)
    .where(_a.id == bindparam("a_id"), or_(_a.state == State.SAYING, and_(_a.state == State.ANSWERED, _a.unsure)))
    .values(state=State.SAID, said_by=SaidBy.PUSH, said_at=_moment("a_now"), lease_until=None)
)

# (a_id)
UNSURE = (
    update(_arrivals)
    .where(_a.id == bindparam("a_id"), _a.state == State.SAYING)
    .values(state=State.ANSWERED, said_by=None, lease_until=None, push_at=None, unsure=True)
)

# (a_ids, a_lease)
RENEW_SAYING = (
    update(_arrivals)
    .where(_a.id.in_(bindparam("a_ids", expanding=True)), _a.state == State.SAYING, _a.said_by == SaidBy.PUSH)
    .values(lease_until=_moment("a_lease"))
)

# (a_ids, a_now)
SAID = (
    update(_arrivals)
    .where(_a.id.in_(bindparam("a_ids", expanding=True)), _a.state == State.SAYING)
    .values(state=State.SAID, said_at=_moment("a_now"), lease_until=None)
)

# (a_ids, a_push_at)
UNSAID = (
    update(_arrivals)
    .where(_a.id.in_(bindparam("a_ids", expanding=True)), _a.state == State.SAYING)
    .values(state=State.ANSWERED, said_by=None, lease_until=None, push_at=_moment("a_push_at"))
)

# (a_channel, a_message_id, a_now) → id, state
PUSH_NOW = (
    update(_arrivals)
    .where(_a.channel == bindparam("a_channel"), _a.message_id == bindparam("a_message_id"))
    .values(push_at=_moment("a_now"))
    .returning(_a.id, _a.state)
)
