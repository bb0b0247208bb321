"""Run the service: the public address, the loopback address for actions, what runs beside it, and the housekeeping ticks."""

import asyncio
import logging
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from channels.wechat.routes import PATH as CALLBACK
from outreach.bootstrap import System, system
from outreach.domain.errors import ContentError
from outreach.jobs import scheduler
from outreach.model import current
from outreach.settings import ROOT, Settings
from outreach.supervisor import Command, RasaCommand, SandboxCommand, keep_running
from outreach.web.action_route import PATH
from outreach.wechat_settings import WeChat

log = logging.getLogger(__name__)

# From start to the first answer, with room for a slow disk.
READY_WITHIN_S = 120.0


def check_ports(settings: Settings, *, with_rasa: bool, sandbox: WeChat | None = None) -> None:
    """Raise ContentError for a port that another program holds."""
    wanted = [(settings.host, settings.port, "OUTREACH_PORT"), ("127.0.0.1", settings.action_port, "OUTREACH_ACTION_PORT")]
    if with_rasa:
        wanted.append(("127.0.0.1", int(settings.rasa_url.rsplit(":", 1)[1]), "OUTREACH_RASA_URL"))
    if sandbox:
        wanted.append(("127.0.0.1", sandbox.port, "OUTREACH_WECHAT_API"))
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
async def running(
    settings: Settings, *, rasa_python: Path | None, wechat: WeChat | None = None, with_sandbox: bool = False
) -> AsyncIterator[System]:
    """Yield the service while it listens; with ``rasa_python`` it keeps Rasa running as well, and the sandbox if wished."""
    token = secrets.token_urlsafe(24)
    beside = [_rasa(settings, rasa_python, token)] if rasa_python else []
    if wechat and with_sandbox:
        beside.append(_sandbox(settings, wechat))
    async with (
        system(settings, token, wechat=wechat) as parts,
        _listening(parts.actions, "127.0.0.1", settings.action_port),
        _listening(parts.public, settings.host, settings.port),
        _beside(beside),
    ):
        ticks = scheduler(parts.services, parts.inbox)
        ticks.start()
        try:
            yield parts
        finally:
            ticks.shutdown(wait=False)
            await parts.inbox.stop()


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
async def _beside(commands: list[Command]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(keep_running(command)) for command in commands]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _rasa(settings: Settings, python: Path, token: str) -> Command:
    return RasaCommand(
        python=python,
        root=ROOT,
        model=current(settings.models_dir),
        rasa_url=settings.rasa_url,
        action_url=f"http://127.0.0.1:{settings.action_port}{PATH}?token={token}",
        log_file=Path("var/rasa.log"),
    )


def _sandbox(settings: Settings, wechat: WeChat) -> Command:
    here = f"http://127.0.0.1:{settings.port}"
    return SandboxCommand(
        root=ROOT,
        port=wechat.port,
        callback=f"{here}{CALLBACK}",
        pages=wechat.account.origin or here,
        log_file=Path("var/sandbox.log"),
    )


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
