"""Hide numbers that identify a person before a text is stored. Knows the shapes of Chinese numbers, nothing else."""

import re
import unicodedata

# Digits of one number, with the blanks and dashes that speech recognition and copied text put between them.
_GAP = r"[\s\-—–－·._]{0,3}"
_RUN = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{10,}}(?:{_GAP}[xX])?(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[-— ]?\d{7,8}(?!\d)")

# Numbers that are public and that an answer or a question may name.
_PUBLIC = {"01066097980", "01066096590"}


def mask(text: str) -> str:
    """Return ``text`` with identity, bank-card, mobile and landline numbers replaced by 〔身份证号〕, 〔银行卡号〕, 〔电话〕.

    Full-width digits count as digits. A number that fits both an identity and a card is called an identity number.
    """
    text = "".join(unicodedata.normalize("NFKC", char) if char.isdigit() else char for char in text)
    text = _RUN.sub(_number, text)
    return _LANDLINE.sub(_landline, text)


def _number(match: re.Match[str]) -> str:
    """Return what stands for a run of digits: mobile 11, identity 15 or 18, card 16–19; other short runs in groups stay."""
    digits = re.sub(r"[^\dxX]", "", match.group())
    size = len(digits)
    if digits in _PUBLIC:
        return match.group()
    if (size == 11 and digits[0] == "1") or (size == 13 and digits.startswith("861")) or (size in (11, 12) and digits[0] == "0"):
        return "〔电话〕"
    if size in (15, 18):
        return "〔身份证号〕"
    if size in (16, 17, 19):
        return "〔银行卡号〕"
    if size > 19 or match.group().isdecimal():
        return "〔号码〕"
    return _MOBILE.sub("〔电话〕", match.group())  # a mobile number beside a small one: 「1. 138…」


def _landline(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match.group())
    return match.group() if digits in _PUBLIC else "〔电话〕"
