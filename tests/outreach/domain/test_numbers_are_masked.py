"""What identifies a person never reaches the archive, whatever stands between the digits."""

import re

from hypothesis import given
from hypothesis import strategies as st

from outreach.domain.masking import mask

GAPS = st.sampled_from(["", " ", "-", "—", "."])
DIGIT = st.integers(0, 9).map(str)


def _shown(text: str) -> str:
    return re.sub(r"[\s\-—·.]", "", text)


@given(st.text("345678 9".replace(" ", ""), min_size=1, max_size=1), st.lists(DIGIT, min_size=9, max_size=9), GAPS)
def test_a_mobile_number_is_masked(second: str, rest: list[str], gap: str) -> None:
    number = gap.join(["1", second, *rest])
    assert _shown(number) not in _shown(mask(f"我的电话是{number}请回"))
    assert "〔电话〕" in mask(f"我的电话是{number}请回")


@given(st.lists(DIGIT, min_size=17, max_size=17), st.sampled_from("0123456789xX"), GAPS)
def test_an_identity_number_is_masked(digits: list[str], last: str, gap: str) -> None:
    number = gap.join([*digits, last])
    assert "〔" in mask(f"身份证{number}。")
    assert _shown(number) not in _shown(mask(f"身份证{number}。"))


@given(st.integers(16, 19).flatmap(lambda n: st.lists(DIGIT, min_size=n, max_size=n)))
def test_a_card_number_is_masked(digits: list[str]) -> None:
    assert "".join(digits) not in mask("卡号" + "".join(digits))


def test_full_width_digits_are_masked() -> None:
    assert mask("１３９１２３４５６７８") == "〔电话〕"


def test_amounts_years_and_public_numbers_stay() -> None:
    text = "2023年是2000元，现在2300元，打12345、96110或010-66097980"
    assert mask(text) == text
