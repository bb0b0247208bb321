"""Whatever is typed becomes plain text or a clear refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain.errors import Invalid
from outreach.domain.intake import LONGEST_MESSAGE, sender_taken, taken


@given(st.text(max_size=1500))
def test_any_text_is_taken_without_a_command_or_refused(text: str) -> None:
    try:
        result = taken(text)
    except Invalid as error:
        assert error.data["reason"] in ("empty", "no_words", "other_script", "too_long")
    else:
        assert result
        assert not result.startswith("/")
        assert len(result) <= LONGEST_MESSAGE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("\x00\x07\u200b", "empty"),
        ("///", "empty"),
        ("😀😀👍", "no_words"),
        ("？！。", "no_words"),
        ("Здравствуйте", "other_script"),
        ("안녕하세요", "other_script"),
        ("问" * 1001, "too_long"),
    ],
)
def test_each_bad_text_has_its_reason(text: str, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        taken(text)
    assert caught.value.data["reason"] == reason


def test_a_typed_command_loses_its_slash() -> None:
    assert taken("/restart") == "restart"
    assert taken(" ／policy{}") == "policy{}"


@pytest.mark.parametrize("sender", ["", " ", 7, None, "a" * 145, "a\nb"])
def test_a_sender_must_be_a_short_printable_name(sender: object) -> None:
    with pytest.raises(Invalid):
        sender_taken(sender)
