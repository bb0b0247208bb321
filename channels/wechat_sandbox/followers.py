"""The people with phones: who follows, which windows their acts opened, which subscriptions they agreed to."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from channels.wechat_sandbox.errors import ApiError

_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
# what opens a window → (sends, seconds)
WINDOWS = {"message": (5, 48 * 3600), "act": (3, 60)}


@dataclass
class Window:
    """Customer-service messages that may still be sent."""

    ends_at: float
    left: int


@dataclass
class Follower:
    """One person. ``key`` is also the name of the host of the phone's browser, so it is written like a host name."""

    key: str
    name: str
    openid: str
    note: str = ""
    following: bool = True
    followed_at: int = 0
    sent: int = 0  # callbacks begun for this person, and messages asked for: they number the draws of faults
    asked: int = 0
    windows: dict[str, Window] = field(default_factory=dict)
    opted: dict[str, int] = field(default_factory=dict)
    always: set[str] = field(default_factory=set)

    def open_window(self, kind: str, now: float) -> None:
        """Open (or renew) the window that an act of this kind gives."""
        count, seconds = WINDOWS[kind]
        self.windows[kind] = Window(now + seconds, count)

    def use_window(self, now: float) -> None:
        """Take one send, from the window that closes first; raises ApiError 45015 (none open) or 45047 (all used)."""
        is_open = sorted((w for w in self.windows.values() if w.ends_at > now), key=lambda w: w.ends_at)
        if not is_open:
            raise ApiError(45015)
        usable = [window for window in is_open if window.left]
        if not usable:
            raise ApiError(45047)
        usable[0].left -= 1

    def opt(self, template_id: str, *, accepted: bool, long_term: bool) -> None:
        """Note a choice in the subscription dialog: one opt-in more, or for long-term templates one for good."""
        if not accepted:
            self.always.discard(template_id)
            self.opted.pop(template_id, None)
        elif long_term:
            self.always.add(template_id)
        else:
            self.opted[template_id] = self.opted.get(template_id, 0) + 1

    def use_opt(self, template_id: str) -> None:
        """Take one opt-in; raises ApiError 43101."""
        if template_id in self.always:
            return
        if not self.opted.get(template_id):
            raise ApiError(43101)
        self.opted[template_id] -= 1

    def forget(self) -> None:
        """Go back to the state of the start."""
        self.following = True
        self.sent = self.asked = 0
        self.windows.clear()
        self.opted.clear()
        self.always.clear()


class Followers:
    """Everybody the sandbox knows, by key and by openid."""

    def __init__(self, seed: int, appid: str) -> None:
        self._salt = f"{seed}|{appid}|"
        self.by_key: dict[str, Follower] = {}
        self.by_openid: dict[str, Follower] = {}

    def openid_of(self, key: str) -> str:
        """Return the person's stable openid for this account: 28 characters that begin with o."""
        digest = hashlib.sha256((self._salt + key).encode()).digest()
        return "o" + base64.urlsafe_b64encode(digest).decode()[:27]

    def add(self, key: str, name: str, note: str = "", *, following: bool = True) -> Follower:
        """Add a person, or return the one with this key; raises ValueError for a key that is no host name."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"follower {key!r}")
        if key not in self.by_key:
            made = Follower(key, name, self.openid_of(key), note, following)
            self.by_key[key] = self.by_openid[made.openid] = made
        return self.by_key[key]

    def find(self, name: Any) -> Follower | None:
        """Return the person by key or openid."""
        return (self.by_key.get(name) or self.by_openid.get(name)) if isinstance(name, str) else None

    def addressed(self, openid: Any) -> Follower:
        """Return the person an API call addresses; raises ApiError 40003."""
        found = self.by_openid.get(openid) if isinstance(openid, str) else None
        if found is None:
            raise ApiError(40003)
        return found


def read_cast(path: Path) -> Iterable[tuple[str, str, str]]:
    """Yield (key, name, note) of everybody in a cast file who has a ``follower`` key; raises ValueError for another shape."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(raw, Mapping):
        raise ValueError(f"{path}: no mapping")
    families = raw.get("families") or []
    for family in families:
        for guardian in family["guardians"]:
            yield guardian["follower"], guardian["name"], str(guardian.get("kind", ""))
    for group in ("others", "staff"):
        for person in raw.get(group) or []:
            if person.get("follower"):
                yield person["follower"], person["name"], group
