"""All settings, read once from the environment into one frozen value. A wrong value is said loudly at the start."""

import os
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from outreach.environment import PREFIX, Reader, wrong

__all__ = ["DOCUMENTED", "PREFIX", "ROOT", "Settings", "load"]

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
    origin: str = ""
    redis_url: str = field(repr=False, default="")

    @property
    def public_origin(self) -> str:
        """Return the address under which families reach us: scheme and host, no slash at the end."""
        return self.origin or f"http://{self.host}:{self.port}"

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
    "ORIGIN": "家长打开本服务用的地址（协议和域名，不带路径），例如 https://zizhu.example.edu.cn；默认按监听地址和端口",
    "REDIS_URL": "几个进程共用的值（如平台的访问令牌）放在哪个 Redis，例如 redis://127.0.0.1:6379/0；不设置就放在数据库里",
}


def load(environ: Mapping[str, str] = os.environ, *, root: Path = Path(), elsewhere: Collection[str] = ()) -> Settings:
    """Read the settings; ``root`` is where the demo secret is kept, ``elsewhere`` the names that others read.

    Raises ContentError with ``key`` and ``cure`` for a value that cannot be taken.
    """
    read = Reader(environ, {*DOCUMENTED, *elsewhere})
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
        origin=read.origin("ORIGIN", ""),
        redis_url=read.redis("REDIS_URL"),
    )


def _secret(read: Reader, *, production: bool, root: Path) -> str:
    secret = read.secret("SECRET")
    if not secret and not production:
        return _demo_secret(root / "var" / "secret")
    if len(secret) < 32:
        raise wrong("SECRET", "正式模式要设置 32 个以上字符的密钥（例如 openssl rand -hex 32）")
    return secret


def _demo_secret(path: Path) -> str:
    if not path.exists() or len(path.read_text(encoding="utf-8").strip()) < 32:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
