"""All settings, read once from the environment into one frozen value. A wrong value is said loudly at the start."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from outreach.domain.errors import ContentError

PREFIX = "OUTREACH_"
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """The deployment. Durations in seconds; ``secret`` signs cookies and buttons and keys the hash of senders."""

    secret: str = field(repr=False)
    mode: str = "demo"
    host: str = "127.0.0.1"
    port: int = 8080
    action_port: int = 8081
    rasa_url: str = "http://127.0.0.1:5005"
    rasa_timeout_s: float = 8.0
    database_url: str = "sqlite+aiosqlite:///var/outreach.db"
    content_dir: Path = ROOT / "content"
    models_dir: Path = ROOT / "models"
    vendor_dir: Path = ROOT / "node_modules"
    accept_sender: bool = True
    turns_per_session: int = 40
    sender_rate_per_s: float = 5.0
    sender_burst: int = 10

    @property
    def production(self) -> bool:
        """Tell whether real families use this deployment."""
        return self.mode == "production"


# name in the environment → (what it is for, in Chinese, for the README's table; checked by tests)
DOCUMENTED: Mapping[str, str] = {
    "MODE": "运行模式：demo（演示，默认）或 production（正式）",
    "HOST": "对外监听地址，默认 127.0.0.1",
    "PORT": "对外端口，默认 8080",
    "ACTION_PORT": "Rasa 回调动作的本机端口，默认 8081，只监听 127.0.0.1",
    "RASA_URL": "Rasa 地址，默认 http://127.0.0.1:5005",
    "RASA_TIMEOUT_S": "等待 Rasa 回答的秒数，默认 8",
    "DATABASE_URL": "数据库，默认 sqlite+aiosqlite:///var/outreach.db；可用 postgresql+asyncpg://…",
    "CONTENT_DIR": "内容目录，默认 content/",
    "SECRET": "签名与散列用的密钥；正式模式必填（32 个以上字符），演示模式自动生成到 var/secret",
    "SECRET_FILE": "从文件读取密钥，代替 OUTREACH_SECRET",
    "ACCEPT_SENDER": "是否接受 JSON 里的 sender 字段：true 或 false；演示默认 true，正式默认 false",
    "TURNS_PER_SESSION": "每个 Rasa 会话最多轮数，默认 40，超过后自动换新会话，记忆不丢",
    "SENDER_RATE_PER_S": "同一发送者每秒最多消息数，默认 5",
    "SENDER_BURST": "同一发送者短时最多连发条数，默认 10",
}


def load(environ: Mapping[str, str] = os.environ, *, root: Path = Path()) -> Settings:
    """Read the settings; ``root`` is where the demo secret is kept.

    Raises ContentError with ``key`` and ``cure`` for a value that cannot be taken.
    """
    read = _Reader(environ)
    mode = read.one_of("MODE", ("demo", "production"), "demo")
    production = mode == "production"
    return Settings(
        secret=_secret(read, production=production, root=root),
        mode=mode,
        host=read.text("HOST", "127.0.0.1"),
        port=read.whole("PORT", 8080, 1, 65535),
        action_port=read.whole("ACTION_PORT", 8081, 1, 65535),
        rasa_url=read.address("RASA_URL", "http://127.0.0.1:5005"),
        rasa_timeout_s=read.number("RASA_TIMEOUT_S", 8.0),
        database_url=read.database("DATABASE_URL", "sqlite+aiosqlite:///var/outreach.db"),
        content_dir=Path(read.text("CONTENT_DIR", str(ROOT / "content"))),
        accept_sender=read.flag("ACCEPT_SENDER", not production),
        turns_per_session=read.whole("TURNS_PER_SESSION", 40, 5, 200),
        sender_rate_per_s=read.number("SENDER_RATE_PER_S", 5.0),
        sender_burst=read.whole("SENDER_BURST", 10, 1, 10000),
    )


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        unknown = [key for key in environ if key.startswith(PREFIX) and key.removeprefix(PREFIX) not in DOCUMENTED]
        if unknown:
            raise ContentError(file="环境变量", key=unknown[0], cure="没有这个设置，请对照 README 的设置表改正或删去")

    def text(self, name: str, default: str) -> str:
        return self._environ.get(PREFIX + name, "").strip() or default

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise _wrong(name, f"只能是 {' 或 '.join(allowed)}")
        return value

    def address(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        try:
            parts = urlsplit(value)
            whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port is not None
        except ValueError:
            whole = False
        if not whole:
            raise _wrong(name, "要写完整的地址和端口，例如 http://127.0.0.1:5005")
        return value

    def database(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise _wrong(name, "只能以 sqlite+aiosqlite:/// 或 postgresql+asyncpg:// 开头")
        return value

    def flag(self, name: str, default: bool) -> bool:
        return self.one_of(name, ("true", "false"), "true" if default else "false") == "true"

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not least <= int(value) <= most:
            raise _wrong(name, f"要填 {least} 到 {most} 的整数")
        return int(value)

    def number(self, name: str, default: float) -> float:
        try:
            value = float(self.text(name, str(default)))
        except ValueError:
            value = -1.0
        if not 0 < value < 1e6:
            raise _wrong(name, "要填大于 0 的数")
        return value


def _wrong(name: str, cure: str) -> ContentError:
    return ContentError(file="环境变量", key=PREFIX + name, cure=cure)


def _secret(read: _Reader, *, production: bool, root: Path) -> str:
    path = read.text("SECRET_FILE", "")
    if path:
        try:
            secret = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise _wrong("SECRET_FILE", f"读不到文件 {path}") from error
    else:
        secret = read.text("SECRET", "")
    if not secret and not production:
        return _demo_secret(root / "var" / "secret")
    if len(secret) < 32:
        raise _wrong("SECRET", "正式模式要设置 32 个以上字符的密钥（例如 openssl rand -hex 32）")
    return secret


def _demo_secret(path: Path) -> str:
    if not path.exists() or len(path.read_text(encoding="utf-8").strip()) < 32:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
