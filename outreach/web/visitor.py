"""Who is at the other end of a page: a random visitor in a signed cookie, so that nobody speaks as somebody else."""

import secrets

from aiohttp import web
from itsdangerous import BadSignature, URLSafeSerializer

COOKIE = "visitor"
# The talk is remembered for half a year of silence.
MAX_AGE_S = 180 * 24 * 3600


class Visitors:
    """Reads and sets the visitor cookie."""

    def __init__(self, secret: str, *, secure: bool) -> None:
        self._signer = URLSafeSerializer(secret, salt="visitor")
        self._secure = secure

    def known(self, request: web.Request) -> str | None:
        """Return the visitor of a valid cookie, else None."""
        try:
            name = self._signer.loads(request.cookies.get(COOKIE, ""))
        except BadSignature:
            return None
        return name if isinstance(name, str) else None

    def named(self, request: web.Request) -> tuple[str, bool]:
        """Return (the visitor, whether it is new and needs the cookie)."""
        known = self.known(request)
        return (known, False) if known else (secrets.token_urlsafe(18), True)

    def remember(self, response: web.StreamResponse, visitor: str) -> None:
        """Set the cookie on ``response``."""
        response.set_cookie(
            COOKIE,
            str(self._signer.dumps(visitor)),
            max_age=MAX_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=self._secure,
        )
