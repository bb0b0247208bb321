"""Keeps processes running beside the service: starts them on loopback, restarts them with a growing pause, stops them cleanly."""

import asyncio
import contextlib
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from outreach.model import RASA_ENVIRONMENT, Model

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
# A process that lived this long was healthy: the next pause is short again.
HEALTHY_S = 60.0
STOP_S = 5.0


class Command(Protocol):
    """How a process beside the service is started. ``name`` is its word in the log."""

    name: str

    @property
    def root(self) -> Path:
        """Return the folder it runs in."""
        ...

    @property
    def log_file(self) -> Path:
        """Return where its output goes."""
        ...

    def arguments(self) -> list[str]:
        """Return the command line."""
        ...

    def environment(self) -> dict[str, str]:
        """Return the environment of the process."""
        ...


@dataclass(frozen=True)
class SandboxCommand:
    """How the stand-in for the messaging platform is started: our own interpreter, its port, and where it calls back."""

    name = "微信沙箱"
    root: Path
    port: int
    callback: str
    pages: str
    log_file: Path

    def arguments(self) -> list[str]:
        """Return the command line; it refuses any address but loopback by itself."""
        return [
            sys.executable, "-m", "channels.wechat_sandbox", "--port", str(self.port), "--callback", self.callback,
            "--cast", str(self.root / "content" / "cast.yml"), "--pages", self.pages, "--end-with-parent",
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        """Return the environment of the process, without our own settings and secrets."""
        return {key: value for key, value in os.environ.items() if not key.startswith("OUTREACH_")}


@dataclass(frozen=True)
class RasaCommand:
    """How Rasa is started: interpreter of its own environment, model, and the addresses of both wires."""

    name = "对话引擎"
    python: Path
    root: Path
    model: Model
    rasa_url: str
    action_url: str
    log_file: Path

    def arguments(self) -> list[str]:
        """Return the command line; it listens on loopback and has no HTTP API."""
        port = urlsplit(self.rasa_url).port or 5005
        return [
            str(self.python), "-m", "bot.launch", "run", "--model", str(self.model.path),
            "--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml",
            "--interface", "127.0.0.1", "--port", str(port),
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        """Return the environment of the process."""
        return {**os.environ, **RASA_ENVIRONMENT, "RASA_ACTION_URL": self.action_url}


async def keep_running(command: Command) -> None:
    """Run the process until cancelled; every end of the process is logged and followed by a restart after a pause."""
    pause = FIRST_PAUSE_S / 2
    loop = asyncio.get_running_loop()
    command.log_file.parent.mkdir(parents=True, exist_ok=True)
    while True:
        started = loop.time()
        process = await _start(command)
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await _stop(process)
            raise
        pause = FIRST_PAUSE_S if loop.time() - started > HEALTHY_S else min(pause * 2, LONGEST_PAUSE_S)
        log.error("%s退出（代码 %s），%.0f 秒后重启；日志见 %s", command.name, code, pause, command.log_file)
        await asyncio.sleep(pause)


async def _start(command: Command) -> asyncio.subprocess.Process:
    # a group of its own, so that Ctrl-C reaches us first and it is stopped in order
    with command.log_file.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *command.arguments(),
            cwd=command.root,
            env=command.environment(),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


async def _stop(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
