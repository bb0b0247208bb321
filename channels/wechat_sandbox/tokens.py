"""Access tokens: the stable one, the older one that ends its predecessor, and the ticket for pages."""

import secrets
from dataclasses import dataclass

from channels.wechat_sandbox.errors import ApiError

LIFE_S = 7200
EARLY_S = 300  # the platform renews a stable token 5 minutes before its end; both are good meanwhile
FORCED_A_DAY = 20
FORCED_APART_S = 30


@dataclass
class _Token:
    value: str
    expires_at: float
    ended: int = 0


class Tokens:
    """All tokens ever given out, so that a late one can be told from a false one."""

    def __init__(self) -> None:
        self._known: dict[str, _Token] = {}
        self._stable: _Token | None = None
        self._old: _Token | None = None
        self._ticket: _Token | None = None
        self._forced_at = float("-inf")
        self._forced: dict[int, int] = {}
        self.issued = 0

    def stable(self, force: bool, now: float) -> tuple[str, int]:
        """Return (token, seconds left); raises ApiError 45009 when forced more than 20 times a day."""
        current = self._stable
        if force and current and now - self._forced_at >= FORCED_APART_S:
            day = int((now + 8 * 3600) // 86400)
            if self._forced.get(day, 0) >= FORCED_A_DAY:
                raise ApiError(45009)
            self._forced = {day: self._forced.get(day, 0) + 1}
            self._forced_at = now
            current.ended = current.ended or 40001
        if current is None or current.ended or current.expires_at - now <= EARLY_S:
            self._stable = current = self._issue(now)
        return current.value, int(current.expires_at - now)

    def old(self, now: float) -> tuple[str, int]:
        """Return (token, seconds left) of the older call: the one before ends at once."""
        if self._old:
            self._old.ended = self._old.ended or 40001
        self._old = self._issue(now)
        return self._old.value, LIFE_S

    def check(self, value: str | None, now: float) -> None:
        """Raise ApiError 41001, 40014, 40001 or 42001 unless the token is good."""
        if not value:
            raise ApiError(41001)
        if len(value) < 40:
            raise ApiError(40014)
        token = self._known.get(value)
        if token is None:
            raise ApiError(40001)
        if token.ended:
            raise ApiError(token.ended)
        if now >= token.expires_at:
            raise ApiError(42001)

    def end(self, errcode: int) -> None:
        """End all tokens now; calls with them are answered ``errcode`` (40001, 40014 or 42001)."""
        for token in self._known.values():
            token.ended = token.ended or errcode

    def ticket(self, now: float) -> tuple[str, int]:
        """Return (jsapi ticket, seconds left), the same inside its life."""
        if self._ticket is None or now >= self._ticket.expires_at:
            self._ticket = _Token("sM4AOVdWfPE4DxkXGEs8V" + secrets.token_urlsafe(48), now + LIFE_S)
        return self._ticket.value, int(self._ticket.expires_at - now)

    def _issue(self, now: float) -> _Token:
        token = _Token("88_" + secrets.token_urlsafe(100), now + LIFE_S)
        self._known[token.value] = token
        self.issued += 1
        return token
