"""Sealing of small texts at rest (tokens, telephone numbers, handles). Knows AES-GCM; knows no table.

    sealer = Sealer(services.key)
    row.phone = sealer.seal("13800000000", f"guardian:{guardian_id}:phone")
    sealer.open(row.phone, f"guardian:{guardian_id}:phone")

``context`` says where the text belongs. It is not stored but must be the same again, so that a sealed text copied into another
row or column does not open there. The same text sealed twice looks different: to find it again, keep a keyed hash beside it.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from outreach.domain.errors import SealBroken

# names the shape; a new shape gets a new name and the old one stays readable
MARK = "s1."
# The secret also keys hashes and signatures; this separates the key of sealing from them.
PURPOSE = b"outreach sealing s1"
NONCE_BYTES = 12


class Sealer:
    """Seals and opens under a key derived (HKDF-SHA-256) from the service's secret; holds no state, safe to share."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(key))

    def seal(self, text: str, context: str) -> str:
        """Return ``text`` sealed for ``context``: ``s1.`` and base64url, 41 characters and 4/3 of its UTF-8 bytes."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), context.encode())
        return MARK + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, context: str) -> str:
        """Return the text; raises SealBroken for a wrong key or context, and for anything that was changed."""
        try:
            if not sealed.startswith(MARK):
                raise ValueError
            raw = base64.b64decode(sealed.removeprefix(MARK), altchars=b"-_", validate=True)
            if sealed != MARK + base64.urlsafe_b64encode(raw).decode():
                raise ValueError  # spare bits of the last character
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error):
            broken = SealBroken(context=context)
        raise broken
