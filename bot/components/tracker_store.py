"""A tracker store that keeps the most recent conversations as live objects: nothing is serialised, memory stays bounded.

What must not be lost is in the service's database; a conversation that falls out here starts a new session, and the service's
``action_session_start`` puts back what was under way.
"""

from collections import OrderedDict
from typing import Any, Iterable, Optional

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

# A dropped conversation costs nothing: what was under way is put back from the database. 1500 of them took Rasa past 700 MB
# after 6,600 messages; most talks are over within minutes.
MOST_CONVERSATIONS = 400


class RecentTrackerStore(TrackerStore):
    """The last ``most`` conversations, least recently used dropped first."""

    def __init__(self, domain: Domain, event_broker: Any = None, most: int = MOST_CONVERSATIONS, **kwargs: Any) -> None:
        super().__init__(domain, event_broker)
        self._most = int(most)
        self._trackers: "OrderedDict[str, DialogueStateTracker]" = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep ``tracker`` as the most recent."""
        self._trackers[tracker.sender_id] = tracker
        self._trackers.move_to_end(tracker.sender_id)
        while len(self._trackers) > self._most:
            self._trackers.popitem(last=False)

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """Return the conversation, or None."""
        return self._trackers.get(sender_id)

    async def keys(self) -> Iterable[str]:
        """Return the ids of the conversations kept."""
        return list(self._trackers)
