"""How often a call may be made, a day (China time) and a minute."""

from collections.abc import Mapping
from typing import Any

from channels.wechat_sandbox.errors import ApiError

CHINA_S = 8 * 3600
# path → (a day, a minute); 0 means no bound is known
LIMITS = {
    "/cgi-bin/stable_token": (500_000, 10_000),
    "/cgi-bin/token": (2_000, 0),
    "/cgi-bin/message/template/send": (100_000, 0),
    "/cgi-bin/message/custom/send": (500_000, 0),
    "/cgi-bin/qrcode/create": (100_000, 0),
    "/cgi-bin/menu/create": (1_000, 0),
    "/cgi-bin/menu/get": (10_000, 0),
    "/cgi-bin/menu/delete": (1_000, 0),
    "/cgi-bin/ticket/getticket": (1_000_000, 0),
    "/cgi-bin/user/info": (5_000_000, 0),
    "/sns/oauth2/access_token": (0, 50_000),
}


class Quotas:
    """Counts calls; what is refused for its quota is not counted."""

    def __init__(self) -> None:
        self._days: dict[str, tuple[int, int]] = {}
        self._minutes: dict[str, tuple[int, int]] = {}
        self.clearings = 0

    def take(self, path: str, now: float, given: Mapping[str, Mapping[str, int]]) -> None:
        """Count one call; raises ApiError 45009 or 45011. ``given``: other bounds by path or its end, {"day": n, "minute": n}."""
        day_limit, minute_limit = LIMITS.get(path, (0, 0))
        for end, bounds in given.items():
            if end == "*" or path.endswith(end):
                day_limit, minute_limit = bounds.get("day", day_limit), bounds.get("minute", minute_limit)
        today, this_minute = int((now + CHINA_S) // 86400), int(now // 60)
        days = _count(self._days, path, today)
        minutes = _count(self._minutes, path, this_minute)
        if day_limit and days >= day_limit:
            raise ApiError(45009)
        if minute_limit and minutes >= minute_limit:
            raise ApiError(45011)
        self._days[path] = (today, days + 1)
        self._minutes[path] = (this_minute, minutes + 1)

    def counts(self) -> dict[str, Any]:
        """Return today's count by path."""
        return {path: count for path, (_day, count) in self._days.items()}


def _count(counts: dict[str, tuple[int, int]], path: str, period: int) -> int:
    at, count = counts.get(path, (period, 0))
    return count if at == period else 0
