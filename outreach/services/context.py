"""What every use case is handed: the unit of work, the content, the clock and the keyed hash. Built once in bootstrap."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from functools import cached_property

from outreach.content.catalogue import Catalogue
from outreach.domain.clock import Clock
from outreach.domain.dialogue import Guide
from outreach.services.sealing import Sealer
from outreach.storage.session import UnitOfWork


@dataclass(frozen=True)
class Services:
    """The wired parts. ``key`` is the secret's bytes."""

    work: UnitOfWork
    catalogue: Catalogue
    guide: Guide
    clock: Clock
    key: bytes
    turns_per_session: int = 40

    @cached_property
    def sealer(self) -> Sealer:
        """Return what seals personal columns of the database under the key."""
        return Sealer(self.key)

    def sender_key(self, channel: str, sender: str) -> str:
        """Return the keyed hash (43 characters, base64url) under which a sender is remembered and archived."""
        digest = hmac.new(self.key, f"{channel}:{sender}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def sign(self, sender_key: str, act: str) -> str:
        """Return the payload of a button: ``act`` with a mark that only this sender's taps carry."""
        return f"{act}~{self._mark(sender_key, act)}"

    def open(self, sender_key: str, payload: str) -> str | None:
        """Return the act of ``payload`` if it was signed for this sender, else None."""
        act, _, mark = payload.rpartition("~")
        if not payload.isascii():
            return None
        return act if act and hmac.compare_digest(mark.encode(), self._mark(sender_key, act).encode()) else None

    def _mark(self, sender_key: str, act: str) -> str:
        digest = hmac.new(self.key, f"button|{sender_key}|{act}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:9]).decode()
