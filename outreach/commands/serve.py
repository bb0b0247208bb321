"""`outreach serve`: run the service, with Rasa beside it if wished."""

import argparse
import asyncio
import contextlib
import gc
import logging
import sys
from pathlib import Path

from channels.base import DeliveryError
from outreach import configuration
from outreach.domain.errors import ContentError
from outreach.serve import check_ports, running, until_stopped, wait_ready
from outreach.settings import ROOT, Settings
from outreach.wechat_settings import WeChat
from outreach.wechat_settings import load as load_wechat

RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    command = commands.add_parser("serve", help="运行服务", description="运行服务：家长聊天、政策页面和 Rasa 的动作接口。")
    command.add_argument("--with-rasa", action="store_true", help="同时运行并看护 Rasa（单机部署）")
    command.add_argument("--with-sandbox", action="store_true", help="设置里接的是本机微信沙箱时，同时运行并看护它")
    command.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Run until Ctrl-C; raises ContentError for a wrong setting, a busy port or a missing model."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
    settings = configuration.load()
    wechat = load_wechat(settings)
    sandbox = arguments.with_sandbox and wechat is not None and wechat.sandbox
    check_ports(settings, with_rasa=arguments.with_rasa, sandbox=wechat if sandbox else None)
    try:
        import uvloop  # noqa: PLC0415 - optional on platforms without it
    except ImportError:
        return asyncio.run(_serve(settings, wechat, arguments.with_rasa, sandbox))
    return uvloop.run(_serve(settings, wechat, arguments.with_rasa, sandbox))


async def _serve(settings: Settings, wechat: WeChat | None, with_rasa: bool, with_sandbox: bool) -> int:
    python = _rasa_python() if with_rasa else None
    async with running(settings, rasa_python=python, wechat=wechat, with_sandbox=with_sandbox) as parts:
        sys.stdout.write("正在启动对话引擎 ")
        sys.stdout.flush()
        ready = await wait_ready(parts, _dot)
        if with_sandbox and parts.push_menu:
            # a sandbox starts without a menu each time; on a real account the office pushes it
            with contextlib.suppress(DeliveryError):
                await parts.push_menu()
        sys.stdout.write("\n" + _summary(settings, wechat, ready=ready) + "\n")
        sys.stdout.flush()
        # The content stays for good: a full collection that walks through it stops every answer for a tenth of a second.
        gc.collect()
        gc.freeze()
        await until_stopped()
        sys.stdout.write("正在停止……\n")
    return 0


def _dot(_seconds: float) -> None:
    sys.stdout.write(".")
    sys.stdout.flush()


def _rasa_python() -> Path:
    if not RASA_PYTHON.exists():
        raise ContentError(file=".venv-rasa", key="", cure="没有 Rasa 的运行环境，请先运行 make setup")
    return RASA_PYTHON


def _wechat_line(wechat: WeChat | None) -> str:
    if wechat is None:
        return "没有设置公众号（OUTREACH_WECHAT_APPID），微信通道没有开"
    if wechat.sandbox:
        return f"{wechat.account.api}/ （沙箱里的两部手机，不连真的微信）"
    return f"公众号 {wechat.account.appid}，检查用 outreach wechat doctor"


def _summary(settings: Settings, wechat: WeChat | None, *, ready: bool) -> str:
    address = f"http://{settings.host}:{settings.port}"
    lines = [
        "────────────────────────────────────────────",
        f"  家长聊天   {address}/",
        f"  资助政策   {address}/policies",
        f"  运行检查   {address}/healthz",
        "  管理后台   还没有开放（没有演示账号）",
        f"  家长的微信 {_wechat_line(wechat)}",
        '  命令行提问 .venv/bin/python -m outreach.cli ask "高中助学金有多少"',
        "  按 Ctrl-C 停止",
        "────────────────────────────────────────────",
    ]
    if not ready:
        lines.insert(1, "  对话引擎还没准备好，页面可以先用；原因见 var/rasa.log")
    return "\n".join(lines)
