"""Fields: no value leaves that the platform would refuse with 47003; what is cut is cut visibly, what may not be is named."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from channels.wechat.fields import CUT, EXACT, FieldError, bounded, known, type_of
from outreach.domain.errors import ContentError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def units(text: str) -> int:
    """Return the length as the platform's own language counts it."""
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("keyword", "value", "expected"),
    [
        ("thing1", "国家资助政策告知书", "国家资助政策告知书"),
        ("thing1", "二十个字以内的可以是汉字数字字母或符号", "二十个字以内的可以是汉字数字字母或符号"),
        ("thing2", "重庆市铜梁区教育委员会学生资助管理中心的通知", "重庆市铜梁区教育委员会学生资助管理中心…"),
        ("thing1", "  两行\n一个空格 ", "两行 一个空格"),
        ("thing1", "表" * 18 + "😀😀", "表" * 18 + "…"),
        ("phrase3", "待确认", "待确认"),
        ("character_string4", "T2026-000123", "T2026-000123"),
        ("time5", "2026年12月1日 18:00", "2026年12月1日 18:00"),
        ("time5", "18:00~19:30", "18:00~19:30"),
        ("date3", "2026-12-01", "2026-12-01"),
        ("date3", "2026年12月1日", "2026年12月1日"),
        ("amount2", "1250元", "1250元"),
        ("amount2", "￥1250.50", "￥1250.50"),
        ("number1", "12.5", "12.5"),
        ("name1", "阿依古丽·买买提", "阿依古丽·买买提"),
        ("name1", "Anna Maria", "Anna Maria"),
        ("phone_number1", "+86-0766-66888866", "+86-0766-66888866"),
        ("enum_string2", "客厅", "客厅"),
    ],
)
def test_a_value_goes_out_as_its_field_takes_it(keyword: str, value: str, expected: str) -> None:
    assert bounded(keyword, value) == expected


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("phrase3", "已经确认过了"), ("phrase3", "OK"), ("phrase3", "待确认。"), ("phrase3", "第1次"),
        ("character_string4", "编号12"), ("character_string4", "x" * 33), ("character_string4", "a b"),
        ("time5", "明天下午"), ("time5", "25:00"), ("time5", "2026年12月1日"), ("date3", "下个月"), ("amount2", "一千元"),
        ("amount2", "12345678901"), ("number1", "12人"), ("number1", "1" * 33), ("name1", "十一个汉字的姓名太长了吧"), ("name1", "x" * 21),
        ("letter1", "字"), ("symbol1", "abc"), ("phone_number1", "1" * 18), ("thing1", ""), ("thing1", " \n\t"), ("const1", "长" * 21),
        ("first", "您好"), ("remark", "谢谢"), ("car_number8", "渝A123456789"),
    ],
)  # fmt: skip
def test_a_value_that_may_not_be_cut_is_refused_with_the_fields_name(keyword: str, value: str) -> None:
    with pytest.raises(FieldError) as caught:
        bounded(keyword, value)
    assert isinstance(caught.value, ContentError)
    assert caught.value.data["key"] == keyword and re.search("[一-鿿]", str(caught.value.data["cure"]))


@given(value=TEXT, keyword=st.sampled_from([f"{kind}{n}" for kind in CUT for n in (1, 20)]))
def test_free_words_always_fit_and_keep_their_beginning(value: str, keyword: str) -> None:
    try:
        found = bounded(keyword, value)
    except FieldError:
        assume(not any(char.isprintable() and not char.isspace() for char in value))
        return
    assert 1 <= units(found) <= CUT[type_of(keyword)] and found.isprintable()
    assert bounded(keyword, found) == found
    assert found.endswith("…") or found == " ".join("".join(c if c.isprintable() else " " for c in value).split())


@given(value=TEXT, keyword=st.sampled_from([f"{kind}1" for kind in EXACT]))
def test_exact_values_go_out_whole_or_not_at_all(value: str, keyword: str) -> None:
    try:
        found = bounded(keyword, value)
    except FieldError:
        return
    assert re.fullmatch(EXACT[type_of(keyword)][0], found) and len(found) <= 60


@given(
    value=st.text(st.one_of(st.characters(min_codepoint=0x20, max_codepoint=0x9FFF), st.sampled_from("周小禾已确认")), max_size=7)
)
def test_a_phrase_is_five_chinese_characters_at_most(value: str) -> None:
    if re.fullmatch("[一-鿿]{1,5}", value):
        assert bounded("phrase1", value) == value
    else:
        try:
            assert re.fullmatch("[一-鿿]{1,5}", bounded("phrase1", value))
        except FieldError:
            assert value not in ("周小禾", "已确认")


def test_the_type_is_the_name_without_its_number() -> None:
    assert (type_of("character_string12"), type_of("thing01"), type_of("first")) == ("character_string", "thing", "first")
    assert known("thing1") and not known("enum_string1")
