"""The strict reader of settings from the environment: a wrong name or value is refused with its name and a cure."""

from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from outreach.domain.errors import ContentError

PREFIX = "OUTREACH_"


def wrong(name: str, cure: str) -> ContentError:
    """Return the error for setting ``name`` (without its prefix); ``cure`` is one Chinese line."""
    return ContentError(file="环境变量", key=PREFIX + name, cure=cure)


class Reader:
    """Reads one environment. Every ``OUTREACH_`` name in it must be one of ``known``; raises ContentError."""

    def __init__(self, environ: Mapping[str, str], known: Collection[str]) -> None:
        self._environ = environ
        unknown = [key for key in environ if key.startswith(PREFIX) and key.removeprefix(PREFIX) not in known]
        if unknown:
            raise ContentError(file="环境变量", key=unknown[0], cure="没有这个设置，请对照 README 的设置表改正或删去")

    def text(self, name: str, default: str) -> str:
        """Return the value without blanks around it, or ``default`` when it is unset or empty."""
        return self._environ.get(PREFIX + name, "").strip() or default

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """Return a value of ``allowed``."""
        value = self.text(name, default)
        if value not in allowed:
            raise wrong(name, f"只能是 {' 或 '.join(allowed)}")
        return value

    def address(self, name: str, default: str) -> str:
        """Return an http address that names its port, without a slash at the end."""
        value = self.text(name, default).rstrip("/")
        try:
            parts = urlsplit(value)
            whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port is not None
        except ValueError:
            whole = False
        if not whole:
            raise wrong(name, "要写完整的地址和端口，例如 http://127.0.0.1:5005")
        return value

    def origin(self, name: str, default: str) -> str:
        """Return scheme and host (and port), nothing behind them; ``default`` may be empty."""
        value = self.text(name, default).rstrip("/")
        if not value:
            return ""
        try:
            parts = urlsplit(value)
            whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
            bare = value == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
        except ValueError:
            whole = bare = False
        if not (whole and bare):
            raise wrong(name, "要写协议和域名，后面不带路径，例如 https://zizhu.example.edu.cn")
        return value

    def database(self, name: str, default: str) -> str:
        """Return the address of a database of a kind we support."""
        return self._starting(name, default, ("sqlite+aiosqlite:///", "postgresql+asyncpg://"))

    def redis(self, name: str) -> str:
        """Return the address of a Redis, "" when unset."""
        return self._starting(name, "", ("redis://", "rediss://")) if self.text(name, "") else ""

    def _starting(self, name: str, default: str, starts: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if not value.startswith(starts):
            raise wrong(name, f"只能以 {' 或 '.join(starts)} 开头")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Return true or false."""
        return self.one_of(name, ("true", "false"), "true" if default else "false") == "true"

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number between ``least`` and ``most``."""
        value = self.text(name, str(default))
        if not value.isdecimal() or not least <= int(value) <= most:
            raise wrong(name, f"要填 {least} 到 {most} 的整数")
        return int(value)

    def number(self, name: str, default: float) -> float:
        """Return a number above zero."""
        try:
            value = float(self.text(name, str(default)))
        except ValueError:
            value = -1.0
        if not 0 < value < 1e6:
            raise wrong(name, "要填大于 0 的数")
        return value

    def secret(self, name: str, default: str = "") -> str:
        """Return the value of ``name``, or what stands in the file that ``name``_FILE points to, which goes first."""
        path = self.text(name + "_FILE", "")
        if not path:
            return self.text(name, default)
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise wrong(name + "_FILE", f"读不到文件 {path}") from error
