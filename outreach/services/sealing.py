"""Seal short texts for the database, so that a copied file alone tells nobody a handle, a number or a name."""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from outreach.domain.errors import OutreachError

_NONCE_BYTES = 12
_VERSION = "1"


class Unsealable(OutreachError):
    """A sealed text was altered, belongs to another place, or was sealed under another secret."""

    code = "unsealable"


class Sealer:
    """AES-256-GCM under a key derived from the service's secret; ``context`` binds a text to where it belongs."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, b"outreach sealing 1").derive(key))

    def seal(self, text: str, context: str) -> str:
        """Return ``text`` sealed, as ASCII; twice the same text gives two different results."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode("utf-8", "surrogatepass"), context.encode())
        return f"{_VERSION}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, context: str) -> str:
        """Return the text; raises Unsealable."""
        version, _, body = sealed.partition(".")
        try:
            raw = base64.urlsafe_b64decode(body)
            if version != _VERSION:
                raise ValueError(version)
            opened = self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise Unsealable(context=context) from error
        return opened.decode("utf-8", "surrogatepass")
