"""The statements every turn of a talk runs, prepared once; see ``arrival_statements`` for why. SQLite and PostgreSQL."""

from sqlalchemy import bindparam, insert, select, text, update

from outreach.storage.base import Base, Json, UtcDateTime
from outreach.storage.consultations import Consultation, ConsultationTopic
from outreach.storage.conversations import Conversation

_tables = Base.metadata.tables
_consultations = _tables[Consultation.__tablename__]
_conversations = _tables[Conversation.__tablename__]
_c = _consultations.c

# (id, asked_at, channel, sender_key, text) → id; nothing when it is there already
OPEN_CONSULTATION = text(
    "INSERT INTO consultations (id, asked_at, channel, sender_key, text, state) "
    "VALUES (:id, :asked_at, :channel, :sender_key, :text, 'received') ON CONFLICT (id) DO NOTHING RETURNING id"
).bindparams(bindparam("asked_at", type_=UtcDateTime()))

# (sender_key, channel, memory of a stranger, now) → memory, turns counted with this one
COUNT_TURN = (
    text(
        "INSERT INTO conversations (sender_key, channel, turns, memory, updated_at) "
        "VALUES (:sender_key, :channel, 1, :memory, :now) "
        "ON CONFLICT (sender_key) DO UPDATE SET turns = conversations.turns + 1, updated_at = excluded.updated_at "
        "RETURNING memory, turns"
    )
    .bindparams(bindparam("memory", type_=Json), bindparam("now", type_=UtcDateTime()))
    .columns(memory=Json, turns=_conversations.c.turns.type)
)

# (c_id, …) → id of the consultation that was open
CLOSE_CONSULTATION = (
    update(_consultations)
    .where(_c.id == bindparam("c_id"), _c.state == "received")
    .values(
        state="answered",
        **{
            name: bindparam(f"c_{name}", type_=_c[name].type)
            for name in ("kind", "intent", "topic_id", "score", "policy_version", "reply", "duration_ms")
        },
    )
    .returning(_c.id)
)
INSERT_TOPICS = insert(_tables[ConsultationTopic.__tablename__])

# (c_id, c_sender, c_feedback, c_now) → id of the sender's own consultation
RATE = (
    update(_consultations)
    .where(_c.id == bindparam("c_id"), _c.sender_key == bindparam("c_sender"))
    .values(feedback=bindparam("c_feedback"), feedback_at=bindparam("c_now", type_=UtcDateTime()))
    .returning(_c.id)
)

# (m_sender) → memory
RECALL = select(_conversations.c.memory).where(_conversations.c.sender_key == bindparam("m_sender"))
# (m_sender, m_memory, m_now)
KEEP = (
    update(_conversations)
    .where(_conversations.c.sender_key == bindparam("m_sender"))
    .values(memory=bindparam("m_memory", type_=Json), updated_at=bindparam("m_now", type_=UtcDateTime()))
)
