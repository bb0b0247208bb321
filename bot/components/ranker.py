"""A linear ranker over sparse features: calibrated probabilities for a message in well under 1 ms. Needs numpy alone."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np

from bot.components.features import WEIGHTS

Keys = Dict[str, List[str]]


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
        rows, values = vector(keys, self.vocabulary, self.idf)
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


def vector(keys: Keys, vocabulary: Dict[str, int], idf: np.ndarray) -> Tuple[List[int], np.ndarray]:
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
