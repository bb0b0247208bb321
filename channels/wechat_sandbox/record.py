"""What the sandbox received and sent, in memory, for tests and the drawer of the page to ask."""

import time
from collections import Counter, deque
from typing import Any


class Record:
    """Entries with a rising ``seq``; the oldest go when ``cap`` is reached. Counts are kept for all."""

    def __init__(self, cap: int | None) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=cap)
        self._seq = 0
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, kind: str, path: str, outcome: str, **more: Any) -> None:
        """Keep one entry. ``kind``: api, callback, page or admin; ``outcome``: an errcode or a word."""
        self._seq += 1
        self._counts[kind, path, outcome] += 1
        self._entries.append({"seq": self._seq, "at": time.time(), "kind": kind, "path": path, "outcome": outcome, **more})

    def find(self, *, since: int = 0, limit: int = 1000, **filters: str) -> list[dict[str, Any]]:
        """Return the newest ``limit`` entries after ``since`` whose keys equal ``filters`` (a path may be given by its end)."""
        found: list[dict[str, Any]] = []
        for entry in reversed(self._entries):
            if entry["seq"] <= since or len(found) >= limit:
                break
            if all(_fits(name, str(entry.get(name, "")), value) for name, value in filters.items()):
                found.append(entry)
        return found[::-1]

    def counts(self) -> list[dict[str, Any]]:
        """Return how often each (kind, path, outcome) came, since the start or the last reset."""
        return [
            {"kind": kind, "path": path, "outcome": outcome, "count": count}
            for (kind, path, outcome), count in sorted(self._counts.items())
        ]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._counts.clear()


def _fits(name: str, have: str, want: str) -> bool:
    return have.endswith(want) if name == "path" else have == want
