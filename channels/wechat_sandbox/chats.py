"""What each phone shows, and the live stream of it. Holds no words for people: the page has those."""

import asyncio
import itertools
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

KEPT = 200
BEHIND = 2000


class Chats:
    """Chat items by follower; every change goes to all listeners, and one that falls behind is told to load anew."""

    def __init__(self) -> None:
        self._chats: dict[str, deque[dict[str, Any]]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._listeners: set[asyncio.Queue[dict[str, Any]]] = set()
        self._ids = itertools.count(1)
        self._waiting: dict[str, int] = defaultdict(int)

    def show(self, follower: str, side: str, kind: str, **more: Any) -> dict[str, Any]:
        """Add an item. ``side``: me (the phone's owner), them (the account) or between (a grey line)."""
        item = {"id": next(self._ids), "at": time.time(), "side": side, "kind": kind, **more}
        self._chats[follower].append(item)
        self.tell({"type": "item", "follower": follower, "item": item})
        return item

    def of(self, follower: str) -> list[dict[str, Any]]:
        """Return what the phone shows, oldest first."""
        return list(self._chats[follower]) if follower in self._chats else []

    def waiting(self, follower: str, change: int) -> None:
        """Note that a callback of this person began (+1) or ended (-1)."""
        self._waiting[follower] += change
        self.tell({"type": "waiting", "follower": follower, "count": self._waiting[follower]})

    def tell(self, event: dict[str, Any]) -> None:
        """Send an event to all listeners."""
        for queue in self._listeners:
            if queue.qsize() < BEHIND:
                queue.put_nowait(event)
            elif queue.qsize() == BEHIND:
                queue.put_nowait({"type": "reload"})

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[dict[str, Any]]]:
        """Yield a queue that gets every event from now on."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def clear(self) -> None:
        """Empty all phones."""
        self._chats.clear()
        self._waiting.clear()
        self.tell({"type": "reload"})
