"""Find topics by what a family would type: a small ranked search. Pure, apart from jieba's dictionary, read on first use."""

import math
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import jieba

from outreach.content.schema import Concept
from outreach.domain.topics import Fact, Topic

# How much a term counts where it is found; a title says more than a sentence.
PLACES = {"title": 6.0, "short": 6.0, "question": 5.0, "facts": 1.0}
# A word as typed counts whole; the lexicon's label for it (技校 → 中职) less; its other forms only where nothing else is found.
TYPED, LABEL, FORM = 1.0, 0.6, 0.4
# A single character left over tells little.
CHARACTER = 0.3
# A topic is shown if it covers this share of what the best covered topic covers of the query.
SHARE = 0.7
# The kinds of the lexicon that name a matter; the others (多少钱, 怎么办理) tell nothing of the topic.
MATTERS = ("stage", "benefit", "situation")
# Words of every question; they tell nothing of the topic either.
HOLLOW = frozenset(
    ("的", "了", "吗", "呢", "啊", "哪", "哪些", "什么", "怎么", "怎样", "多少", "可以", "能", "有", "是", "要", "在", "和")
    + ("我", "我们", "孩子", "请问", "一年", "如何", "没有", "不", "怎么办", "元", "钱", "多少钱", "交", "个", "上", "读", "生")
)
Lexicon = Mapping[str, Mapping[str, Concept]]
# One thing the query asks for: the terms that stand for it, each with its weight.
Unit = Mapping[str, float]


@dataclass(frozen=True)
class Hit:
    """A topic that was found, with the fact that shows why and the ``terms`` to mark in it, longest first."""

    topic: Topic
    score: float
    fact: Fact
    terms: tuple[str, ...]


def search(topics: Iterable[Topic], query: str, lexicon: Lexicon | None = None) -> tuple[Hit, ...]:
    """Return the topics that fit ``query``, best first; nothing for an empty or hollow query."""
    texts = {topic: _texts(topic) for topic in topics}
    units = [(unit, _rarity(unit, texts.values())) for unit in _units(_plain(query), lexicon or {})]
    terms = {term for unit, _ in units for term, weight in unit.items() if weight >= LABEL}
    covered = {
        topic: sum(
            rarity * max((w for term, w in unit.items() if term in "|".join(places.values())), default=0.0)
            for unit, rarity in units
        )
        for topic, places in texts.items()
    }
    least = SHARE * max(covered.values(), default=0.0)
    marked = tuple(sorted(terms, key=lambda term: (-len(term), term)))
    hits = [
        Hit(topic, _score(places, units, _plain(query)), _shown(topic, terms), marked)
        for topic, places in texts.items()
        if covered[topic] and covered[topic] >= least
    ]
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.topic.id)))


def _plain(text: str) -> str:
    """Return ``text`` without width, case, spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def _units(plain: str, lexicon: Lexicon) -> list[Unit]:
    """Take the lexicon's forms out of the query, the longest at each place, and cut the rest into words."""
    forms = {_plain(form): concept for kind in MATTERS for concept in lexicon.get(kind, {}).values() for form in concept.forms}
    units: list[Unit] = []
    rest, start = "", 0
    while start < len(plain):
        form = next((plain[start:end] for end in range(len(plain), start + 1, -1) if plain[start:end] in forms), "")
        if form:
            concept = forms[form]
            others = {_plain(other): FORM for other in concept.forms if len(other) > 1}
            units.append({**others, _plain(concept.label): LABEL, form: TYPED})
        rest += " " if form else plain[start]
        start += len(form) or 1
    words = (word for word in jieba.lcut_for_search(rest) if word.strip() and word not in HOLLOW)
    return units + [{word: TYPED if len(word) > 1 or word == plain else CHARACTER} for word in words]


def _texts(topic: Topic) -> dict[str, str]:
    return {
        "title": _plain(topic.title),
        "short": _plain(topic.short),
        "question": _plain(topic.question),
        "facts": "|".join(_plain(fact.text) for fact in topic.facts),
    }


def _rarity(unit: Unit, texts: Collection[Mapping[str, str]]) -> float:
    """Return how much finding ``unit`` tells: nothing when no topic has it, little when all have."""
    having = sum(any(term in text for text in places.values() for term in unit) for places in texts)
    return math.log(1 + len(texts) / having) if having else 0.0


def _score(texts: Mapping[str, str], units: Iterable[tuple[Unit, float]], whole: str) -> float:
    score = 0.0
    for unit, rarity in units:
        found = [weight * PLACES[place] for place, text in texts.items() for term, weight in unit.items() if term in text]
        score += rarity * max(found, default=0.0)
    exact = any(whole in texts[place] for place in ("title", "short", "question"))
    return score * 1.5 if exact else score


def _shown(topic: Topic, terms: Collection[str]) -> Fact:
    """Return the fact with most of the terms; the first when none has any."""
    return max(topic.facts, key=lambda fact: sum(term in _plain(fact.text) for term in terms))
