"""Silent sign-in of pages: codes that serve once within five minutes."""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from channels.wechat_sandbox.errors import ApiError

LIFE_S = 300
SCOPES = ("snsapi_base", "snsapi_userinfo")


@dataclass
class _Code:
    openid: str
    snapshot: bool
    expires_at: float
    used: bool = False


class Codes:
    """The codes given out."""

    def __init__(self) -> None:
        self._codes: dict[str, _Code] = {}

    def give(self, openid: str, now: float, *, snapshot: bool = False) -> str:
        """Return a new code for a person."""
        code = "0" + secrets.token_urlsafe(23)[:31]
        self._codes[code] = _Code(openid, snapshot, now + LIFE_S)
        return code

    def redeem(self, code: str | None, now: float) -> dict[str, Any]:
        """Return the answer of sns/oauth2/access_token; raises ApiError 41008, 40029 or 40163."""
        if not code:
            raise ApiError(41008)
        found = self._codes.get(code)
        if found is None or now >= found.expires_at:
            raise ApiError(40029)
        if found.used:
            raise ApiError(40163)
        found.used = True
        answer: dict[str, Any] = {
            "access_token": "88_" + secrets.token_urlsafe(64),
            "expires_in": 7200,
            "refresh_token": "88_" + secrets.token_urlsafe(64),
            "openid": found.openid,
            "scope": "snsapi_base",
        }
        return answer | ({"is_snapshotuser": 1} if found.snapshot else {})


def with_query(url: str, **values: str) -> str:
    """Return the address with more query values, before its fragment."""
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *values.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))
