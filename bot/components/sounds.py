"""The sound of every Chinese character, made once at training. Knows pypinyin, which a serving process never loads."""

from pypinyin import Style, lazy_pinyin

from bot.components.lexicon import Sounds, sound


def all_sounds() -> Sounds:
    """Return the levelled syllable of each character from U+4E00 to U+9FFF, read alone."""
    characters = [chr(point) for point in range(0x4E00, 0xA000)]
    return Sounds({char: sound(lazy_pinyin(char, style=Style.NORMAL)[0]) for char in characters})
