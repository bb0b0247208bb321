"""Who may call what: the admin calls only from this machine and from the sandbox's own page, never under a foreign host name."""

import ipaddress
from collections.abc import Awaitable, Callable

from aiohttp import web

from channels.wechat_sandbox.admin import Refused

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NAMES = ("127.0.0.1", "localhost")


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse foreign admin calls with 403; turn Refused into a JSON answer."""
    if request.path.startswith("/sandbox/") and not _at_home(request):
        return web.json_response({"error": "not_local"}, status=403)
    try:
        return await handler(request)
    except Refused as error:
        return web.json_response({"error": error.error, "what": error.what}, status=400)


def _at_home(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    return (
        ipaddress.ip_address(request.remote or "0.0.0.0").is_loopback  # noqa: S104 - no address at all is not ours
        and request.host.rsplit(":", 1)[0] in NAMES
        and origin in (None, f"http://{request.host}")
    )
