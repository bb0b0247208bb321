"""Signature and encryption against wechatpy, an implementation that is not ours."""

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from channels.wechat_sandbox.crypto import Envelope, Undecipherable, matches, signature
from tests.channels.wechat_sandbox.stand import ACCOUNT

OTHERS = WeChatCrypto(ACCOUNT.token, ACCOUNT.aes_key, ACCOUNT.appid)
ENVELOPE = Envelope(ACCOUNT.aes_key, ACCOUNT.appid)
printable = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


@given(st.text(min_size=1, max_size=300).filter(lambda text: text.encode("utf-8", "ignore").decode() == text))
def test_what_one_seals_the_other_opens(message: str) -> None:
    inside = xmltodict.parse(OTHERS.encrypt_message(message, "nonce", "1795000000"))["xml"]
    assert ENVELOPE.open(inside["Encrypt"]).decode() == message
    assert matches(inside["MsgSignature"], ACCOUNT.token, inside["TimeStamp"], inside["Nonce"], inside["Encrypt"])


@given(st.text(min_size=1, max_size=300).filter(lambda text: text.encode("utf-8", "ignore").decode() == text))
def test_the_other_opens_what_we_seal(message: str) -> None:
    sealed = ENVELOPE.seal(message.encode())
    signed = signature(ACCOUNT.token, "1795000000", "nonce", sealed)
    body = f"<xml><ToUserName>gh</ToUserName><Encrypt>{sealed}</Encrypt></xml>"
    assert OTHERS.decrypt_message(body, signed, "1795000000", "nonce") == message


@given(st.lists(printable, min_size=3, max_size=4))
def test_signatures_are_the_same(parts: list[str]) -> None:
    signer = WeChatSigner()
    signer.add_data(*parts)
    assert signer.signature == signature(*parts)
    assert not matches("0" * 40, *parts)


@pytest.mark.parametrize("sealed", ["", "x", "AAAA", "A" * 44, "%%%"])
def test_what_is_not_sealed_is_not_opened(sealed: str) -> None:
    with pytest.raises(Undecipherable):
        ENVELOPE.open(sealed)


def test_a_message_for_another_account_is_not_opened() -> None:
    with pytest.raises(Undecipherable):
        ENVELOPE.open(Envelope(ACCOUNT.aes_key, "wx0000000000000000").seal(b"hello"))
