"""A message as weighted features: characters, sounds, words, concepts and pairs of concepts."""

import logging
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Dict

import jieba

from bot.components.lexicon import Hit, Lexicon
from bot.components.text import normalise

jieba.setLogLevel(logging.WARNING)

# Share of each family of features in the length of a message's vector; measured in `make evaluate`.
WEIGHTS = {"c": 1.0, "p": 0.6, "w": 0.9, "k": 0.6, "q": 0.4}


class Features:
    """Turns text into feature keys by family: c characters, p sounds, w words, k concepts, q pairs of concepts."""

    def __init__(self, lexicon: Lexicon, words: Dict[str, int]) -> None:
        self.lexicon = lexicon
        self.words = words
        self._tokenizer = _tokenizer(words)

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


def dictionary(lexicon: Lexicon, phrases: Iterable[str]) -> Dict[str, int]:
    """Return the words, with their frequency, that jieba's whole dictionary and the lexicon find in ``phrases``.

    These few thousand words are all that serving needs; the whole dictionary takes 70 MB and a second to load.
    """
    whole = jieba.Tokenizer()
    whole.initialize()
    for word in lexicon.words():
        whole.add_word(word, freq=20000)
    found = {word for phrase in phrases for word in whole.cut(normalise(phrase), HMM=False)}
    found.update(lexicon.words())
    return {word: int(whole.FREQ.get(word) or 1) for word in sorted(found) if len(word) > 1}


def _tokenizer(words: Dict[str, int]) -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    # as Tokenizer.gen_pfdict does: a word with its frequency, each beginning of a word with 0
    frequencies = dict(words)
    for word in words:
        for end in range(1, len(word)):
            frequencies.setdefault(word[:end], 0)
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = frequencies, max(1, sum(words.values())), True
    return tokenizer


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
