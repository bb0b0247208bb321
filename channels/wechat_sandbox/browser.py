"""The browser inside a phone: every follower has a host of their own, ``<key>.localhost``, which shows the account's pages.

Requests go on to the service with that follower's cookies, kept here, so two phones on one screen are two people; the ban on
framing is taken off, and addresses of the service and of the sign-in lead back into the phone. Only the account's own origins are
reached: this is no open proxy.
"""

from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from channels.wechat_sandbox import pages
from channels.wechat_sandbox.account import Config
from channels.wechat_sandbox.world import WORLD

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SUFFIX = ".localhost"
AGENT = " MicroMessenger/8.0.50 WeChatSandbox"
WAIT_S = 30
_NOT_ON = frozenset(
    ("host", "cookie", "connection", "transfer-encoding", "content-length", "accept-encoding", "sec-fetch-site", "upgrade")
)
_NOT_BACK = frozenset(
    (
        "set-cookie",
        "connection",
        "transfer-encoding",
        "content-length",
        "content-encoding",
        "x-frame-options",
        "keep-alive",
        "etag",
    )
)


class Jars:
    """One session, with its cookies, for each phone."""

    def __init__(self, config: Config) -> None:
        self.origins = config.origins
        self.service = config.origins[0]
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    def of(self, follower: str) -> aiohttp.ClientSession:
        """Return the follower's session."""
        if follower not in self._sessions:
            self._sessions[follower] = aiohttp.ClientSession(
                cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(total=WAIT_S)
            )
        return self._sessions[follower]

    async def close(self) -> None:
        """Close all of them."""
        for session in self._sessions.values():
            await session.close()


JARS = web.AppKey("jars", Jars)


@web.middleware
async def phones(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Serve the hosts of phones from the service, everything else from the sandbox itself."""
    name = request.host.rsplit(":", 1)[0]
    if not name.endswith(SUFFIX):
        return await handler(request)
    follower = request.app[WORLD].followers.by_key.get(name.removesuffix(SUFFIX))
    if follower is None:
        raise web.HTTPNotFound
    here = f"http://{request.host}"
    if request.path == "/connect/oauth2/authorize":
        request[pages.OWNER] = follower.key
        try:
            return await pages.authorize(request)
        except web.HTTPFound as found:
            raise web.HTTPFound(_inside(request, str(found.location))) from None
    jars = request.app[JARS]
    try:
        return await _through(request, jars.of(follower.key), jars.service, here)
    except (aiohttp.ClientError, TimeoutError):
        return pages.page("unreachable.html", 502)


async def _through(request: web.Request, session: aiohttp.ClientSession, service: str, here: str) -> web.StreamResponse:
    headers = CIMultiDict((k, v) for k, v in request.headers.items() if k.lower() not in _NOT_ON)
    same = str(headers.get("Origin") or headers.get("Referer") or "").startswith(here)
    headers["Sec-Fetch-Site"] = "same-origin" if same else "none"
    headers["User-Agent"] = headers.get("User-Agent", "") + AGENT
    for name in ("Origin", "Referer"):
        if name in headers:
            headers[name] = headers[name].replace(here, service)
    body = await request.read()
    url = URL(service + request.raw_path, encoded=True)
    async with session.request(request.method, url, data=body or None, headers=headers, allow_redirects=False) as answer:
        back = CIMultiDict((k, _framed(k, v)) for k, v in answer.headers.items() if k.lower() not in _NOT_BACK)
        if "Location" in back:
            back["Location"] = _inside(request, back["Location"])
        if answer.content_type == "text/html":
            text = await answer.read()
            for outside in request.app[JARS].origins:
                text = text.replace(outside.encode(), here.encode())
            return web.Response(body=text, status=answer.status, headers=back)
        response = web.StreamResponse(status=answer.status, headers=back)
        await response.prepare(request)
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
        return response


def _framed(name: str, value: str) -> str:
    """Return a header's value without the ban on framing."""
    if name.lower() != "content-security-policy":
        return value
    return "; ".join(rule for rule in value.split(";") if "frame-ancestors" not in rule).strip()


def _inside(request: web.Request, url: str) -> str:
    """Return an address of the service or of the sandbox as one of this phone."""
    here = f"http://{request.host}"
    port = request.host.rpartition(":")[2]
    for outside in (*request.app[JARS].origins, f"http://127.0.0.1:{port}", f"http://localhost:{port}"):
        if url == outside or url.startswith((outside + "/", outside + "?")):
            return here + url[len(outside) :]
    return url
