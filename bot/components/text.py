"""Bring what people type or speak to one spelling. Knows Unicode and punctuation; knows nothing of topics."""

import re
import unicodedata

_SENTENCE_END = re.compile(r"[。！？!?；;\n，,、\s…~～]+")
_NOT_TEXT = re.compile(r"[^\w一-鿿%.]+")
_LONG_RUN = re.compile(r"(\D)\1{2,}")
_DIGIT_GAP = re.compile(r"(?<=\d),(?=\d{3})")

# Capital numerals that speech recognition writes inside amounts, e.g. 两千三 for 2300.
_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_SPOKEN_AMOUNT = re.compile(r"(?:[一二两三四五六七八九]?[十百千万]零?)+[一二两三四五六七八九]?")
# 3千, 2千3, 1.2万
_MIXED_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([百千万])(\d)?(?!\d)")
_FIGURE = re.compile(r"(?<![\d.])\d{2,6}(?:\.\d+)?(?![\d年百千万])")
# 2023年, 23年 (but not 最长22年, 贷20年, 15年内), 2023
_YEAR = re.compile(
    r"(?<!\d)20([012]\d)\s*年(?!级)|(?<![\d长加贷满过还超近约共])([12]\d)\s*年(?!级|制|内|以内|还|期)|(?<!\d)20([12]\d)(?![\d元块年])"
)


def normalise(text: str) -> str:
    """Return ``text`` in NFKC, lower case, without separators, runs of a character cut to two."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _DIGIT_GAP.sub("", text)
    text = _NOT_TEXT.sub("", text)
    return _LONG_RUN.sub(r"\1\1", text)


def clauses(text: str) -> list[str]:
    """Return the clauses of ``text`` between punctuation marks and blanks, empty ones left out."""
    text = _DIGIT_GAP.sub("", unicodedata.normalize("NFKC", text))
    return [part for part in _SENTENCE_END.split(text) if part]


def spoken_number(words: str) -> int:
    """Return the integer that Chinese numerals such as 两千三 or 一万二 stand for."""
    total = section = digit = 0
    unit = 1
    for char in words:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char == "万":
            total, section, digit, unit = (total + section + digit) * 10000, 0, 0, 10000
        else:
            unit = _UNITS[char]
            section += (digit or 1) * unit
            digit = 0
    if digit and unit > 10 and not words.endswith("零" + words[-1]) and "零" not in words[-2:]:
        digit *= unit // 10
    return total + section + digit


def figures(text: str) -> list[int]:
    """Return the amounts named in ``text`` in order: digits, and numerals as people say them (两千三, 2千3 = 2300)."""
    text = _DIGIT_GAP.sub("", unicodedata.normalize("NFKC", text))
    found = []
    for match in _MIXED_AMOUNT.finditer(text):
        unit = _UNITS[match.group(2)]
        found.append((match.start(), round(float(match.group(1)) * unit) + int(match.group(3) or 0) * unit // 10))
    text = _MIXED_AMOUNT.sub(lambda match: " " * len(match.group()), text)
    found += [(match.start(), int(float(match.group()))) for match in _FIGURE.finditer(text)]
    spoken = [(match.start(), spoken_number(match.group())) for match in _SPOKEN_AMOUNT.finditer(text)]
    found += [(start, amount) for start, amount in spoken if amount >= 100]
    years_named = set(years(text))
    return [amount for _, amount in sorted(found) if amount not in years_named]


def years(text: str) -> list[int]:
    """Return the calendar years named in ``text`` (2023年, 23年), four digits, in order."""
    found = []
    for match in _YEAR.finditer(unicodedata.normalize("NFKC", text)):
        year = 2000 + int(match.group(1) or match.group(2) or match.group(3))
        if year not in found:
            found.append(year)
    return found
