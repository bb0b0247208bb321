"""Run the service: the public address, the loopback address for actions, Rasa beside it, and the housekeeping ticks."""

import asyncio
import contextlib
import logging
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from outreach.bootstrap import System, system
from outreach.domain.errors import ContentError
from outreach.jobs import scheduler
from outreach.model import current
from outreach.settings import ROOT, Settings
from outreach.supervisor import RasaCommand, keep_running
from outreach.web.action_route import PATH

log = logging.getLogger(__name__)

# From start to the first answer, with room for a slow disk.
READY_WITHIN_S = 120.0


def check_ports(settings: Settings, *, with_rasa: bool) -> None:
    """Raise ContentError for a port that another program holds."""
    wanted = [(settings.host, settings.port, "OUTREACH_PORT"), ("127.0.0.1", settings.action_port, "OUTREACH_ACTION_PORT")]
    if with_rasa:
        wanted.append(("127.0.0.1", int(settings.rasa_url.rsplit(":", 1)[1]), "OUTREACH_RASA_URL"))
    for host, port, name in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise ContentError(
                    file="端口", key=str(port), cure=f"端口 {port} 已被占用：先停掉占用它的程序，或设置 {name} 换一个"
                ) from error


@asynccontextmanager
async def running(settings: Settings, *, rasa_python: Path | None) -> AsyncIterator[System]:
    """Yield the service while it listens; with ``rasa_python`` it keeps Rasa running as well."""
    token = secrets.token_urlsafe(24)
    async with (
        system(settings, token) as parts,
        _listening(parts.actions, "127.0.0.1", settings.action_port),
        _listening(parts.public, settings.host, settings.port),
        _rasa(settings, rasa_python, token),
    ):
        ticks = scheduler(parts.services)
        ticks.start()
        try:
            yield parts
        finally:
            ticks.shutdown(wait=False)


@asynccontextmanager
async def _listening(app: web.Application, host: str, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None, handler_cancellation=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, shutdown_timeout=3).start()
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _rasa(settings: Settings, python: Path | None, token: str) -> AsyncIterator[None]:
    if python is None:
        yield
        return
    command = RasaCommand(
        python=python,
        root=ROOT,
        model=current(settings.models_dir),
        rasa_url=settings.rasa_url,
        action_url=f"http://127.0.0.1:{settings.action_port}{PATH}?token={token}",
        log_file=Path("var/rasa.log"),
    )
    task = asyncio.create_task(keep_running(command))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def wait_ready(parts: System, tell: Callable[[float], None]) -> bool:
    """Wait until a question would be answered; ``tell`` is called with the seconds so far. Returns False after the limit."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    while loop.time() - started < READY_WITHIN_S:
        if await parts.assistant.ready():
            return True
        tell(loop.time() - started)
        await asyncio.sleep(0.5)
    return False


async def until_stopped() -> None:
    """Wait for Ctrl-C or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    await stop.wait()
