"""The settings of the WeChat channel: from the environment to an Account, or to none. Secrets may stand in files."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from channels.wechat.account import API, AUTHORIZE, CONSOLE, Account, Security
from outreach.environment import Reader, wrong
from outreach.settings import DOCUMENTED as OF_THE_SERVICE
from outreach.settings import Settings

# name in the environment → (what it is for, in Chinese, for the README's table; checked by tests)
DOCUMENTED: Mapping[str, str] = {
    "WECHAT_APPID": "公众号的 AppID（wx 开头 18 位）；不设置就没有微信通道（演示模式默认接本机沙箱）",
    "WECHAT_SECRET": "公众号的 AppSecret",
    "WECHAT_SECRET_FILE": "从文件读取 AppSecret",
    "WECHAT_TOKEN": "服务器配置里的 Token（3–32 位字母数字）",
    "WECHAT_TOKEN_FILE": "从文件读取 Token",
    "WECHAT_AES_KEY": "服务器配置里的 EncodingAESKey（43 位）；明文模式可以不填",
    "WECHAT_AES_KEY_FILE": "从文件读取 EncodingAESKey",
    "WECHAT_SECURITY": "消息加解密方式：plain（明文）、compatible（兼容）或 safe（安全，默认）",
    "WECHAT_API": "平台接口地址，默认 https://api.weixin.qq.com",
    "WECHAT_AUTHORIZE": "平台网页授权地址，默认 https://open.weixin.qq.com",
    "WECHAT_CONSOLE": "平台后台和二维码图片的地址，默认 https://mp.weixin.qq.com",
    "WECHAT_VERIFY_FILE": "平台给的域名校验文件 MP_verify_….txt 在本机的位置，设置后由本服务对外提供",
    "WECHAT_SANDBOX": "是否接本机的微信沙箱：true 或 false；演示模式没填 AppID 时默认 true，正式模式不允许 true",
}

# what the console hands out → (its shape, what to fill in)
SHAPES: Mapping[str, tuple[str, str]] = {
    "APPID": (r"wx[0-9a-zA-Z]{16}", "要填 wx 开头的 18 位 AppID"),
    "SECRET": (r"[0-9a-zA-Z]{32}", "填了 AppID 就要填 32 位的 AppSecret（或写在 OUTREACH_WECHAT_SECRET_FILE 指的文件里）"),
    "TOKEN": (r"[0-9a-zA-Z]{3,32}", "填了 AppID 就要填服务器配置里的 Token（3–32 位字母数字）"),
    # 43 characters of Base64 stand for 32 bytes
    "AES_KEY": (r"[0-9a-zA-Z+/]{43}", "兼容和安全模式要填 43 位的 EncodingAESKey"),
}
# Somebody who tries the callback with a platform of their own is free in what they call their account.
LOOSER: Mapping[str, str] = {"APPID": r"wx[0-9a-zA-Z_-]{1,40}", "SECRET": r"\S{1,128}", "TOKEN": r"[0-9a-zA-Z_-]{1,64}"}
# The account of channels/wechat_sandbox/account.json; it is no secret, the sandbox listens on loopback only.
SANDBOX_ADDRESS = "http://127.0.0.1:8090"
SANDBOX = {
    "APPID": "wx5a6e64626f783037",
    "SECRET": "93bc63e0b4f48fbbff568d9fc0dc3def",
    "TOKEN": "sandboxtoken",
    "AES_KEY": "WTLZz8kk/eAbd46o4GYV77ERWzhnfP8vgziOjgo6Gic",
}
SANDBOX_TEMPLATES = {
    purpose: f"sandbox-{name}".ljust(43, "0")
    for purpose, name in {
        "notice": "notice", "reminder": "remind", "result": "result", "notice_opt_in": "sub-notice",
        "reminder_opt_in": "sub-remind", "result_opt_in": "sub-result",
    }.items()
}  # fmt: skip


@dataclass(frozen=True)
class WeChat:
    """The channel as set up. ``verify``: name and text of the platform's domain file, None when there is none."""

    account: Account
    sandbox: bool = False
    verify: tuple[str, str] | None = None

    @property
    def port(self) -> int:
        """Return the port of the platform's address: the sandbox's, where one is set up."""
        return urlsplit(self.account.api).port or 443


