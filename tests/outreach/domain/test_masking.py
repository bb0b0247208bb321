"""Masking where it is hard: whatever stands between the digits, however wide they are, several numbers, and plain amounts."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from outreach.domain.masking import mask

WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
IDENTITY = st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True)
CARD = st.from_regex(r"[1-9][0-9]{15,18}", fullmatch=True)
NUMBER = st.one_of(MOBILE, IDENTITY, CARD)
# What keyboards, speech recognition and copied tables put between the digits of one number. Not commas and slashes: those
# stand between amounts and in dates, which must survive.
SEPARATORS = (" ", "　", "-", "—", "·", ".", "－", "–", "_", "  ", " - ", "——")
WORDS = st.sampled_from(("我的号码是", "电话：", "", "（", "娃儿身份证 ", "卡号"))


def digits_of(text: str) -> str:
    """Return the digits of ``text``, whatever their width and whatever stands between them."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isdigit())


def grouped(number: str, separator: str, size: int) -> str:
    """Return the number in groups of ``size`` with the separator between them."""
    return separator.join(number[start : start + size] for start in range(0, len(number), size))


@given(WORDS, NUMBER, st.booleans())
def test_no_number_survives_written_in_one_piece(before: str, number: str, wide: bool) -> None:
    shown = mask(before + (number.translate(WIDE) if wide else number) + "，请查一下")
    assert len(digits_of(shown)) == 0
    assert "〔" in shown


@pytest.mark.parametrize("separator", SEPARATORS, ids=ascii)
def test_no_number_survives_in_groups_whatever_separates_them(separator: str) -> None:
    ways = (("13812345678", 3), ("13812345678", 4), ("110101199003078888", 6), ("6222021234567890123", 4))
    texts = [grouped(number, separator, size) for number, size in ways]
    assert [text for text in texts if len(digits_of(mask(text))) > 4] == []


def test_a_long_card_number_in_groups_is_masked_from_its_first_digit() -> None:
    assert mask("6222 0212 3456 7890 123") == "〔银行卡号〕"


@given(st.lists(NUMBER, min_size=2, max_size=4), st.sampled_from(("，", "；", "和", "\n", " 和 ")))
def test_several_numbers_in_one_message_are_all_masked(numbers: list[str], between: str) -> None:
    assert digits_of(mask(between.join(numbers))) == ""


@pytest.mark.parametrize("text", ["+8613812345678", "86 138 1234 5678", "０１３８１２３４５６７８", "手机13812345678微信同号"])
def test_a_mobile_number_with_something_around_it_is_masked(text: str) -> None:
    assert "12345678" not in digits_of(mask(text))


@given(NUMBER, st.integers(0, 999), st.sampled_from((" ", ". ", "\n", "-")), st.booleans())
@example("13812345678", 3, " ", False)
@example("13812345678", 1, ". ", True)
def test_a_small_number_beside_it_does_not_bring_a_number_to_light(number: str, small: int, gap: str, before: bool) -> None:
    text = f"{small}{gap}{number}个娃" if before else f"{number}{gap}{small}个娃"
    assert number not in digits_of(mask(text))


@pytest.mark.parametrize("text", ["500223900307888", "023-45678901", "02345678901"])
def test_old_identity_numbers_and_landlines_are_masked(text: str) -> None:
    assert digits_of(mask(text)) == ""


@given(st.text(max_size=300))
def test_any_text_can_be_masked_and_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(
    st.lists(st.integers(1, 250000), min_size=1, max_size=4),
    st.lists(st.integers(2000, 2030), min_size=0, max_size=3),
    st.sampled_from(("元", "块钱", "，", "。", "元一年、")),
)
def test_amounts_and_years_survive(amounts: list[int], years: list[int], unit: str) -> None:
    text = "以前" + "和".join(f"{year}年" for year in years) + "是" + "还有".join(f"{amount}{unit}" for amount in amounts)
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "从2024年9月1日到2025年8月31日",
        "2024-09-01起",
        "贷款16000、20000、25000元",
        "打12345、96110、110，教育部热线010-66097980、010-66096590",
        "文号教财〔2024〕181号，第15条",
    ],
)
def test_dates_amounts_and_public_telephones_survive(text: str) -> None:
    assert mask(text) == text
