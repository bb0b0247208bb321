"""A message as weighted features: characters, sounds, words, concepts and pairs of concepts."""

import logging
from collections.abc import Iterable, Iterator
from itertools import combinations

import jieba

from bot.components.lexicon import Hit, Lexicon
from bot.components.text import normalise

jieba.setLogLevel(logging.WARNING)

# Share of each family of features in the length of a message's vector; measured in `make evaluate`.
WEIGHTS = {"c": 1.0, "p": 0.8, "w": 0.7, "k": 0.7, "q": 0.5}


class Features:
    """Turns text into feature keys by family: c characters, p sounds, w words, k concepts, q pairs of concepts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.initialize()
        for word in lexicon.words():
            self._tokenizer.add_word(word, freq=20000)

    def __call__(self, text: str) -> dict[str, list[str]]:
        """Return the keys of ``text`` by family; a key stands once."""
        clean = normalise(text)
        syllables = self.lexicon.sounds(clean)
        hits = self.lexicon.find(clean, syllables)
        return {
            "c": _unique(_grams(f"^{clean}$", 1, 4)),
            "p": _unique(_sound_grams(["^", *syllables, "$"])),
            "w": _unique(self._words(clean)),
            "k": _unique(hit.concept for hit in hits),
            "q": _unique(_pairs(hits)),
        }

    def _words(self, clean: str) -> Iterator[str]:
        words = [word for word in self._tokenizer.cut(clean, HMM=False) if word]
        yield from words
        yield from (f"{first} {second}" for first, second in zip(words, words[1:]))


def _unique(keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(keys))


def _grams(text: str, shortest: int, longest: int) -> Iterator[str]:
    for length in range(shortest, longest + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]


def _sound_grams(syllables: list[str]) -> Iterator[str]:
    for length in (1, 2, 3):
        for start in range(len(syllables) - length + 1):
            yield "'".join(syllables[start : start + length])


def _pairs(hits: list[Hit]) -> Iterator[str]:
    concepts = sorted({hit.concept for hit in hits})
    for first, second in combinations(concepts[:12], 2):
        yield f"{first}+{second}"
