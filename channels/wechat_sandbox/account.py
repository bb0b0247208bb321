"""The account as the platform's console holds it, and all start settings of the sandbox."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from channels.wechat_sandbox.templates import Template

HERE = Path(__file__).parent
HOST = "127.0.0.1"
VARIABLE = "SANDBOX_ACCOUNT"


class Security(StrEnum):
    """How callbacks are sent: in plain text, in both forms, or encrypted only."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


@dataclass(frozen=True)
class Account:
    """One Official Account; ``original_id`` (gh_…) is its name in messages, ``aes_key`` the 43-character EncodingAESKey."""

    appid: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    original_id: str
    name: str
    templates: tuple[Template, ...]


@dataclass(frozen=True)
class Config:
    """How a sandbox starts. ``limit_s`` and ``tries``: how long, and how often, a callback is waited for.

    ``faults``: start settings in the shape of the admin call. ``record_cap``: entries kept, None for all. ``pages``: more origins
    whose pages open on the phones, beside the callback's own. ``clock``: seconds since the epoch, by which rules are judged.
    """

    account: Account
    callback: str
    security: Security = Security.SAFE
    seed: int = 7
    cast: Path | None = None
    limit_s: float = 5.0
    tries: int = 3
    faults: dict[str, Any] = field(default_factory=dict)
    record_cap: int | None = 50_000
    pages: tuple[str, ...] = ()
    clock: Callable[[], float] = time.time

    @property
    def origins(self) -> tuple[str, ...]:
        """Return the origins whose pages belong to the account (the callback's first)."""
        return (origin(self.callback), *self.pages)


def origin(url: str) -> str:
    """Return scheme and host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def read_account(text: str | None) -> Account:
    """Return the account: ``account.json`` beside this file, with the keys of the JSON object ``text`` put over it.

    Raises ValueError for a key that does not exist or a template of the wrong shape.
    """
    known: dict[str, Any] = json.loads((HERE / "account.json").read_text(encoding="utf-8"))
    given: dict[str, Any] = json.loads(text) if text else {}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ValueError(f"{VARIABLE}: {', '.join(unknown)}")
    values = {**known, **given}
    values["templates"] = tuple(Template.of(entry) for entry in values["templates"])
    return Account(**values)
