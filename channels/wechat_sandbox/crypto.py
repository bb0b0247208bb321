"""Signatures and the message encryption of the platform, written from its documentation with ``cryptography`` alone.

AES-256-CBC, key = base64(EncodingAESKey + "="), iv = the key's first 16 bytes; inside: 16 random bytes, length (4 bytes, network
order), message, appid; PKCS#7 to blocks of 32.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class Undecipherable(Exception):
    """What came is not encrypted by the account's key, or not for this account."""


def signature(*parts: str) -> str:
    """Return the sha1 of the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - the platform's own scheme


def matches(given: str, *parts: str) -> bool:
    """Tell in constant time whether ``given`` signs the parts."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


class Envelope:
    """Seals and opens messages of one account."""

    def __init__(self, aes_key: str, appid: str) -> None:
        self._key = base64.b64decode(aes_key + "=")
        if len(self._key) != 32:
            raise ValueError("aes_key")
        self._appid = appid.encode()

    def seal(self, message: bytes) -> str:
        """Return the base64 of the encrypted message."""
        inside = secrets.token_bytes(16) + struct.pack(">I", len(message)) + message + self._appid
        padding = BLOCK - len(inside) % BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(inside + bytes([padding]) * padding) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str) -> bytes:
        """Return the message; raises Undecipherable."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            decryptor = self._cipher().decryptor()
            inside = decryptor.update(raw) + decryptor.finalize()
        except (ValueError, binascii.Error) as error:
            raise Undecipherable("base64 or length") from error
        padding = inside[-1] if inside else 0
        if not 1 <= padding <= BLOCK or inside[-padding:] != bytes([padding]) * padding:
            raise Undecipherable("padding")
        body = inside[16:-padding]
        if len(body) < 4:
            raise Undecipherable("length")
        (length,) = struct.unpack(">I", body[:4])
        if body[4 + length :] != self._appid:
            raise Undecipherable("appid")
        return body[4 : 4 + length]

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))
