"""`python -m channels.wechat_sandbox`: start the sandbox by hand. Stops cleanly on SIGTERM and Ctrl-C."""

import argparse
import asyncio
import ctypes
import json
import os
import signal
import sys
from pathlib import Path

from channels.wechat_sandbox.account import HOST, VARIABLE, Config, Security, read_account
from channels.wechat_sandbox.app import run
from channels.wechat_sandbox.faults import Faults

PR_SET_PDEATHSIG = 1


def parsed(arguments: list[str]) -> tuple[Config, int]:
    """Return the start settings and the port; exits with a message for what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m channels.wechat_sandbox", description="微信公众平台沙箱，只在本机运行。")
    parser.add_argument("--host", default=HOST, help="只能是 127.0.0.1")
    parser.add_argument("--port", type=int, default=8090, help="端口，默认 8090")
    parser.add_argument("--callback", required=True, metavar="地址", help="服务的回调地址")
    parser.add_argument(
        "--security", type=Security, default=Security.SAFE, choices=list(Security), help="消息加解密方式，默认 safe"
    )
    parser.add_argument("--seed", type=int, default=7, help="随机种子，默认 7")
    parser.add_argument("--cast", type=Path, default=None, metavar="文件", help="演示人物，例如 content/cast.yml")
    parser.add_argument("--faults", default="{}", metavar="JSON", help="启动时的故障，格式同 POST /sandbox/faults")
    parser.add_argument("--pages", action="append", default=[], metavar="源", help="除回调地址外，还可以在手机里打开的网页来源")
    parser.add_argument("--end-with-parent", action="store_true", help="启动它的程序结束时一起结束")
    parser.add_argument("--record-cap", type=int, default=50_000, metavar="条", help="记录最多保留多少条，默认 50000")
    given = parser.parse_args(arguments)
    if given.end_with_parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if given.host != HOST:
        parser.error("沙箱只能绑定 127.0.0.1")
    try:
        faults = json.loads(given.faults)
        Faults().changed(faults)
        account = read_account(os.environ.get(VARIABLE))
    except (ValueError, AttributeError) as error:
        parser.error(f"--faults 或 {VARIABLE} 不对：{error}")
    config = Config(
        account=account,
        callback=given.callback,
        security=given.security,
        seed=given.seed,
        cast=given.cast,
        faults=faults,
        record_cap=given.record_cap,
        pages=tuple(given.pages),
    )
    return config, given.port


async def main(arguments: list[str]) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    config, port = parsed(arguments)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    sys.stdout.write(f"微信沙箱：http://{HOST}:{port}/  回调：{config.callback}（{config.security}）\n")
    sys.stdout.flush()
    await run(config, port, stop)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
