"""`outreach check`: is the content whole, and with --production, is everything filled in?"""

import argparse
import sys
from pathlib import Path

from outreach.content.check import findings, unset
from outreach.domain.clock import SystemClock, day_of
from outreach.settings import ROOT


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    command = commands.add_parser("check", help="检查内容", description="检查 content/ 和 data/nlu/ 是否完整一致。")
    command.add_argument("--production", action="store_true", help="正式上线检查：office.yml 和 wechat.yml 还有没填的就不通过")
    command.add_argument("--content", type=Path, default=ROOT / "content", metavar="目录", help="内容目录")
    command.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Print each finding as file, key and cure; returns 1 if there is any."""
    found = findings(arguments.content, ROOT / "data" / "nlu", day_of(SystemClock().now()))
    for finding in found:
        sys.stdout.write(f"✗ {finding.file} {finding.key}：{finding.cure}\n")
    missing = unset(arguments.content) if arguments.production else []
    for finding in missing:
        sys.stdout.write(f"✗ {finding.file} {finding.key}：{finding.cure}\n")
    if found or missing:
        sys.stdout.write(f"共 {len(found) + len(missing)} 处要改。\n")
        return 1
    sys.stdout.write("内容检查通过。\n")
    return 0
