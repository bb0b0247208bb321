"""The border of the callback: who may speak, how it is encrypted, and what of it is XML. Knows no meaning of a message.

Order matters: signature and time before the body is looked at, the size before it is parsed, the encryption's own signature
before it is decrypted. Source: the platform's rules as gathered in shared/wechat-platform.md, 2026-11-23.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.replies import TextReply

from channels.wechat.account import Account, Security

LONGEST_BODY = 64 * 1024
# The platform's clock and ours may differ by so much; it asks again within seconds, never later.
WINDOW_S = 300
# An element of the body: its text, or its children where it has any.
Fields = dict[str, "str | Fields | list[Fields]"]
_DECIMAL = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[!-~]{1,64}")


class Refused(Exception):
    """A request that is not the platform's, or not understood: ``status`` is HTTP's, ``reason`` a stable word for the log."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Opened:
    """A genuine request: its fields, its random word, and whether the answer must be encrypted."""

    fields: Fields
    nonce: str
    encrypted: bool


class Callback:
    """Opens what the platform posts and closes what is answered; ``now`` gives seconds since 1970."""

    def __init__(self, account: Account, now: Callable[[], float]) -> None:
        self._account = account
        self._now = now
        self._crypto = WeChatCrypto(account.token, account.aes_key, account.appid) if account.aes_key else None

    def admit(self, query: Mapping[str, str]) -> None:
        """Let pass what is signed and of now; raises Refused (403). An encrypted request may come without the plain signature."""
        stamp = query.get("timestamp", "")
        if not _DECIMAL.fullmatch(stamp) or abs(self._now() - int(stamp)) > WINDOW_S:
            raise Refused(403, "stale")
        if not _NONCE.fullmatch(query.get("nonce", "")):
            raise Refused(403, "nonce")
        if "signature" not in query and query.get("encrypt_type") == "aes" and "msg_signature" in query:
            return
        if not _same(query.get("signature", ""), self._signature(stamp, query["nonce"])):
            raise Refused(403, "forged")

    def echo(self, query: Mapping[str, str]) -> str:
        """Return what the platform wants back when the address is set up; raises Refused."""
        if "signature" not in query:
            raise Refused(403, "forged")
        self.admit(query)
        return query.get("echostr", "")

    def open(self, query: Mapping[str, str], body: bytes) -> Opened:
        """Return the fields of an admitted request; raises Refused (403 forged or not as the account is set, 400 malformed)."""
        encrypted = query.get("encrypt_type", "raw") == "aes"
        security = self._account.security
        if encrypted is (security is Security.PLAIN) and security is not Security.COMPATIBLE:
            raise Refused(403, "security")
        fields = parse(body)
        if encrypted:
            fields = parse(self._decrypted(fields, query))
        if not isinstance(fields.get("FromUserName"), str) or not fields["FromUserName"]:
            raise Refused(400, "sender")
        return Opened(fields, f"{query['timestamp']}.{query['nonce']}", encrypted)

    def close(self, text: str, opened: Opened) -> str:
        """Return the XML that says ``text`` to the sender of an opened request, encrypted if it came so."""
        fields, stamp = opened.fields, str(int(self._now()))
        xml = TextReply(
            source=fields.get("ToUserName", ""), target=fields["FromUserName"], time=int(stamp), content=text
        ).render()
        if not opened.encrypted or self._crypto is None:
            return str(xml)
        return str(self._crypto.encrypt_message(xml, secrets.token_hex(8), stamp))

    def _signature(self, *words: str) -> str:
        # the platform's own scheme, not ours to choose
        return hashlib.sha1("".join(sorted((self._account.token, *words))).encode(), usedforsecurity=False).hexdigest()

    def _decrypted(self, fields: Fields, query: Mapping[str, str]) -> bytes:
        sealed, stamp, nonce = fields.get("Encrypt"), query["timestamp"], query["nonce"]
        if self._crypto is None:
            raise Refused(403, "security")
        if not isinstance(sealed, str):
            raise Refused(400, "encrypt")
        given = query.get("msg_signature", "")
        if not _same(given, self._signature(stamp, nonce, sealed)):
            raise Refused(403, "forged")
        try:
            plain = self._crypto.decrypt_message({"Encrypt": sealed}, given, stamp, nonce)
        except (InvalidSignatureException, InvalidAppIdException) as error:
            raise Refused(403, "forged") from error
        except Exception as error:
            # whatever the padding, the length or the coding is: nobody who knows the key sends it
            raise Refused(400, "encrypt") from error
        return plain.encode() if isinstance(plain, str) else bytes(plain)


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())


def parse(body: bytes) -> Fields:
    """Return the children of the root by name; raises Refused (400) for anything but one flat, small XML element.

    No document type, no entities. An element that occurs twice becomes a list.
    """
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, UnicodeError) as error:
        raise Refused(400, "xml") from error
    if root.tag != "xml":
        raise Refused(400, "root")
    found = _children(root, 0)
    return found if isinstance(found, dict) else {}


def _children(element: Element, depth: int) -> "str | Fields":
    if depth > 6:
        raise Refused(400, "depth")
    if not len(element):
        return (element.text or "").strip()
    fields: Fields = {}
    for child in element:
        value = _children(child, depth + 1)
        earlier = fields.get(child.tag)
        if isinstance(earlier, list):
            earlier.append(value if isinstance(value, dict) else {"": value})
        elif isinstance(earlier, dict) and isinstance(value, dict):
            fields[child.tag] = [earlier, value]
        elif earlier is None:
            fields[child.tag] = value
    return fields
