"""Learn a ranker from phrases. Knows scikit-learn, which a serving process never loads."""

import math
from typing import Dict, Iterable, List, Sequence, Tuple

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from bot.components.features import Features
from bot.components.ranker import Keys, Ranker, vector

# A key seen once teaches only its own phrase.
RAREST = 2


def _vocabulary(documents: Sequence[Keys]) -> Tuple[Dict[str, int], np.ndarray]:
    counts: Dict[str, int] = {}
    for keys in documents:
        for family, names in keys.items():
            for name in names:
                counts[family + name] = counts.get(family + name, 0) + 1
    kept = sorted(key for key, count in counts.items() if count >= RAREST)
    idf = np.array([math.log((1 + len(documents)) / (1 + counts[key])) + 1 for key in kept], dtype=np.float32)
    return {key: row for row, key in enumerate(kept)}, idf


def matrix(documents: Sequence[Keys], vocabulary: Dict[str, int], idf: np.ndarray) -> sparse.csr_matrix:
    """Return the messages as rows."""
    indices: List[int] = []
    values: List[float] = []
    ends = [0]
    for keys in documents:
        rows, numbers = vector(keys, vocabulary, idf)
        indices.extend(rows)
        values.extend(numbers.tolist())
        ends.append(len(indices))
    return sparse.csr_matrix((values, indices, ends), shape=(len(documents), len(vocabulary)), dtype=np.float32)


def train(
    features: Features, phrases: Sequence[str], names: Sequence[str], *, strength: float = 1.0, scale: float = 6.0
) -> Ranker:
    """Learn ``names`` (one a phrase) from ``phrases``; ``scale`` is fitted on other data, see ``fit_scale``."""
    documents = [features(phrase) for phrase in phrases]
    vocabulary, idf = _vocabulary(documents)
    labels = sorted(set(names))
    machine = LinearSVC(C=strength, loss="squared_hinge", dual=True, tol=1e-2, max_iter=300, random_state=7)
    machine.fit(matrix(documents, vocabulary, idf), [labels.index(name) for name in names])
    weights, steps = _quantised(machine.coef_.T)
    return Ranker(labels, vocabulary, idf, weights, steps, machine.intercept_.astype(np.float32), scale)


def _quantised(coefficients: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    steps = np.abs(coefficients).max(axis=0) / 127
    return np.rint(coefficients / steps).astype(np.int8), steps.astype(np.float32)


def fit_scale(margins: np.ndarray, truth: Iterable[int]) -> float:
    """Return the factor on margins under which the probabilities of ``truth`` are likeliest (temperature scaling)."""
    target = np.asarray(list(truth))
    best, best_loss = 1.0, math.inf
    for scale in np.linspace(1, 15, 57):
        scaled = margins * scale
        scaled -= scaled.max(axis=1, keepdims=True)
        loss = float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(target)), target]))
        if loss < best_loss:
            best, best_loss = float(scale), loss
    return best
