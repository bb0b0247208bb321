"""The platform's side of the wire, written from its rules alone: signatures, encryption and XML, to try our callback with."""

import base64
import hashlib
import os
import struct
from typing import Any
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml.ElementTree import fromstring

from channels.wechat.account import Account, Security

TOKEN = "sandboxtoken"
AES_KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
APPID = "wx0123456789abcdef"


def make_account(**changes: Any) -> Account:
    """Return an account in safe mode."""
    given = {"appid": APPID, "secret": "s" * 32, "token": TOKEN, "aes_key": AES_KEY, "origin": "https://zizhu.example"}
    return Account(**{**given, **changes})


def signature(*words: str, token: str = TOKEN) -> str:
    """Return the SHA-1 of the sorted words and the token."""
    return hashlib.sha1("".join(sorted([token, *words])).encode(), usedforsecurity=False).hexdigest()


def encrypt(plain: str, appid: str = APPID, key: str = AES_KEY) -> str:
    """Return AES-256-CBC over 16 random bytes, length, message and appid, padded to 32 bytes, in base64."""
    raw, body = base64.b64decode(key + "="), plain.encode()
    whole = os.urandom(16) + struct.pack(">I", len(body)) + body + appid.encode()
    padding = 32 - len(whole) % 32
    cipher = Cipher(algorithms.AES(raw), modes.CBC(raw[:16])).encryptor()
    return base64.b64encode(cipher.update(whole + bytes([padding]) * padding) + cipher.finalize()).decode()


def decrypt(sealed: str, key: str = AES_KEY) -> str:
    """Return the message of what ``encrypt`` made."""
    raw = base64.b64decode(key + "=")
    cipher = Cipher(algorithms.AES(raw), modes.CBC(raw[:16])).decryptor()
    whole = cipher.update(base64.b64decode(sealed)) + cipher.finalize()
    size = struct.unpack(">I", whole[16:20])[0]
    return whole[20 : 20 + size].decode()


def xml(fields: dict[str, Any]) -> str:
    """Return the XML the platform would send."""
    inner = "".join(
        f"<{name}>{''.join(xml_inner(v) for v in value)}</{name}>"
        if isinstance(value, list)
        else f"<{name}>{escape(str(value))}</{name}>"
        for name, value in fields.items()
    )
    return f"<xml>{inner}</xml>"


def xml_inner(item: dict[str, Any]) -> str:
    """Return one ``List`` element."""
    return "<List>" + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in item.items()) + "</List>"


def signed(
    body: str,
    now: float,
    *,
    security: Security = Security.SAFE,
    nonce: str = "",
    token: str = TOKEN,
    key: str = AES_KEY,
    appid: str = APPID,
) -> tuple[dict[str, str], bytes]:
    """Return (query, body) of the request that brings ``body``."""
    stamp, nonce = str(int(now)), nonce or os.urandom(6).hex()
    query = {"signature": signature(stamp, nonce, token=token), "timestamp": stamp, "nonce": nonce}
    if security is Security.PLAIN:
        return query, body.encode()
    sealed = encrypt(body, appid, key)
    query |= {"encrypt_type": "aes", "msg_signature": signature(stamp, nonce, sealed, token=token)}
    outer = f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{sealed}</Encrypt></xml>"
    if security is Security.COMPATIBLE:
        outer = body.removesuffix("</xml>") + f"<Encrypt>{sealed}</Encrypt></xml>"
    return query, outer.encode()


def opened_reply(text: str, token: str = TOKEN, key: str = AES_KEY) -> str:
    """Return the words of an encrypted passive reply whose signature is right; raises AssertionError otherwise."""
    outer = {child.tag: child.text or "" for child in fromstring(text)}
    assert outer["MsgSignature"] == signature(outer["TimeStamp"], outer["Nonce"], outer["Encrypt"], token=token)
    return plain_reply(decrypt(outer["Encrypt"], key))


def plain_reply(text: str) -> str:
    """Return the words of a plain passive reply."""
    return {child.tag: child.text or "" for child in fromstring(text)}["Content"]


def text_message(content: str, number: int = 1, sender: str = "oAnna", **changes: Any) -> dict[str, Any]:
    """Return the fields of a typed message."""
    given = {"ToUserName": "gh_1", "FromUserName": sender, "CreateTime": 1795572000 + number, "MsgType": "text"}
    return {**given, "Content": content, "MsgId": 23000000000000000 + number, **changes}


def event(name: str, sender: str = "oAnna", **changes: Any) -> dict[str, Any]:
    """Return the fields of an event."""
    given = {"ToUserName": "gh_1", "FromUserName": sender, "CreateTime": 1795572000, "MsgType": "event", "Event": name}
    return {**given, **changes}
