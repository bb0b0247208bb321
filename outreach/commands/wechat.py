"""`outreach wechat doctor` and `outreach wechat menu push`: looks the account over, sets its menu."""

import argparse
import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import aiohttp

from channels.base import DeliveryError
from channels.wechat import codes, menu
from channels.wechat.client import WeChatClient
from channels.wechat.doctor import Doctor, Expected, Item, State
from channels.wechat.routes import PATH
from channels.wechat.templates import Wanted
from outreach import configuration
from outreach.bootstrap import build_services, database, shared_values, wechat_client
from outreach.content.catalogue import Catalogue
from outreach.domain.errors import ContentError
from outreach.storage.session import UnitOfWork
from outreach.wechat_settings import WeChat, with_templates
from outreach.wechat_settings import load as load_wechat


@dataclass(frozen=True)
class _Parts:
    wechat: WeChat
    client: WeChatClient
    http: aiohttp.ClientSession
    catalogue: Catalogue


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    command = commands.add_parser("wechat", help="微信公众号", description="检查公众号，推送菜单。")
    below = command.add_subparsers(title="命令", metavar="命令", required=True)
    doctor = below.add_parser(
        "doctor", help="逐项检查", description="逐项检查公众号的设置，说出哪里不对、怎么改。只查看，不改动。"
    )
    doctor.set_defaults(command=run_doctor)
    pushing = below.add_parser("menu", help="菜单", description="把 content/wechat.yml 里的菜单推送到公众号。")
    pushing.add_argument("action", choices=("push", "show"), metavar="push|show", help="push 推送；show 看公众号现在的菜单")
    pushing.set_defaults(command=run_menu)


def run_doctor(_arguments: argparse.Namespace) -> int:
    """Print the table; returns 1 if anything is wrong."""
    return asyncio.run(_doctor())


def run_menu(arguments: argparse.Namespace) -> int:
    """Push or show the menu; returns 1 if the platform refuses."""
    return asyncio.run(_menu(arguments.action))


async def _doctor() -> int:
    async with _parts() as parts:
        doctor = Doctor(parts.client, parts.http, _expected(parts), PATH)
        items = await doctor.look()
        where = f"沙箱 {parts.wechat.account.api}" if parts.wechat.sandbox else f"公众号 {parts.wechat.account.appid}"
    sys.stdout.write(f"检查{where}，对外地址 {parts.wechat.account.origin}\n\n{table(items)}\n\n")
    wrong = sum(item.state is State.WRONG for item in items)
    if wrong:
        sys.stdout.write(f"有 {wrong} 项不对，按“怎么改”处理后再运行一次。\n")
        return 1
    sys.stdout.write("没有发现不对的地方；? 的项目请到后台看一眼。\n")
    return 0


def table(items: list[Item]) -> str:
    """Return the items as lines in columns, wide characters counted as two."""
    rows = [("项目", "状态", "哪里不对", "怎么改"), *((item.name, str(item.state), item.wrong, item.cure) for item in items)]
    wide = [max(menu.width(row[at]) for row in rows) for at in range(4)]
    padded = [[cell + " " * (wide[at] - menu.width(cell)) for at, cell in enumerate(row)] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in padded)


async def _menu(action: str) -> int:
    async with _parts() as parts:
        try:
            if action == "push":
                await menu.push(parts.client, parts.catalogue.account.entries())
            for button in await menu.read(parts.client):
                sys.stdout.write(f"{button['name']}\n")
                for below in button.get("sub_button", []):
                    sys.stdout.write(f"  {below['name']}  {below.get('key') or below.get('url')}\n")
        except DeliveryError as error:
            code = error.provider_code
            cure = codes.rule(int(code)).cure if code else "连不上平台，看网络和 OUTREACH_WECHAT_API"
            sys.stdout.write(f"✗ 没有成功（{code or error.reason}）：{cure}\n")
            return 1
    sys.stdout.write("菜单已推送；关注着的手机最迟 24 小时内看到，取消关注再关注马上看到。\n" if action == "push" else "")
    return 0


def _expected(parts: _Parts) -> Expected:
    ids = parts.wechat.account.templates
    wanted = {
        purpose: Wanted(entry.kind, entry.title, ids.get(purpose, ""), tuple(field.keyword for field in entry.fields))
        for purpose, entry in parts.catalogue.account.templates.items()
    }
    return Expected(wanted, parts.catalogue.account.entries(), parts.wechat.verify)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the channel's log off the screen: what the platform refuses is told there in our own words."""
    logger = logging.getLogger("channels")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


@asynccontextmanager
async def _parts() -> AsyncIterator[_Parts]:
    settings = configuration.load()
    wechat = load_wechat(settings)
    if wechat is None:
        raise ContentError(file="环境变量", key="OUTREACH_WECHAT_APPID", cure="没有设置公众号，步骤见 channels/wechat/README.md")
    async with database(settings) as engine, aiohttp.ClientSession() as http:
        services = build_services(settings, UnitOfWork(engine))
        wechat = with_templates(wechat, services.catalogue.account.ids)
        async with shared_values(settings, services) as values:
            with _quiet():
                yield _Parts(wechat, wechat_client(wechat, http, values, services.clock), http, services.catalogue)
