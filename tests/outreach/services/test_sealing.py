"""Sealed texts open only with the same secret, in the same context, unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain.errors import SealBroken
from outreach.services.sealing import Sealer
from tests.builders import SECRET

SEALER = Sealer(SECRET.encode())
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(text=TEXTS, context=TEXTS)
def test_what_was_sealed_opens_again_and_shows_nothing(text: str, context: str) -> None:
    sealed = SEALER.seal(text, context)
    assert SEALER.open(sealed, context) == text and sealed.isascii()
    assert len(text) < 4 or text not in sealed


def test_the_same_text_never_looks_the_same() -> None:
    assert len({SEALER.seal("13800000000", "phone") for _ in range(50)}) == 50


@pytest.mark.parametrize(
    ("sealer", "context"), [(Sealer(b"another secret of the tests, also long"), "a:1"), (SEALER, "a:2"), (SEALER, "")]
)
def test_another_secret_or_place_does_not_open_it(sealer: Sealer, context: str) -> None:
    with pytest.raises(SealBroken):
        sealer.open(SEALER.seal("text", "a:1"), context)


@given(position=st.integers(min_value=0), char=st.sampled_from("Aa0_-.=é "))
def test_a_changed_character_does_not_open(position: int, char: str) -> None:
    sealed = SEALER.seal("a text that matters", "a:1")
    at = position % len(sealed)
    changed = sealed[:at] + char + sealed[at + 1 :]
    if changed != sealed:
        with pytest.raises(SealBroken):
            SEALER.open(changed, "a:1")


@given(rubbish=st.text(max_size=80))
def test_rubbish_is_refused_in_our_own_words(rubbish: str) -> None:
    with pytest.raises(SealBroken) as caught:
        SEALER.open(rubbish, "a:1")
    assert caught.value.__context__ is None and caught.value.data == {"context": "a:1"}


def test_the_key_of_sealing_is_not_the_secret_itself() -> None:
    with pytest.raises(SealBroken):
        Sealer(SECRET.encode() + b"\0").open(SEALER.seal("text", "a:1"), "a:1")
