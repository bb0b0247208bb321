"""The bounds of template fields by their type: ``thing1`` is a ``thing``. A breach would stop a whole batch with 47003.

Source: the platform's 「参数值内容限制说明」 of template and subscription messages, read 2026-11-25. Free words are cut with …;
what loses its meaning when cut (numbers, times, names) is refused. A type we do not know is passed on as it is.
"""

import re
from collections.abc import Mapping

from outreach.domain.errors import ContentError

_HOUR = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_DAY = r"(?:\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2})"
_TIME = rf"(?:{_DAY} ?)?{_HOUR}"
_DATE = rf"{_DAY}(?: ?{_HOUR})?"
_HAN = r"一-鿿"

# types of free words → longest, in characters; an emoji counts for two
CUT: Mapping[str, int] = {"thing": 20, "short_thing": 5}
# types of exact values → (what the whole value looks like, how it must be, in Chinese)
EXACT: Mapping[str, tuple[str, str]] = {
    "const": (r".{1,20}", "20 个字以内，只能是审核过的固定值"),
    "number": (r"(?=.{1,32}$)\d+(?:\.\d+)?", "32 位以内数字，可带小数"),
    "letter": (r"[A-Za-z]{1,32}", "32 位以内字母"),
    "symbol": (r"[^\w\s]{1,5}", "5 位以内符号"),
    "character_string": (r"[\x21-\x7e]{1,32}", "32 位以内数字、字母或符号，不能有汉字"),
    "time": (rf"{_TIME}(?:~{_TIME})?", "24 小时制时间，如 2026年12月1日 18:00"),
    "date": (rf"{_DATE}(?:~{_DATE})?", "年月日，如 2026年12月1日"),
    "amount": (r"[¥￥$€£]?\d{1,10}(?:\.\d+)?元?", "金额，如 1250元"),
    "phone_number": (r"[\d+\-() ]{1,17}", "17 位以内电话号码"),
    "car_number": (rf"[{_HAN}]?[A-Za-z0-9]{{1,6}}[A-Za-z0-9{_HAN}]?", "8 位以内车牌号"),
    "name": (rf"[A-Za-z{_HAN}·• ]{{1,10}}|[A-Za-z ·.'\-]{{1,20}}", "10 个汉字以内的姓名，或 20 个字母以内"),
    "phrase": (rf"[{_HAN}]{{1,5}}", "5 个以内汉字，不能有数字、字母和标点"),
}
# silently dropped by the platform
DROPPED = frozenset({"first", "remark"})


class FieldError(ContentError):
    """A value that its field cannot take; ``key`` in ``data`` names the field, ``cure`` says how it must be."""

    code = "field"


def type_of(keyword: str) -> str:
    """Return the type of a field: its name without the number behind it."""
    return keyword.rstrip("0123456789")


def known(keyword: str) -> bool:
    """Tell whether we know the bounds of the field's type."""
    return type_of(keyword) in CUT or type_of(keyword) in EXACT


def bounded(keyword: str, value: str) -> str:
    """Return ``value`` as its field takes it: without control characters and blanks around it, cut where it may be.

    Raises FieldError for an empty value and for one that does not fit and may not be cut.
    """
    plain = re.sub(r"\s+", " ", "".join(char if char.isprintable() else " " for char in value)).strip()
    kind = type_of(keyword)
    if not plain or keyword in DROPPED:
        raise FieldError(file="模板字段", key=keyword, cure="平台不再显示这个字段，请删去" if plain else "不能为空")
    if kind in CUT:
        return cut(plain, CUT[kind])
    if kind in EXACT and not re.fullmatch(EXACT[kind][0], plain):
        raise FieldError(file="模板字段", key=keyword, cure="要写成" + EXACT[kind][1])
    return plain


def cut(text: str, longest: int) -> str:
    """Return ``text`` with … at its end if it is longer than ``longest``; never cuts a character in two."""
    if _length(text) <= longest:
        return text
    kept = text
    while _length(kept) > longest - 1:
        kept = kept[:-1]
    return kept.rstrip("，、；：,;: \u200d\ufe0f") + "…"


def _length(text: str) -> int:
    return sum(2 if ord(char) > 0xFFFF else 1 for char in text)
