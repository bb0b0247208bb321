"""The service as a process of its own on free ports, for the tools that need it running."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(sandbox: str = "", **settings: str) -> AsyncIterator[tuple[str, subprocess.Popen[bytes]]]:
    """Yield (address, process) of a service on an empty database that answers questions; stops it at the end.

    With ``sandbox`` (an address with a free port of loopback) the phones run beside it.
    """
    url = f"http://127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "OUTREACH_PORT": url.rsplit(":", 1)[1],
            "OUTREACH_ACTION_PORT": str(free_port()),
            "OUTREACH_RASA_URL": f"http://127.0.0.1:{free_port()}",
            "OUTREACH_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/outreach.db",
            "OUTREACH_WECHAT_SANDBOX": "true" if sandbox else "false",
            **({f"OUTREACH_WECHAT_{host}": sandbox for host in ("API", "AUTHORIZE", "CONSOLE")} if sandbox else {}),
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        command = [sys.executable, "-m", "outreach.cli", "serve", "--with-rasa", *(["--with-sandbox"] if sandbox else [])]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            await ready(url, process)
            yield url, process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


async def ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a question would be answered; ends the program when the service does not start."""
    async with aiohttp.ClientSession() as http:
        for _ in range(600):
            try:
                async with http.get(f"{url}/healthz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            if process.poll() is not None:
                break
            await asyncio.sleep(0.1)
    raise SystemExit("✗ 服务没有启动，请先单独运行 make run 看原因")
