"""`outreach db upgrade` and `outreach db status`."""

import argparse
import asyncio
import sys
from pathlib import Path

from outreach import configuration
from outreach.storage.session import create_engine
from outreach.storage.upgrade import revisions, upgrade


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    command = commands.add_parser("db", help="数据库", description="数据库升级和查看版本。")
    command.add_argument(
        "action", choices=("upgrade", "status"), metavar="upgrade|status", help="upgrade 升级到最新；status 查看版本"
    )
    command.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Upgrade or tell the revision; returns 1 from status when an upgrade is due."""
    return asyncio.run(_run(arguments.action))


async def _run(action: str) -> int:
    url = configuration.load().database_url
    if url.startswith("sqlite+aiosqlite:///"):
        Path(url.removeprefix("sqlite+aiosqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    try:
        if action == "upgrade":
            await upgrade(engine)
        current, newest = await revisions(engine)
    finally:
        await engine.dispose()
    sys.stdout.write(f"数据库版本 {current or '（空）'}，最新 {newest}\n")
    return 0 if current == newest else 1
