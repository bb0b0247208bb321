"""Looks the account over, item by item: what is right, what is wrong, and what cures it. For the operator, in Chinese.

Asks the platform and our own public address; changes nothing. Knows the content only as the plain values it is handed.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp

from channels.base import DeliveryError
from channels.wechat import codes, menu
from channels.wechat.account import API, Security
from channels.wechat.client import WeChatClient
from channels.wechat.outside import Outside
from channels.wechat.templates import Wanted, compare, granted
from outreach.domain.errors import ContentError


class State(StrEnum):
    """✓ right · ✗ wrong · ? could not be looked at from here."""

    RIGHT = "✓"
    WRONG = "✗"
    UNKNOWN = "?"


@dataclass(frozen=True)
class Item:
    """One line of the table."""

    name: str
    state: State
    wrong: str = ""
    cure: str = ""


@dataclass(frozen=True)
class Expected:
    """What the account should have: templates by purpose, the menu's entries, the domain file as (name, text)."""

    templates: Mapping[str, Wanted]
    menu: Sequence[Mapping[str, Any]]
    verify: tuple[str, str] | None = None


class Doctor:
    """``callback``: the path of our own callback under the account's origin."""

    def __init__(self, client: WeChatClient, http: aiohttp.ClientSession, expected: Expected, callback: str) -> None:
        self._client = client
        self._account = client.account
        self._expected = expected
        self._outside = Outside(client.account, http, client.clock, callback)

    async def look(self) -> list[Item]:
        """Return all items, in the order in which they are best mended; raises nothing of the channel."""
        items = [self._settings(), *await self._token()]
        token = items[-1].state is State.RIGHT
        checks: list[tuple[str, Callable[[], Awaitable[list[Item]]], bool]] = [
            ("回调（平台检测）", self._callback_by_the_platform, True),
            ("回调（外网访问）", self._callback_from_outside, False),
            ("模板", self._templates, True),
            ("菜单", self._menu, True),
            ("域名校验文件", self._verify, False),
        ]
        for name, check, needs_token in checks:
            if needs_token and not token:
                items.append(Item(name, State.UNKNOWN, "没有访问令牌，没法检查", "先治好上面的 ✗"))
                continue
            try:
                items += await check()
            except DeliveryError as error:
                items.append(_told(name, error))
        return items

    def _settings(self) -> Item:
        origin = self._account.origin
        if self._account.api == API and not origin.startswith("https://"):
            return Item("设置", State.WRONG, f"对外地址 {origin} 不是 https", "OUTREACH_ORIGIN 填备案过的 https 域名")
        if self._account.security is not Security.SAFE:
            return Item("设置", State.UNKNOWN, "消息不是安全模式", "建议后台和 OUTREACH_WECHAT_SECURITY 都改成安全模式（safe）")
        return Item("设置", State.RIGHT)

    async def _token(self) -> list[Item]:
        try:
            await self._client.tokens.get()
        except DeliveryError as error:
            told = _told("访问令牌", error)
            if error.reason == "address_not_allowed":
                allowed = Item("IP 白名单", State.WRONG, told.wrong, told.cure)
                return [allowed, Item("访问令牌", State.UNKNOWN, "被白名单挡住", told.cure)]
            return [Item("IP 白名单", State.UNKNOWN, "没拿到令牌，看不出来", "先治好下一行"), told]
        return [Item("IP 白名单", State.RIGHT), Item("访问令牌", State.RIGHT)]

    async def _callback_by_the_platform(self) -> list[Item]:
        name = "回调（平台检测）"
        try:
            answer = await self._client.call("/cgi-bin/callback/check", {"action": "all", "check_operator": "DEFAULT"})
        except DeliveryError as error:
            if error.reason == "no_callback":
                return [_told(name, error)]
            return [Item(name, State.UNKNOWN, f"平台没有给出结果（{error.provider_code or error.reason}）", "看下一行的结果")]
        pings = [ping for ping in answer.get("ping") or [] if isinstance(ping, dict)]
        lost = [str(ping.get("ip")) for ping in pings if str(ping.get("package_loss", "0%")) != "0%"]
        if lost:
            # many networks drop pings and serve web pages all the same
            return [Item(name, State.UNKNOWN, f"平台 ping 不通 {'、'.join(lost)}", "很多机房不回应 ping；下一行能通就不用管")]
        return [Item(name, State.RIGHT)]

    async def _callback_from_outside(self) -> list[Item]:
        wrong, cure = await self._outside.callback()
        return [Item("回调（外网访问）", State.WRONG if wrong else State.RIGHT, wrong, cure)]

    async def _templates(self) -> list[Item]:
        items = []
        kinds = {wanted.kind for wanted in self._expected.templates.values()}
        for kind in sorted(kinds, reverse=True):
            wanted = {purpose: one for purpose, one in self._expected.templates.items() if one.kind == kind}
            try:
                there = await granted(self._client, kind)
            except DeliveryError as error:
                items.append(_told(f"模板（{kind}）", error))
                continue
            for purpose, one in wanted.items():
                wrong, cure = compare(one, there)
                state = State.RIGHT if not wrong else State.WRONG if one.id else State.UNKNOWN
                items.append(Item(f"模板 {purpose}", state, wrong, cure))
        return items

    async def _menu(self) -> list[Item]:
        try:
            wanted = menu.payload(self._expected.menu, self._account.origin)["button"]
        except ContentError as error:
            return [Item("菜单", State.WRONG, f"{error.data['key']}：{error.data['cure']}", "改正 content/wechat.yml")]
        there = await menu.read(self._client)
        if there == wanted:
            return [Item("菜单", State.RIGHT)]
        return [
            Item("菜单", State.WRONG, "和 content/wechat.yml 不一样" if there else "还没有菜单", "运行 outreach wechat menu push")
        ]

    async def _verify(self) -> list[Item]:
        if self._expected.verify is None:
            cure = "后台“设置与开发→公众号设置→功能设置”下载文件，用 OUTREACH_WECHAT_VERIFY_FILE 指出"
            return [Item("域名校验文件", State.UNKNOWN, "没有设置", cure)]
        wrong, cure = await self._outside.verify(*self._expected.verify)
        return [Item("域名校验文件", State.WRONG if wrong else State.RIGHT, wrong, cure)]


def _told(name: str, error: DeliveryError) -> Item:
    if not error.provider_code:
        detail = str(error.data.get("detail") or error.reason)
        return Item(name, State.WRONG, f"连不上平台（{detail}）", "看本机能不能访问外网和平台地址（OUTREACH_WECHAT_API）")
    found = codes.rule(int(error.provider_code))
    return Item(name, State.WRONG, f"平台答 {error.provider_code}", found.cure)
