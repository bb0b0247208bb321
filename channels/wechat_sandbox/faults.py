"""The faults a run may have.

Each chance is drawn from the seed and the name of what it concerns (the n-th callback of a follower, the n-th call of a path),
not from a stream that tasks share: a run with the same seed, followers and messages meets the same faults.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

FINISHES = ("success", "failed:user block", "failed: system failed", "failed:freq limit")


@dataclass(frozen=True)
class Faults:
    """All faults, none by default. ``*_share`` is a chance of 0–1, ``*_s`` seconds; lists hold follower keys, "*" is everybody.

    ``refuse``: path (or its end, or "*") → errcode. ``quotas``: path → {"day": n, "minute": n}. ``lost_answer_share``: the call
    is done, but the connection breaks before the answer. ``finish_status`` applies to ``finish_share`` of all template messages.
    ``held_share``: callbacks held back for ``held_s``, so that later ones overtake them.
    """

    api_latency_s: float = 0.0
    api_jitter_s: float = 0.0
    busy_share: float = 0.0
    lost_answer_share: float = 0.0
    refuse: Mapping[str, int] = field(default_factory=dict)
    quotas: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    blocked: tuple[str, ...] = ()
    blacklisted: tuple[str, ...] = ()
    not_following: tuple[str, ...] = ()
    frequency_limited: tuple[str, ...] = ()
    frequency_share: float = 0.0
    snapshot: tuple[str, ...] = ()
    risky_words: tuple[str, ...] = ()
    callback_delay_s: float = 0.0
    callback_jitter_s: float = 0.0
    drop_share: float = 0.0
    double_share: float = 0.0
    held_share: float = 0.0
    held_s: float = 0.5
    finish_status: str = "success"
    finish_share: float = 1.0
    finish_delay_s: float = 1.0

    def changed(self, given: Mapping[str, Any]) -> "Faults":
        """Return these faults with ``given`` put over them; raises ValueError naming the wrong key."""
        known = {entry.name: getattr(Faults(), entry.name) for entry in fields(Faults)}
        values = {name: _checked(name, known.get(name), value) for name, value in given.items()}
        return replace(self, **values)

    def shown(self) -> dict[str, Any]:
        """Return them as JSON."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}

    def active(self) -> dict[str, Any]:
        """Return those that differ from none."""
        none = Faults().shown()
        return {name: value for name, value in self.shown().items() if value != none[name]}


def hits(keys: tuple[str, ...], follower: str) -> bool:
    """Tell whether a list of follower keys names ``follower``."""
    return bool(keys) and (follower in keys or "*" in keys)


class Dice:
    """Draws that depend on the seed and on a name alone."""

    def __init__(self, seed: int) -> None:
        self._seed = f"{seed}|".encode()

    def draw(self, what: str, key: str) -> float:
        """Return a number in [0, 1)."""
        digest = hashlib.blake2b(self._seed + what.encode() + b"|" + key.encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64

    def falls(self, share: float, what: str, key: str) -> bool:
        """Tell whether the chance ``share`` comes true for ``key``."""
        return share > 0 and self.draw(what, key) < share


def _checked(name: str, default: Any, value: Any) -> Any:
    good: bool
    if isinstance(default, float):
        good = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
        good = good and (value <= 1 or not name.endswith("_share"))
    elif isinstance(default, tuple):
        good = isinstance(value, list | tuple) and all(isinstance(key, str) for key in value)
        value = tuple(value) if good else value
    elif isinstance(default, dict):
        good = isinstance(value, dict) and all(_bound(name, entry) for entry in value.values())
    else:
        good = isinstance(default, str) and isinstance(value, str) and bool(value)
    if not good:
        raise ValueError(f"{name}: {value!r}")
    return float(value) if isinstance(default, float) else value


def _bound(name: str, entry: Any) -> bool:
    if name == "refuse":
        return isinstance(entry, int)
    return isinstance(entry, dict) and set(entry) <= {"day", "minute"} and all(isinstance(n, int) for n in entry.values())
