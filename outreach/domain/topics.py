"""A policy topic, its facts and their sources, as plain values. Knows dates and certainty; knows nothing of files or chat."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Certainty(StrEnum):
    """How sure we are of a fact: seen in a document, partly seen, not seen, or stated by the deploying office itself."""

    VERIFIED = "verified"
    PARTIAL = "partial"
    UNVERIFIED = "unverified"
    OFFICE = "office"


class Standing(StrEnum):
    """Whether a source may be named as the basis of a rule, or only as a reference."""

    BASIS = "basis"
    REFERENCE = "reference"


@dataclass(frozen=True)
class Source:
    """A document or page: ``number`` is its 文号, ``issued`` the date as printed, ``place`` where a reference comes from."""

    id: str
    title: str
    number: str | None
    issued: str | None
    issuer: str
    grade: str
    standing: Standing
    scope: str
    place: str | None


@dataclass(frozen=True)
class Fact:
    """One statement with the days it holds (inclusive; None is open) and its sources."""

    id: str
    aspect: str
    text: str
    certainty: Certainty
    sources: tuple[Source, ...] = ()
    holds_from: date | None = None
    holds_until: date | None = None
    from_label: str | None = None
    series: str | None = None
    value: str | None = None
    figures: tuple[int, ...] = ()
    local: bool = False

    def holds_on(self, day: date) -> bool:
        """Tell whether the fact holds on ``day``."""
        return (self.holds_from is None or self.holds_from <= day) and (self.holds_until is None or day <= self.holds_until)


@dataclass(frozen=True)
class Topic:
    """One policy topic; ``facts`` in reading order, the first answers ``question``; ``version`` is the digest of its file."""

    id: str
    title: str
    short: str
    question: str
    stage: str
    benefit: str
    aspect: str
    version: str
    facts: tuple[Fact, ...]
    related: tuple[str, ...] = ()
    review_on: date = field(default=date.max)

    def current(self, day: date) -> tuple[Fact, ...]:
        """Return the facts that hold on ``day``, in reading order."""
        return tuple(fact for fact in self.facts if fact.holds_on(day))

    def history(self) -> dict[str, tuple[Fact, ...]]:
        """Return the facts of each series, oldest first; series of a single value are left out."""
        series: dict[str, list[Fact]] = {}
        for fact in self.facts:
            if fact.series:
                series.setdefault(fact.series, []).append(fact)
        return {
            name: tuple(sorted(facts, key=lambda fact: fact.holds_from or date.min))
            for name, facts in series.items()
            if len(facts) > 1
        }
