"""Kind → class of every channel, one line each; a class is loaded on first use. To add one, copy a similar folder first."""

from importlib import import_module
from typing import Any

CHANNELS = {
    "web": "channels.web.channel.WebChannel",
    "wechat": "channels.wechat.channel.WeChatChannel",
}


def channel_class(kind: str) -> type[Any]:
    """Return the class of ``kind``; raises KeyError."""
    module, _, name = CHANNELS[kind].rpartition(".")
    found: type[Any] = getattr(import_module(module), name)
    return found
