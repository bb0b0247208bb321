"""Taking one of the suggestions under an answer by its number or by its words. Pure; no guessing: anything else is a question."""

import re
import unicodedata

from outreach.domain.memory import Choice

_DIGITS = {char: number for number, char in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_NUMBER = re.compile(r"^(?:我?(?:选|要|点))?第?([1-9一二三四五六七八九两])(?:个|条|项|号)?[吧嘛。.、)]?$")


def number_of(text: str) -> int | None:
    """Return the number (1–9) a message consists of, such as 2, ２, 第二个, 选3; None for everything else."""
    match = _NUMBER.match(unicodedata.normalize("NFKC", text).strip())
    if not match:
        return None
    said = match.group(1)
    return _DIGITS.get(said) or int(said)


def chosen(text: str, offered: tuple[Choice, ...]) -> Choice | None:
    """Return the suggestion that ``text`` takes: its number, or its very words."""
    number = number_of(text)
    if number is not None:
        return offered[number - 1] if number <= len(offered) else None
    return next((choice for choice in offered if choice.title == text.strip()), None)
