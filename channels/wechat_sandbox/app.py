"""Puts a sandbox together and runs it on this machine's own address."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from channels.wechat_sandbox import admin, api, browser, pages
from channels.wechat_sandbox.account import HOST, Config
from channels.wechat_sandbox.guard import guard
from channels.wechat_sandbox.world import WORLD, World

LARGEST_BYTES = 20 * 1024 * 1024


def create_app(config: Config) -> web.Application:
    """Return the application of one sandbox; its state is under the key WORLD."""
    app = web.Application(middlewares=[browser.phones, guard], client_max_size=LARGEST_BYTES)
    app[WORLD] = World(config)
    app[browser.JARS] = browser.Jars(config)
    app.add_routes([*api.routes(), *admin.routes(), *pages.routes()])
    app.router.add_static("/static/", pages.STATIC)
    app.on_response_prepare.append(_fresh)
    app.cleanup_ctx.append(_living)
    return app


async def _fresh(request: web.Request, response: web.StreamResponse) -> None:
    if request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-cache")


async def _living(app: web.Application) -> AsyncIterator[None]:
    await app[WORLD].callbacks.start()
    yield
    await app[WORLD].stop_tasks()
    await app[WORLD].callbacks.close()
    await app[browser.JARS].close()


@asynccontextmanager
async def serving(config: Config, port: int = 0) -> AsyncIterator[tuple[str, World]]:
    """Run a sandbox on 127.0.0.1 (port 0: any free one) and yield its address and state."""
    app = create_app(config)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, handler_cancellation=False)
    await runner.setup()
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
        await web.SockSite(runner, bound, backlog=2048).start()
        yield f"http://{HOST}:{bound.getsockname()[1]}", app[WORLD]
    finally:
        await runner.cleanup()
        bound.close()


async def run(config: Config, port: int, stop: asyncio.Event) -> None:
    """Serve until ``stop`` is set; raises OSError when the port is taken."""
    async with serving(config, port):
        await stop.wait()
