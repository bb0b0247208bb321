"""A suggestion is taken by its number or its very words, and nothing else is mistaken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain.choosing import chosen, number_of
from outreach.domain.memory import Choice

OFFERED = (Choice("申请资助该找谁", "topic:where-to-apply"), Choice("看看能领哪些资助", "function:eligibility"))


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("2", 2),
        ("２", 2),
        ("第二个", 2),
        ("选2", 2),
        ("我选第二个吧", 2),
        ("二", 2),
        ("两", 2),
        ("1.", 1),
        (" 1 ", 1),
        ("第1条", 1),
    ],
)
def test_a_number_is_understood_as_people_write_it(said: str, number: int) -> None:
    assert number_of(said) == number


@pytest.mark.parametrize("said", ["", "0", "10", "2300", "二年级", "2个娃", "第二学期", "1年多少钱", "一共多少", "没有", "初二"])
def test_what_only_contains_a_number_is_no_choice(said: str) -> None:
    assert number_of(said) is None


def test_the_words_of_a_suggestion_take_it() -> None:
    assert chosen("看看能领哪些资助", OFFERED) == OFFERED[1]
    assert chosen("看看能领哪些资助呢", OFFERED) is None


def test_a_number_beyond_the_list_takes_nothing() -> None:
    assert chosen("3", OFFERED) is None and chosen("1", ()) is None


@given(text=st.text(max_size=40))
def test_any_text_gives_a_suggestion_or_nothing(text: str) -> None:
    assert chosen(text, OFFERED) in (None, *OFFERED)
