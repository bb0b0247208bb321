"""One message understood: intent, topics, concepts, figures, several questions, and the reading with the talk so far.

Knows the ranker and the lexicon; knows nothing of Rasa, so that it can be measured without it.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from bot.components import text as spelling
from bot.components.features import Features
from bot.components.lexicon import Hit, Lexicon
from bot.components.ranker import Ranker

POLICY = "policy/"
# How many topics are handed on.
SHOWN = 6
# A message longer than this (normalised characters) is also read clause by clause.
LONG = 28
# A message not longer than this may lean on what was said before.
ELLIPTICAL = 12
# Both questions of one message must be this sure to be answered both.
SURE_OF_EACH = 0.55

_ORDINALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "两": 2, "头": 1}
_CHOICE = re.compile(
    r"^(?:我?(?:选|要|点|问的是|就|是)?)?(?:第|上面第|选第)?([一二三四五六七八九两头1-9])(?:个|条|项|号|种|样)?(?:吧|嘛|噻|哈|撒|的|那个)?$"
)
_LAST = re.compile(r"^(?:我?(?:选|要|点)?)?(?:最后|末尾|最后头|最下面)(?:一|那)?(?:个|条|项)?(?:吧|嘛)?$")
_AND = re.compile(r"(?:还有(?:就是|个)?|另外|顺便(?:问一下)?|再问(?:一下|个)?|再就是|以及|然后)")
_ASKS = re.compile(
    r"[?？]|吗|么|嘛|呢|多少|好多|怎|咋|啷|哪|啥|什么|几|谁|能不能|可不可以|得不得|有没|是不是|好久|多久|要不要|行不行|没得"
)
# Somebody wants a code, a card or money of the parent: a request verb beside a dangerous thing.
_REQUEST = re.compile(r"叫|让|喊|要我|要求|问我要|说要|给他|报给|发给|先交|先转|点开|念给|提供")


@dataclass
class Understood:
    """The intent with its probability, and what ``as_json`` hands to the service."""

    intent: str
    confidence: float
    ranking: List[Tuple[str, float]]
    json: Dict[str, Any]


class Understanding:
    """The trained ranker with its features."""

    def __init__(self, features: Features, ranker: Ranker) -> None:
        self.features = features
        self.ranker = ranker
        self._topics = np.array([label.startswith(POLICY) for label in ranker.labels])
        self._short = {label: label[len(POLICY):] for label in ranker.labels if label.startswith(POLICY)}

    @classmethod
    def load(cls, folder: Path, lexicon: Lexicon) -> "Understanding":
        """Read a trained ranker from ``folder``."""
        return cls(Features(lexicon), Ranker.load(folder))

    def __call__(self, message: str, context: Optional[Dict[str, Any]] = None) -> Understood:
        """Understand ``message``; ``context`` may name the topic and stage of the talk so far."""
        clean = spelling.normalise(message)
        probabilities = self._probabilities(message, clean)
        hits = self._hits(clean)
        choice = _choice(clean)
        intent, confidence, ranking = self._intents(probabilities)
        if choice is not None:
            intent, confidence = "choose", 1.0
        concepts = _concepts(hits)
        if _endangered(message, concepts) and intent != "safety" and probabilities[self._index("safety")] > 0.08:
            intent = "safety"
        json = {
            "intent": intent,
            "confidence": round(confidence, 4),
            "topics": self._named(probabilities),
            "in_context": self._in_context(message, clean, context),
            "concepts": concepts,
            "figures": spelling.figures(message),
            "years": spelling.years(message),
            "parts": self._parts(message, clean) if intent == "policy" else [],
            "choice": choice,
            "length": len(clean),
        }
        return Understood(intent, confidence, ranking, json)

    def _index(self, label: str) -> int:
        try:
            return self.ranker.labels.index(label)
        except ValueError:
            return 0

    def _hits(self, clean: str) -> List[Hit]:
        lexicon = self.features.lexicon
        return lexicon.find(clean, lexicon.sounds(clean))

    def _probabilities(self, message: str, clean: str) -> np.ndarray:
        whole = self.ranker.probabilities(self.features(message))
        if len(clean) <= LONG:
            return whole
        return self._with_clauses(message, whole)

    def _with_clauses(self, message: str, whole: np.ndarray) -> np.ndarray:
        """Return the mean of the reading of a long message and of its surest question."""
        windows = [window for window in _windows(spelling.clauses(message)) if _ASKS.search(window)]
        if not windows:
            return whole
        readings = [self.ranker.probabilities(self.features(window)) for window in windows[:8]]
        best = max(readings, key=lambda reading: float(reading[self._topics].max(initial=0.0)))
        return 0.6 * whole + 0.4 * best

    def _intents(self, probabilities: np.ndarray) -> Tuple[str, float, List[Tuple[str, float]]]:
        """Return the intent, its probability and the ranking; all topics together are the intent ``policy``."""
        policy = float(probabilities[self._topics].sum())
        others = [
            (label, float(probability))
            for label, probability, topic in zip(self.ranker.labels, probabilities, self._topics)
            if not topic
        ]
        ranking = sorted([("policy", policy), *others], key=lambda item: -item[1])
        return ranking[0][0], ranking[0][1], ranking[:5]

    def _named(self, probabilities: np.ndarray) -> List[Dict[str, Any]]:
        order = np.argsort(-np.where(self._topics, probabilities, -1.0))[:SHOWN]
        return [
            {"id": self._short[self.ranker.labels[row]], "score": round(float(probabilities[row]), 4)}
            for row in order
            if self._topics[row]
        ]

    def _in_context(self, message: str, clean: str, context: Optional[Dict[str, Any]]) -> List[Dict[str, Any]]:
        lead = str((context or {}).get("words") or "")
        if not lead or len(clean) > ELLIPTICAL:
            return []
        return self._named(self.ranker.probabilities(self.features(lead + message)))

    def _parts(self, message: str, clean: str) -> List[Dict[str, Any]]:
        """Return the questions of a message that asks two different things for sure, else nothing."""
        pieces = [piece for piece in _questions(message) if _ASKS.search(piece) and len(spelling.normalise(piece)) >= 4]
        if not 2 <= len(pieces) <= 4:
            return []
        parts: List[Dict[str, Any]] = []
        for piece in pieces:
            probabilities = self.ranker.probabilities(self.features(piece))
            topics = self._named(probabilities)
            intent, _, _ = self._intents(probabilities)
            if intent != "policy" or topics[0]["score"] < SURE_OF_EACH:
                continue
            if all(topics[0]["id"] != part["topics"][0]["id"] for part in parts):
                parts.append({"text": piece, "topics": topics[:3]})
        return parts[:2] if len(parts) >= 2 else []


def _windows(clauses: Sequence[str]) -> List[str]:
    """Return each clause, and each two neighbouring clauses together."""
    pairs = [first + "，" + second for first, second in zip(clauses, clauses[1:])]
    return [*clauses, *pairs]


def _questions(message: str) -> List[str]:
    pieces: List[str] = []
    for sentence in re.split(r"[。！？!?；;\n]+", message):
        pieces.extend(piece for piece in _AND.split(sentence) if piece.strip())
    return pieces


def _concepts(hits: Sequence[Hit]) -> Dict[str, List[str]]:
    found: Dict[str, List[str]] = {}
    for hit in hits:
        kind, name = hit.concept.split(".", 1)
        if name not in found.setdefault(kind, []):
            found[kind].append(name)
    return found


def _choice(clean: str) -> Optional[int]:
    """Return the number of a choice that was named alone (2, 第二个, 选二), -1 for the last, else None."""
    if _LAST.match(clean):
        return -1
    match = _CHOICE.match(clean)
    if not match:
        return None
    return int(match.group(1)) if match.group(1).isdigit() else _ORDINALS[match.group(1)]


def _endangered(message: str, concepts: Dict[str, List[str]]) -> bool:
    asked_for = {"code", "transfer_money", "card_number", "remote"} & set(concepts.get("danger", ()))
    return bool(asked_for and _REQUEST.search(message))
