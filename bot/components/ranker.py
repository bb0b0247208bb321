"""A linear ranker over sparse features: learns from phrases, gives calibrated probabilities, scores in well under 1 ms."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterable, List, Sequence, Tuple

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from bot.components.features import WEIGHTS, Features

Keys = Dict[str, List[str]]

# A key seen once teaches only its own phrase.
RAREST = 2


@dataclass
class Ranker:
    """``vocabulary`` maps family+key to a row of ``weights``; ``scale`` turns margins into probabilities.

    ``weights`` is rows × labels in int8, ``steps`` the value of one unit for each label: a quarter of the file and memory of
    float32, and no answer of the evaluation changes.
    """

    labels: List[str]
    vocabulary: Dict[str, int]
    idf: np.ndarray
    weights: np.ndarray
    steps: np.ndarray
    bias: np.ndarray
    scale: float

    def scores(self, keys: Keys) -> np.ndarray:
        """Return one margin a label."""
        rows, values = _vector(keys, self.vocabulary, self.idf)
        if not rows:
            return self.bias.copy()
        return (values @ self.weights[rows].astype(np.float32)) * self.steps + self.bias

    def probabilities(self, keys: Keys) -> np.ndarray:
        """Return one calibrated probability a label; they add up to 1."""
        return softmax(self.scores(keys) * self.scale)

    def save(self, folder: Path) -> None:
        """Write the model into ``folder``."""
        arrays = {"idf": self.idf, "weights": self.weights, "steps": self.steps, "bias": self.bias}
        np.savez_compressed(folder / "ranker.npz", **arrays)
        meta = {"labels": self.labels, "vocabulary": list(self.vocabulary), "scale": self.scale}
        (folder / "ranker.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Ranker":
        """Read what ``save`` wrote; raises OSError."""
        meta = json.loads((folder / "ranker.json").read_text(encoding="utf-8"))
        arrays = np.load(folder / "ranker.npz", allow_pickle=False)
        vocabulary = {key: row for row, key in enumerate(meta["vocabulary"])}
        return cls(meta["labels"], vocabulary, arrays["idf"], arrays["weights"], arrays["steps"], arrays["bias"], meta["scale"])


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return exp(scores) normalised to a sum of 1."""
    shifted = np.exp(scores - scores.max())
    return shifted / shifted.sum()


def _vector(keys: Keys, vocabulary: Dict[str, int], idf: np.ndarray) -> Tuple[List[int], np.ndarray]:
    """Return the rows and values of one message: each family scaled to its weight in WEIGHTS."""
    rows: List[int] = []
    values: List[float] = []
    for family, weight in WEIGHTS.items():
        known = [row for row in (vocabulary.get(family + key) for key in keys[family]) if row is not None]
        if not known:
            continue
        part = idf[known]
        length = math.sqrt(float(part @ part))
        rows.extend(known)
        values.extend((part * (weight / length)).tolist())
    return rows, np.asarray(values, dtype=np.float32)


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
        rows, numbers = _vector(keys, vocabulary, idf)
        indices.extend(rows)
        values.extend(numbers.tolist())
        ends.append(len(indices))
    return sparse.csr_matrix((values, indices, ends), shape=(len(documents), len(vocabulary)), dtype=np.float32)


def train(
    features: Features, phrases: Sequence[str], names: Sequence[str], *, strength: float = 0.3, scale: float = 6.0
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
