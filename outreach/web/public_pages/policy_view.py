"""One policy as its page shows it: what holds now, what is coming, what held before, and where each fact comes from. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from outreach.domain.topics import Fact, Source, Standing, Topic


@dataclass(frozen=True)
class Line:
    """A fact with the numbers of its sources in the page's two lists, counted through from 1."""

    fact: Fact
    notes: tuple[int, ...]


@dataclass(frozen=True)
class Group:
    """Facts of one ``aspect``, in reading order."""

    aspect: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Period:
    """One value of a series: ``since`` and ``until`` are labels or days, None when open; ``until`` names what came next."""

    line: Line
    since: str | date | None
    until: str | date | None
    now: bool


@dataclass(frozen=True)
class PolicyView:
    """Everything on the page; ``history`` by series, newest period first; sources are numbered, 依据 before 参考."""

    topic: Topic
    lead: Line
    groups: tuple[Group, ...]
    coming: tuple[Line, ...]
    past: tuple[Line, ...]
    history: Mapping[str, tuple[Period, ...]]
    bases: tuple[tuple[int, Source], ...]
    references: tuple[tuple[int, Source], ...]
    related: tuple[Topic, ...]


def view(topic: Topic, topics: Mapping[str, Topic], today: date) -> PolicyView:
    """Return ``topic`` as of ``today``; related topics that do not exist are left out."""
    numbered = _numbered(topic)
    lines = [Line(fact, tuple(numbered[source.id] for source in fact.sources)) for fact in topic.facts]
    current = [line for line in lines if line.fact.holds_on(today)] or lines
    history = {
        name: tuple(reversed([_period(series, i, lines, today) for i in range(len(series))]))
        for name, series in topic.history().items()
    }
    told = {period.line.fact.id for periods in history.values() for period in periods}
    others = [line for line in lines if line not in current and line.fact.id not in told]
    ordered = sorted(_sources(topic), key=lambda source: numbered[source.id])
    return PolicyView(
        topic=topic,
        lead=current[0],
        groups=_grouped(current[1:]),
        coming=tuple(line for line in others if line.fact.holds_from and line.fact.holds_from > today),
        past=tuple(line for line in others if line.fact.holds_until and line.fact.holds_until < today),
        history=history,
        bases=tuple((numbered[s.id], s) for s in ordered if s.standing is Standing.BASIS),
        references=tuple((numbered[s.id], s) for s in ordered if s.standing is Standing.REFERENCE),
        related=tuple(topics[name] for name in topic.related if name in topics),
    )


def _sources(topic: Topic) -> tuple[Source, ...]:
    return tuple({source.id: source for fact in topic.facts for source in fact.sources}.values())


def _numbered(topic: Topic) -> dict[str, int]:
    ordered = sorted(_sources(topic), key=lambda source: source.standing is Standing.REFERENCE)
    return {source.id: number for number, source in enumerate(ordered, 1)}


def _grouped(lines: Sequence[Line]) -> tuple[Group, ...]:
    by_aspect: dict[str, list[Line]] = {}
    for line in lines:
        by_aspect.setdefault(line.fact.aspect, []).append(line)
    return tuple(Group(aspect, tuple(found)) for aspect, found in by_aspect.items())


def _period(series: Sequence[Fact], position: int, lines: Sequence[Line], today: date) -> Period:
    fact = series[position]
    following = series[position + 1] if position + 1 < len(series) else None
    next_label = following.from_label if following else None
    return Period(
        line=next(line for line in lines if line.fact is fact),
        since=fact.from_label or fact.holds_from,
        until=(next_label or fact.holds_until) if fact.holds_until else None,
        now=fact.holds_on(today),
    )
