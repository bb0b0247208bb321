"""BM25 over words as jieba cuts them: the search engine that a question could be put to instead of a trained model."""

import logging
import math
from collections import Counter
from collections.abc import Sequence

import jieba
import numpy as np

jieba.setLogLevel(logging.WARNING)

SATURATION, LENGTH = 1.5, 0.75


class BM25:
    """Documents with labels; finds the labels of those nearest to a question."""

    def __init__(self, documents: Sequence[str], labels: Sequence[str]) -> None:
        self._labels = list(labels)
        counted = [Counter(jieba.lcut(document)) for document in documents]
        lengths = np.array([sum(words.values()) for words in counted])
        weigh = SATURATION * (1 - LENGTH + LENGTH * lengths / lengths.mean())
        postings: dict[str, list[tuple[int, float]]] = {}
        for row, words in enumerate(counted):
            for word, count in words.items():
                postings.setdefault(word, []).append((row, count * (SATURATION + 1) / (count + weigh[row])))
        self._rows = {word: np.array([row for row, _ in found]) for word, found in postings.items()}
        self._weights = {
            word: math.log(1 + (len(counted) - len(found) + 0.5) / (len(found) + 0.5)) * np.array([weight for _, weight in found])
            for word, found in postings.items()
        }

    def nearest(self, question: str) -> tuple[str | None, float]:
        """Return the label of the best document and its score; None where no word of the question is known."""
        scores = np.zeros(len(self._labels))
        for word in jieba.lcut(question):
            if word in self._rows:
                scores[self._rows[word]] += self._weights[word]
        best = int(scores.argmax())
        return (self._labels[best], float(scores[best])) if scores[best] > 0 else (None, 0.0)
