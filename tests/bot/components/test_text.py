"""Amounts, years and clauses as people write and say them. Runs without Rasa: the module knows Unicode only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.text import clauses, figures, normalise, spoken_number, years


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("两千三", 2300), ("一万二", 12000), ("一千零五十", 1050), ("二十", 20), ("十", 10), ("十五", 15), ("三百", 300),
        ("三百五", 350), ("三百零五", 305), ("一千二百五十", 1250), ("两万", 20000), ("一万六千", 16000), ("两万五", 25000),
        ("一千零五", 1005), ("三千七百", 3700), ("六百二十五", 625), ("十二万", 120000), ("一百一", 110), ("八千", 8000),
    ],
)  # fmt: skip
def test_spoken_numbers_are_read_as_people_mean_them(words: str, number: int) -> None:
    assert spoken_number(words) == number


@given(st.text("零一二两三四五六七八九十百千万", max_size=12))
def test_any_row_of_numerals_is_read_without_an_error(words: str) -> None:
    assert spoken_number(words) >= 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("以前2000现在2300", [2000, 2300]),
        ("是不是两千三一年", [2300]),
        ("贷16,000元够不够", [16000]),
        ("２３００元", [2300]),
        ("2023年的标准", []),
        ("2023年是2000元吗", [2000]),
        ("一年一千二百五十块", [1250]),
        ("高二的三个娃", []),
        ("3千块", [3000]),
        ("2千3", [2300]),
        ("1.2万", [12000]),
        ("贷2万", [20000]),
    ],
)
def test_amounts_are_found_in_order_and_years_are_none(text: str, found: list[int]) -> None:
    assert figures(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2023年", [2023]),
        ("23年秋季", [2023]),
        ("2023年和24年", [2023, 2024]),
        ("２０２３年", [2023]),
        ("2024", [2024]),
        ("20年级", []),
        ("助学金2300", []),
        ("最长22年还完", []),
        ("学制加15年", []),
        ("贷款能贷20年吗", []),
    ],
)
def test_years_are_calendar_years_and_no_terms_of_a_loan(text: str, found: list[int]) -> None:
    assert years(text) == found


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert all(amount >= 0 for amount in figures(text))
    assert all(2000 <= year <= 2029 for year in years(text))
    assert all(clauses(text))
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "clean"),
    [("ＡＢＣ", "abc"), ("助学金，有多少？", "助学金有多少"), ("啊啊啊啊啊", "啊啊"), ("16,000", "16000"), ("  ", "")],
)
def test_spelling_is_levelled(text: str, clean: str) -> None:
    assert normalise(text) == clean


def test_clauses_end_at_marks_and_blanks_but_not_inside_a_number() -> None:
    assert clauses("娃儿读初中，住校。贷16,000够吗？ 要得") == ["娃儿读初中", "住校", "贷16000够吗", "要得"]
