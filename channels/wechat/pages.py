"""Pages inside WeChat: who opened it (OAuth), and the signature that lets a page use the JS-SDK.

OAuth is ``snsapi_base``: silent, and gives the openid alone. The platform's page of it, read 2026-11-25: ``state`` is at most 128
letters and digits; a code serves once and for five minutes; ``is_snapshotuser`` 1 is a person who does not exist.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urldefrag, urlencode

import aiohttp

from channels.base import DeliveryError
from channels.wechat import codes
from channels.wechat.account import Account
from channels.wechat.tokens import Tokens
from channels.wechat.wire import ask
from outreach.domain.clock import Clock
from outreach.domain.errors import Invalid, NotAllowed

# from the page that sends somebody to the platform until they are back
STATE_S = 600
NONCE, MARK = 16, 40
# used codes kept in mind, so that a page reloaded in this process does not ask the platform again
REMEMBERED = 10_000


@dataclass(frozen=True)
class JsConfig:
    """What ``wx.config`` in a page needs; ``timestamp`` in seconds."""

    appid: str
    timestamp: int
    nonce: str
    signature: str


class Pages:
    """``key`` signs states. ``browser`` everywhere: what one browser alone has, such as the value of its visitor cookie."""

    def __init__(
        self, account: Account, http: aiohttp.ClientSession, tokens: Tokens, clock: Clock, key: bytes, *, timeout_s: float = 5.0
    ) -> None:
        self._account = account
        self._http = http
        self._tokens = tokens
        self._clock = clock
        self._key = key
        self._timeout_s = timeout_s
        self._used: OrderedDict[bytes, None] = OrderedDict()

    def authorize_url(self, path: str, browser: str) -> str:
        """Return where to send the browser so that it comes back to our page ``path`` with ``code`` and ``state``."""
        if not path.startswith("/") or path.startswith("//"):
            raise Invalid(reason="path")
        query = {
            "appid": self._account.appid,
            "redirect_uri": self._account.origin + path,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": self.state(path, browser),
        }
        # the platform reads the parameters in this order only
        return f"{self._account.authorize}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"

    def state(self, path: str, browser: str) -> str:
        """Return a state for one way to the platform and back: hex of moment, random part and mark, 64 characters."""
        until = f"{int(self._clock.now().timestamp()) + STATE_S:08x}"
        nonce = secrets.token_hex(NONCE // 2)
        return until + nonce + self._mark(until, nonce, path, browser)

    def check(self, state: str, path: str, browser: str) -> None:
        """Raise NotAllowed unless ``state`` was made here, for this page and browser, less than ten minutes ago."""
        until, nonce, mark = state[:8], state[8 : 8 + NONCE], state[8 + NONCE :]
        true = self._mark(until, nonce, path, browser)
        # compared as bytes: a stranger's state may hold any character
        if not hmac.compare_digest(mark.encode(errors="replace"), true.encode()):
            raise NotAllowed(reason="state")
        if int(until, 16) < self._clock.now().timestamp():
            raise NotAllowed(reason="state_expired")

    async def openid(self, code: str, state: str, *, path: str, browser: str) -> str:
        """Return whose browser it is.

        Raises NotAllowed (``reason``: state, state_expired, code, snapshot) when the person has to open the page anew, and
        DeliveryError when the platform does not answer; then as well, for it counts a code as used that it failed on.
        """
        self.check(state, path, browser)
        self._use(code)
        answer = await ask(
            self._http,
            "GET",
            f"{self._account.api}/sns/oauth2/access_token",
            params={
                "appid": self._account.appid,
                "secret": self._account.secret,
                "code": code,
                "grant_type": "authorization_code",
            },  # fmt: skip
            timeout_s=self._timeout_s,
        )
        if answer.get("errcode", 0):
            refused = codes.error(answer["errcode"], self._clock.now())
            raise NotAllowed(reason="code") if refused.reason == "oauth_code" else refused
        if str(answer.get("is_snapshotuser", 0)) == "1":
            raise NotAllowed(reason="snapshot")
        openid = answer.get("openid")
        if not isinstance(openid, str) or not openid:
            raise DeliveryError(permanent=False, reason="bad_answer", detail="no openid")
        return openid

    async def js_config(self, url: str) -> JsConfig:
        """Return the signature for the page that a browser has open at ``url``; raises Invalid for a page that is not ours."""
        plain = urldefrag(url).url
        if plain != self._account.origin and not plain.startswith((self._account.origin + "/", self._account.origin + "?")):
            raise Invalid(reason="url")
        nonce, timestamp = secrets.token_hex(8), int(self._clock.now().timestamp())
        ticket = await self._tokens.ticket()
        return JsConfig(self._account.appid, timestamp, nonce, js_signature(ticket, nonce, timestamp, plain))

    def _use(self, code: str) -> None:
        if not code or len(code) > 512 or not code.isascii():
            raise NotAllowed(reason="code")
        digest = hashlib.sha256(code.encode()).digest()
        if digest in self._used:
            raise NotAllowed(reason="code")
        self._used[digest] = None
        while len(self._used) > REMEMBERED:
            self._used.popitem(last=False)

    def _mark(self, until: str, nonce: str, path: str, browser: str) -> str:
        said = "\0".join(("wechat state", until, nonce, path, browser)).encode(errors="replace")
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()[:MARK]


def js_signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """Return sha1 over ``jsapi_ticket=…&noncestr=…&timestamp=…&url=…``, values as they are, ``url`` without its fragment."""
    said = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={urldefrag(url).url}"
    return hashlib.sha1(said.encode(), usedforsecurity=False).hexdigest()
