"""All tables in one place, for Alembic and for the tests."""

from outreach.storage.addresses import Address, ChannelFactRow
from outreach.storage.arrivals import ArrivalNonce, ArrivalRow
from outreach.storage.base import Base
from outreach.storage.consultations import Consultation, ConsultationTopic
from outreach.storage.conversations import Conversation
from outreach.storage.shared_values import SharedValue

metadata = Base.metadata

__all__ = [
    "Address",
    "ArrivalNonce",
    "ArrivalRow",
    "ChannelFactRow",
    "Consultation",
    "ConsultationTopic",
    "Conversation",
    "SharedValue",
    "metadata",
]
