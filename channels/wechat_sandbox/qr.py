"""QR codes with a scene: temporary up to 30 days, permanent at most 100,000. The picture is drawn in qr_picture."""

import secrets
from dataclasses import dataclass
from typing import Any

from channels.wechat_sandbox.errors import ApiError

LONGEST_S = 2_592_000
SHORTEST_S = 60
MOST_PERMANENT = 100_000
_WITH_NUMBER = ("QR_SCENE", "QR_LIMIT_SCENE")
_WITH_TEXT = ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE")


@dataclass(frozen=True)
class Scene:
    """One created code. ``scene`` as it comes back in events; ``expires_at`` None for a permanent one."""

    ticket: str
    url: str
    scene: str
    expires_at: float | None

    def good(self, now: float) -> bool:
        """Tell whether it can still be scanned."""
        return self.expires_at is None or now < self.expires_at


class Scenes:
    """All created codes."""

    def __init__(self) -> None:
        self._by_ticket: dict[str, Scene] = {}
        self._by_url: dict[str, Scene] = {}
        self._by_scene: dict[str, Scene] = {}
        self._permanent = 0

    def create(self, body: dict[str, Any], now: float) -> dict[str, Any]:
        """Return the answer of qrcode/create; raises ApiError 40052, 40053 or 45029."""
        action = body.get("action_name")
        if action not in _WITH_NUMBER + _WITH_TEXT:
            raise ApiError(40052)
        permanent = action.startswith("QR_LIMIT")
        info = body.get("action_info")
        given = info.get("scene") if isinstance(info, dict) else None
        scene = _scene(given if isinstance(given, dict) else {}, text=action in _WITH_TEXT, permanent=permanent)
        if permanent and self._permanent >= MOST_PERMANENT:
            raise ApiError(45029)
        seconds = body.get("expire_seconds", SHORTEST_S)
        if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds <= 0:
            raise ApiError(40053)
        seconds = min(seconds, LONGEST_S)
        self._permanent += permanent
        ticket = "gQ" + secrets.token_urlsafe(68)
        made = Scene(ticket, f"http://weixin.qq.com/q/{secrets.token_urlsafe(16)}", scene, None if permanent else now + seconds)
        self._by_ticket[ticket] = self._by_url[made.url] = self._by_scene[scene] = made
        return {"ticket": ticket} | ({} if permanent else {"expire_seconds": seconds}) | {"url": made.url}

    def find(self, given: str) -> Scene | None:
        """Return the code by its ticket, its address, or its scene (the newest one with it)."""
        return self._by_ticket.get(given) or self._by_url.get(given) or self._by_scene.get(given)

    def usable(self, now: float) -> list[Scene]:
        """Return those that can be scanned, newest first."""
        return [scene for scene in reversed(self._by_ticket.values()) if scene.good(now)][:50]


def _scene(given: dict[str, Any], *, text: bool, permanent: bool) -> str:
    if text:
        scene = given.get("scene_str")
        if not isinstance(scene, str) or not 1 <= len(scene) <= 64:
            raise ApiError(40053)
        return scene
    number = given.get("scene_id")
    most = MOST_PERMANENT if permanent else 2**32 - 1
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= most:
        raise ApiError(40053)
    return str(number)
