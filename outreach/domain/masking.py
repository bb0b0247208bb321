"""Hide numbers that identify a person before a text is stored. Knows the shapes of Chinese numbers, nothing else."""

import re
import unicodedata

# 身份证 18 (or the old 15) characters, 银行卡 16–19 digits, mobile 11 digits from 1, landline with area code; blanks and
# dashes between the digits are common in speech recognition and copied text.
_GAP = r"[\s\-—·.]?"
_IDENTITY = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{16}}{_GAP}[\dxX](?!\d)|(?<!\d)\d(?:{_GAP}\d){{14}}(?!\d)")
_CARD = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{15,18}}(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[-— ]?\d{7,8}(?!\d)")
_LONG = re.compile(r"\d{12,}")

# Numbers that are public and that an answer or a question may name.
_PUBLIC = {"01066097980", "01066096590"}


def mask(text: str) -> str:
    """Return ``text`` with identity, bank-card, mobile and landline numbers replaced by 〔身份证号〕, 〔银行卡号〕, 〔电话〕.

    Full-width digits count as digits. A number that fits both an identity and a card is called an identity number.
    """
    text = "".join(unicodedata.normalize("NFKC", char) if char.isdigit() else char for char in text)
    text = _IDENTITY.sub("〔身份证号〕", text)
    text = _CARD.sub("〔银行卡号〕", text)
    text = _MOBILE.sub("〔电话〕", text)
    text = _LANDLINE.sub(_landline, text)
    return _LONG.sub("〔号码〕", text)


def _landline(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match.group())
    return match.group() if digits in _PUBLIC else "〔电话〕"