def load(settings: Settings, environ: Mapping[str, str] = os.environ) -> WeChat | None:
    """Return the channel, None when no account is set up.

    Raises ContentError with one Chinese line for an account that is half set up, and for a sandbox in production mode.
    """
    read = Reader(environ, {*DOCUMENTED, *OF_THE_SERVICE})
    given = read.text("WECHAT_APPID", "")
    if not given and not read.text("WECHAT_SANDBOX", ""):
        _no_credentials(read)
    sandbox = read.flag("WECHAT_SANDBOX", not settings.production and not given)
    if sandbox and settings.production:
        raise wrong("WECHAT_SANDBOX", "正式模式不能接沙箱：请改成 false，并填真实的公众号")
    if not given and not sandbox:
        _no_credentials(read)
        return None
    return WeChat(_account(read, settings, sandbox=sandbox), sandbox, _verify(read))


def with_templates(wechat: WeChat, ids: Mapping[str, str]) -> WeChat:
    """Return the channel with the template ids of the content, purpose → id; the sandbox keeps its own, it knows no others."""
    return wechat if wechat.sandbox else replace(wechat, account=replace(wechat.account, templates=dict(ids)))


def _account(read: Reader, settings: Settings, *, sandbox: bool) -> Account:
    known = SANDBOX if sandbox else {}
    hosts = (SANDBOX_ADDRESS,) * 3 if sandbox else (API, AUTHORIZE, CONSOLE)
    security = Security(read.one_of("WECHAT_SECURITY", tuple(Security), Security.SAFE))
    if settings.production and not settings.origin.startswith("https://"):
        raise wrong("ORIGIN", "用微信要填家长打开本服务的地址，必须以 https:// 开头")
    values = {name: read.secret(f"WECHAT_{name}", known.get(name, "")) for name in SHAPES}
    for name, (pattern, cure) in SHAPES.items():
        left_out = name == "AES_KEY" and security is Security.PLAIN and not values[name]
        shape = pattern if settings.production else LOOSER.get(name, pattern)
        if not left_out and not re.fullmatch(shape, values[name]):
            raise wrong(f"WECHAT_{name}", cure)
    return Account(
        appid=values["APPID"],
        secret=values["SECRET"],
        token=values["TOKEN"],
        aes_key=values["AES_KEY"],
        security=security,
        origin=settings.public_origin,
        api=read.origin("WECHAT_API", hosts[0]),
        authorize=read.origin("WECHAT_AUTHORIZE", hosts[1]),
        console=read.origin("WECHAT_CONSOLE", hosts[2]),
        templates=dict(SANDBOX_TEMPLATES) if sandbox else {},
    )


def _verify(read: Reader) -> tuple[str, str] | None:
    path = read.text("WECHAT_VERIFY_FILE", "")
    if not path:
        return None
    if not re.fullmatch(r"MP_verify_[0-9A-Za-z]+\.txt", Path(path).name):
        raise wrong("WECHAT_VERIFY_FILE", "文件名要和平台给的一样：MP_verify_….txt")
    try:
        text = Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise wrong("WECHAT_VERIFY_FILE", f"读不到文件 {path}") from error
    if not re.fullmatch(r"[0-9A-Za-z]{1,128}", text):
        raise wrong("WECHAT_VERIFY_FILE", "文件内容不对，请从平台后台重新下载")
    return Path(path).name, text


def _no_credentials(read: Reader) -> None:
    """Raise for an account without its AppID."""
    for name in ("SECRET", "TOKEN", "AES_KEY"):
        if read.text(f"WECHAT_{name}", "") or read.text(f"WECHAT_{name}_FILE", ""):
            raise wrong("WECHAT_APPID", f"填了 OUTREACH_WECHAT_{name} 就要填 AppID；不用微信就把它删去")
