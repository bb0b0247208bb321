"""The menu under the chat: from plain content to the platform's JSON, with its bounds of 3 × 5, pushed and read back."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from channels.base import DeliveryError
from channels.wechat.client import WeChatClient
from outreach.domain.errors import ContentError

MOST, MOST_BELOW = 3, 5
# Widths as shown, a Chinese character being 2: the platform shows … after 4 and 8 of them. It also has bounds in bytes.
WIDTH, WIDTH_BELOW = 8, 16
BYTES, BYTES_BELOW = 16, 60
KEY_BYTES, URL_BYTES = 128, 1024

Entry = Mapping[str, Any]


def payload(entries: Sequence[Entry], origin: str) -> dict[str, Any]:
    """Return the JSON of menu/create.

    An entry has ``title`` and one of ``act`` (comes back as a click's key), ``path`` (a page of ours, opened under ``origin``)
    or ``below`` (1–5 entries). Raises ContentError with the place of the first fault.
    """
    if not 1 <= len(entries) <= MOST:
        raise _fault("menu", f"一级菜单要有 1 到 {MOST} 个")
    return {"button": [_button(entry, f"menu.{at}", origin, top=True) for at, entry in enumerate(entries)]}


async def push(client: WeChatClient, entries: Sequence[Entry]) -> None:
    """Replace the account's menu; phones show it within a day, at once after following anew."""
    await client.call("/cgi-bin/menu/create", payload(entries, client.account.origin))


async def read(client: WeChatClient) -> list[dict[str, Any]]:
    """Return the buttons as the platform has them, in the shape of ``payload``; empty when there is no menu."""
    try:
        answer = await client.call("/cgi-bin/menu/get", method="GET")
    except DeliveryError as error:
        if error.reason == "no_menu":
            return []
        raise
    menu = answer.get("menu")
    return [_plain(button) for button in menu.get("button", [])] if isinstance(menu, dict) else []


def _plain(button: Mapping[str, Any]) -> dict[str, Any]:
    below = button.get("sub_button") or []
    kept = {key: button[key] for key in ("name", "type", "key", "url") if button.get(key)}
    return {"name": kept.get("name", ""), "sub_button": [_plain(one) for one in below]} if below else kept


def _button(entry: Entry, place: str, origin: str, *, top: bool) -> dict[str, Any]:
    name = _bounded(entry, "title", place, BYTES if top else BYTES_BELOW)
    if width(name) > (WIDTH if top else WIDTH_BELOW):
        raise _fault(f"{place}.title", f"太长：一级最多 {WIDTH // 2} 个汉字，二级最多 {WIDTH_BELOW // 2} 个汉字")
    given = [key for key in ("act", "path", "below") if entry.get(key)]
    if len(given) != 1 or (given == ["below"] and not top):
        raise _fault(place, "act、path、below 要写一个，也只能写一个；二级菜单下面不能再有菜单")
    if given == ["act"]:
        return {"type": "click", "name": name, "key": _bounded(entry, "act", place, KEY_BYTES)}
    if given == ["path"]:
        path = _bounded(entry, "path", place, URL_BYTES - len(origin.encode()))
        if not path.startswith("/") or path.startswith("//"):
            raise _fault(f"{place}.path", "要写本服务的页面，以 / 开头")
        return {"type": "view", "name": name, "url": origin + path}
    below = entry["below"]
    if len(below) > MOST_BELOW:
        raise _fault(f"{place}.below", f"二级菜单最多 {MOST_BELOW} 个")
    return {"name": name, "sub_button": [_button(one, f"{place}.below.{at}", origin, top=False) for at, one in enumerate(below)]}


def _bounded(entry: Entry, key: str, place: str, most_bytes: int) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip() or len(value.encode()) > most_bytes:
        raise _fault(f"{place}.{key}", f"不能为空，也不能超过 {most_bytes} 字节")
    return value


def width(text: str) -> int:
    """Return how wide ``text`` is shown, in halves of a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _fault(key: str, cure: str) -> ContentError:
    return ContentError(file="wechat.yml", key=key, cure=cure)
