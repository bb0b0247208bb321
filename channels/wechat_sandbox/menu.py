"""The account's menu at the bottom of the chat, with the platform's bounds: 3 buttons, each with at most 5 below it."""

from typing import Any

from channels.wechat_sandbox.errors import ApiError

KEYED = (
    "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select",
)  # fmt: skip
WITH_KEY_BYTES, WITH_URL_BYTES = 128, 1024
# errcodes of (number of buttons, name, type, key, address), above and below
_TOP = (40016, 40018, 40017, 40019, 40020)
_SUB = (40023, 40025, 40024, 40026, 40027)


class Menu:
    """The menu as last created."""

    def __init__(self) -> None:
        self.buttons: list[dict[str, Any]] = []

    def create(self, body: dict[str, Any]) -> None:
        """Replace the menu; raises ApiError for what breaks a bound."""
        buttons = body.get("button")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
            raise ApiError(40016)
        self.buttons = [_button(button, _TOP, 16) for button in buttons]

    def get(self) -> dict[str, Any]:
        """Return the answer of menu/get; raises ApiError 46003 when there is none."""
        if not self.buttons:
            raise ApiError(46003)
        return {"menu": {"button": self.buttons}}

    def delete(self) -> None:
        """Take the menu away."""
        self.buttons = []


def _button(button: Any, codes: tuple[int, int, int, int, int], name_bytes: int) -> dict[str, Any]:
    size, name_code, type_code, key_code, url_code = codes
    if not isinstance(button, dict):
        raise ApiError(47001)
    name = button.get("name")
    if not isinstance(name, str) or not 0 < len(name.encode()) <= name_bytes:
        raise ApiError(name_code)
    below = button.get("sub_button")
    if below and codes is _TOP:
        if not isinstance(below, list) or len(below) > 5:
            raise ApiError(_SUB[0])
        return {"name": name, "sub_button": [_button(sub, _SUB, 60) for sub in below]}
    if below:
        raise ApiError(size)
    kind = button.get("type")
    if kind in KEYED:
        _bounded(button.get("key"), WITH_KEY_BYTES, key_code)
        return {"type": kind, "name": name, "key": button["key"], "sub_button": []}
    if kind == "view":
        _bounded(button.get("url"), WITH_URL_BYTES, url_code)
        if not button["url"].startswith(("http://", "https://")):
            raise ApiError(url_code)
        return {"type": kind, "name": name, "url": button["url"], "sub_button": []}
    raise ApiError(type_code)


def _bounded(value: Any, most: int, code: int) -> None:
    if not isinstance(value, str) or not 0 < len(value.encode()) <= most:
        raise ApiError(code)
