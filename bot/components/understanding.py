"""One message understood: intent, topics, concepts, figures, several questions, and the reading with the talk so far.

Knows the ranker and the lexicon; knows nothing of Rasa, so that it can be measured without it.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from bot.components import choices
from bot.components import text as spelling
from bot.components.features import Features
from bot.components.lexicon import Hit, Lexicon, Sounds
from bot.components.ranker import Ranker, softmax

POLICY = "policy/"
# How many topics are handed on.
SHOWN = 6
# A message longer than this (normalised characters) is also read clause by clause.
LONG = 28
# How much of a long message's reading comes from the message as a whole; measured on the development questions.
WHOLE = 0.8
TINY = 1e-9
# A message not longer than this may lean on what was said before.
ELLIPTICAL = 16
# A story longer than this (normalised characters) asks one thing, whatever its sentences touch.
ONE_QUESTION = 90
# A message this short that names a benefit is about it, however little else it says (补助好多钱嘛).
BRIEF = 10
# A message longer than this tells a story; one that names a stage of school and is this likely a policy question is one.
STORY = 60
SOME_POLICY = 0.03
# A concept that is only heard is believed in the talk's memory from three syllables on: two fit too many words.
BELIEVED = 3
# Both questions of one message must be this sure to be answered both.
SURE_OF_EACH = 0.55

_AND = re.compile(r"(?:[，,]?(?:还有(?!没|得没)(?:就是|个)?|另外|顺便(?:问一下)?|再问(?:一下|个)?|再就是|以及))")
_ASKS = re.compile(
    r"[?？]|吗|么|嘛|呢|多少|好多|怎|咋|啷|哪|啥|什么|几|谁|能不能|可不可以|得不得|有没|会不会|能否|可否|(?!动不动)([一-鿿])不\1|是不是|好久|多久|要不要|行不行|没得|喃|唛|嗦|蛮$|迈$|噻$|还是|[不没吧][。，,！!]?$"
)
# 「那职高呢」: moves the question before to something else.
_MOVES = re.compile(r"^(?:那|那么|那要是|要是|如果|换成)?.{1,8}(?:呢|喃|嘞|咧)$")
# 「算了，我先接个电话」
_STOP = re.compile(r"^(?:算了|不弄了|不搞了|不问了|不办了|先不弄|先不搞|停一下|先停)")
# Where a story comes to its point.
_POINT = re.compile(r"(?:就想|想|就是想|要)?(?:请问|问一下|问问|问下|问一句|晓得一下|知道|打听|咨询|弄清楚|搞清楚)")
# Somebody wants a code, a card or money of the parent: a request verb beside a dangerous thing.
_REQUEST = re.compile(
    r"叫|让|喊|要我|要求|问我要|说要|给他|报给|发给|先交|先转|点开|念给|提供|要先|过去了|了钱|转出|照着弄|照他说"
)


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
        self._rows = {label: row for row, label in enumerate(ranker.labels)}
        self._short = {label: label[len(POLICY) :] for label in ranker.labels if label.startswith(POLICY)}

    def save(self, folder: Path) -> None:
        """Write everything that serving needs into ``folder``."""
        self.ranker.save(folder)
        lexicon = self.features.lexicon
        material = {"lexicon": lexicon.content, "sounds": lexicon.sounds.table, "words": self.features.words}
        (folder / "language.json").write_text(json.dumps(material, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Understanding":
        """Read what ``save`` wrote; raises OSError."""
        material = json.loads((folder / "language.json").read_text(encoding="utf-8"))
        lexicon = Lexicon(material["lexicon"], Sounds(material["sounds"]))
        return cls(Features(lexicon, material["words"]), Ranker.load(folder))

    def __call__(self, message: str, context: Optional[Dict[str, Any]] = None) -> Understood:
        """Understand ``message``; ``context`` may name the topic and stage of the talk so far."""
        clean = spelling.normalise(message)
        probabilities = self._probabilities(message, clean)
        hits = self._hits(clean)
        choice = choices.choice(clean)
        intent, confidence, ranking = self._intents(probabilities)
        several = choices.several(clean)
        if choice is not None or several:
            intent, confidence = "choose", 1.0
        concepts = _concepts(clean, hits)
        asks = bool(_ASKS.search(message))
        in_context = self._in_context(message, hits, probabilities, context) if len(clean) <= ELLIPTICAL else []
        leaning = in_context[0]["score"] if in_context and (asks or concepts) else 0.0
        if intent == "out_of_scope" and confidence < 0.95 and leaning > 0.5:
            intent, confidence = "policy", leaning
        unsure = confidence < 0.9 or len(clean) <= BRIEF
        if intent == "out_of_scope" and unsure and len(clean) <= ELLIPTICAL and _names_benefit(concepts):
            intent, confidence = "policy", 1 - confidence
        if intent == "out_of_scope" and self._is_story_of_school(clean, concepts, probabilities):
            probabilities = self._only_topics(probabilities)
            intent, confidence = "policy", 1.0 - confidence
        figures = spelling.figures(message)
        if intent == "policy" and not asks and not figures and self._tells(probabilities, concepts):
            intent = "inform"
        if _endangered(message, concepts) and self._warns(probabilities, concepts):
            intent = "safety"
        if "crisis" in concepts.get("danger", ()):
            intent = "crisis"
        elif _STOP.match(clean) and not asks:
            intent = "cancel"
        answer = {
            "intent": intent,
            "confidence": round(confidence, 4),
            "topics": self._named(probabilities),
            "in_context": in_context,
            "concepts": concepts,
            "figures": figures,
            "years": spelling.years(message),
            "parts": self._parts(message, clean) if intent == "policy" else [],
            "choice": choice,
            "several": several,
            "asks": asks,
            "moves": bool(_MOVES.match(clean)),
            "length": len(clean),
        }
        return Understood(intent, confidence, ranking, answer)

    def _tells(self, probabilities: np.ndarray, concepts: Dict[str, List[str]]) -> bool:
        """Tell whether a message without a question describes the child rather than names a policy."""
        if not concepts.get("stage") or "sudden" in concepts.get("situation", ()):
            return self._share(probabilities, "inform") > 0.04 and bool(concepts.get("situation"))
        return not concepts.get("benefit") and not concepts.get("aspect")

    def _warns(self, probabilities: np.ndarray, concepts: Dict[str, List[str]]) -> bool:
        """Tell whether a dangerous message is no question about fees alone, which the topic of fees answers as well."""
        likely = self._share(probabilities, "safety")
        if set(concepts.get("danger", ())) - {"fee", "stranger"}:
            likely += self._share(probabilities, "policy/aid-no-fee")
        return likely > 0.005

    def _is_story_of_school(self, clean: str, concepts: Dict[str, List[str]], probabilities: np.ndarray) -> bool:
        """Tell whether a long story names a stage of school: whatever else is in it, it may well ask for help with that."""
        return len(clean) > STORY and bool(concepts.get("stage")) and float(probabilities[self._topics].sum()) > SOME_POLICY

    def _only_topics(self, probabilities: np.ndarray) -> np.ndarray:
        kept = np.where(self._topics, probabilities, 0.0)
        return kept / kept.sum()

    def _share(self, probabilities: np.ndarray, label: str) -> float:
        """Return the probability of one intent; 0 for one that was never learnt."""
        row = self._rows.get(label)
        return 0.0 if row is None else float(probabilities[row])

    def _hits(self, clean: str) -> List[Hit]:
        lexicon = self.features.lexicon
        return lexicon.find(clean, lexicon.sounds(clean))

    def _probabilities(self, message: str, clean: str) -> np.ndarray:
        whole = self.ranker.probabilities(self.features(message))
        if len(clean) <= LONG:
            return whole
        return self._with_clauses(message, whole)

    def _with_clauses(self, message: str, whole: np.ndarray) -> np.ndarray:
        """Return the reading of a long message, moved by that of its surest question.

        The logarithms are added, so that a question which alone says little does not make a sure reading unsure.
        """
        windows = [window for window in _windows(spelling.clauses(message)) if _ASKS.search(window)]
        if not windows:
            return whole
        point = [window for window in windows if _POINT.search(window)]
        windows = point[-2:] if point else windows
        readings = [self.ranker.probabilities(self.features(window)) for window in windows[:8]]
        best = max(readings, key=lambda reading: float(reading[self._topics].max(initial=0.0)))
        together = WHOLE * np.log(whole + TINY) + (1 - WHOLE) * np.log(best + TINY)
        return softmax(together)

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

    def _in_context(
        self, message: str, hits: List[Hit], alone: np.ndarray, context: Optional[Dict[str, Any]]
    ) -> List[Dict[str, Any]]:
        """Return the ranking of a short message read together with the words of the talk so far."""
        lead = str((context or {}).get("words") or "")
        if not lead:
            return []
        leaning = self.ranker.probabilities(self.features(lead + message))
        if any(hit.concept.startswith("benefit.") for hit in hits):
            # it names a matter of its own: what was said before only helps
            leaning = 0.4 * leaning + 0.6 * alone
        return self._named(leaning)

    def _parts(self, message: str, clean: str) -> List[Dict[str, Any]]:
        """Return the questions of a message that asks two different things for sure, else nothing."""
        pieces = [piece for piece in _questions(message) if _ASKS.search(piece) and len(spelling.normalise(piece)) >= 4]
        if len(clean) > ONE_QUESTION or not 2 <= len(pieces) <= 4:
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


def _concepts(clean: str, hits: Sequence[Hit]) -> Dict[str, List[str]]:
    found: Dict[str, List[str]] = {}
    # 「职高二年级」 is no primary school
    higher = any(hit.concept.startswith("stage.") and hit.concept != "stage.primary" for hit in hits)
    for hit in hits:
        if higher and hit.concept == "stage.primary" and clean[hit.start : hit.end].endswith("年级"):
            continue
        kind, name = hit.concept.split(".", 1)
        if hit.heard and hit.end - hit.start < BELIEVED:
            continue
        if name not in found.setdefault(kind, []):
            found[kind].append(name)
    return found


def _names_benefit(concepts: Dict[str, List[str]]) -> bool:
    return bool({"grant", "living", "tuition"} & set(concepts.get("benefit", ())) and not concepts.get("other"))


def _endangered(message: str, concepts: Dict[str, List[str]]) -> bool:
    asked_for = {"fee", "code", "transfer_money", "card_number", "remote"} & set(concepts.get("danger", ()))
    return bool(asked_for and _REQUEST.search(message))
