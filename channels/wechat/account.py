"""The account as the office has it in the platform's console: numbers, secrets, addresses. Nothing of it is ever logged."""

from dataclasses import dataclass, field
from enum import StrEnum

API = "https://api.weixin.qq.com"
AUTHORIZE = "https://open.weixin.qq.com"
CONSOLE = "https://mp.weixin.qq.com"


class Security(StrEnum):
    """How the platform sends us messages: 明文、兼容、安全模式 of the console."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


@dataclass(frozen=True)
class Account:
    """One Official Account. ``aes_key`` is the 43-character EncodingAESKey, "" in plain mode.

    ``origin`` is our own public address (scheme and host, no slash at the end), under which pages and links open. ``api``,
    ``authorize`` and ``console`` are the platform's three hosts; the sandbox stands in for all of them.
    ``templates``: our purpose → the account's template id.
    """

    appid: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False, default="")
    security: Security = Security.SAFE
    origin: str = ""
    api: str = API
    authorize: str = AUTHORIZE
    console: str = CONSOLE
    templates: dict[str, str] = field(default_factory=dict)
