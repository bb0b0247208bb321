"""A topic's facts as one short bubble: the answer first, then conditions and where to go, then its basis and since when."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from outreach.content.catalogue import Catalogue
from outreach.domain.topics import Certainty, Fact, Source, Standing, Topic

# One bubble, in characters: the bound, and below WeChat's passive reply of about 600.
LONGEST = 300
# Aspects that stand in for one another when a topic has no fact of the one asked.
NEAREST = {
    "amount": ("amount", "what"),
    "who": ("who", "rule", "what"),
    "when": ("when", "how"),
    "where": ("where", "how"),
    "how": ("how", "where", "rule"),
    "materials": ("materials", "how"),
    "check": ("check", "problem"),
}
# What completes an answer, in this order.
COMPLETING = ("amount", "who", "when", "where", "how")
MOST_FACTS = 4


@dataclass(frozen=True)
class Composed:
    """The bubble's text, at most LONGEST characters, the documents it names, and the facts it rests on."""

    text: str
    sources: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Asked:
    """What the person wants of the topic: an aspect, figures and years that were named, and the words of the question."""

    aspect: str | None = None
    figures: Sequence[int] = ()
    years: Sequence[int] = ()
    words: str = ""


def compose(catalogue: Catalogue, topic: Topic, asked: Asked, today: date, *, longest: int = LONGEST) -> Composed:
    """Return the answer of ``topic`` to ``asked`` as of ``today``."""
    current = topic.current(today) or topic.facts
    opening = _opening(catalogue, topic, asked, today)
    main = _main(current, asked)
    body = [main]
    if main.aspect == "amount" and main.series and not asked.figures:
        body += [fact for fact in current if fact.series and fact.aspect == "amount" and fact is not main][:1]
    for aspect in COMPLETING:
        extra = next((fact for fact in current if fact.aspect == aspect and fact not in body), None)
        if extra is not None and aspect != main.aspect and len(body) < MOST_FACTS:
            body.append(extra)
    return _fitted(catalogue, opening, body, longest)


def _main(current: Sequence[Fact], asked: Asked) -> Fact:
    """Return the fact that answers best: one with a figure that was named, of the aspect asked, in the question's own words."""
    wanted = NEAREST.get(asked.aspect or "", (asked.aspect,))
    common = Counter(pair for fact in current for pair in _pairs(fact.text))
    said = _pairs(asked.words)

    def fitness(fact: Fact) -> float:
        named = 3.0 if set(fact.figures) & set(asked.figures) else 0.0
        aspect = 2.0 - 0.5 * wanted.index(fact.aspect) if fact.aspect in wanted else 0.0
        words = sum(len(pair) / 2 / common[pair] for pair in _pairs(fact.text) & said)
        leads = 1.0 if fact is current[0] else 0.0
        aside = -2.0 if fact.aspect == "where" and asked.aspect not in ("where", "how") else 0.0
        amount = 1.5 if asked.aspect == "amount" and fact.figures else 0.0
        return named + amount + aspect + leads + aside + min(words, 4.0)

    return max(current, key=fitness)  # the first of equals: facts stand in reading order


def _pairs(text: str) -> set[str]:
    """Return the characters of ``text`` and its pairs of neighbours, without punctuation."""
    pairs = {text[i : i + 2] for i in range(len(text) - 1)} | set(text)
    return {pair for pair in pairs if pair.isalnum()}


def _opening(catalogue: Catalogue, topic: Topic, asked: Asked, today: date) -> str:
    """Return the line that sets an old figure or an old year right, or nothing."""
    history = topic.history()
    if asked.years:
        return _on_years(catalogue, history.values(), asked.years, today)
    now_named = {figure for fact in topic.current(today) for figure in fact.figures}
    for figure in asked.figures:
        for series in history.values():
            old = next((fact for fact in series if figure in fact.figures and not fact.holds_on(today)), None)
            new = next((fact for fact in series if fact.holds_on(today)), None)
            if old and new and figure not in now_named:
                return catalogue.say("answer.corrected", old=old.value, period=_period(catalogue, old, series), new=new.value)
    if asked.figures and history and not now_named & set(asked.figures) and now_named and topic.aspect == "amount":
        return catalogue.say("answer.figure_unknown", figure=asked.figures[0])
    return ""


def _period(catalogue: Catalogue, old: Fact, series: Sequence[Fact]) -> str:
    """Return until when ``old`` held: before the value that followed it."""
    after = series[series.index(old) + 1 :]
    if after and after[0].from_label:
        return catalogue.say("answer.before", label=after[0].from_label)
    return old.from_label or ""


def _on_years(catalogue: Catalogue, series: Iterable[Sequence[Fact]], years: Sequence[int], today: date) -> str:
    """Return what held in the years named, beside today's value; several values of one year in the facts' own words."""
    for year in years:
        changed = []
        for facts in series:
            new = next((fact for fact in facts if fact.holds_on(today)), None)
            held = [fact for fact in facts if fact.holds_on(date(year, 3, 31)) or fact.holds_on(date(year, 11, 30))]
            if new is not None and held != [new]:
                changed.append((held, new))
        if len(changed) == 1:
            held, new = changed[0]
            if not held:
                return catalogue.say("answer.unknown_year", year=year, new=new.value)
            old = "，".join(f"{fact.from_label}起{fact.value}" if fact is new else str(fact.value) for fact in held)
            return catalogue.say("answer.on_year", year=year, old=old, new=new.value)
        older = [fact.text.rstrip("。") for held, new in changed for fact in held if fact is not new]
        if older:
            return catalogue.say("answer.on_year_many", year=year, old="；".join(older[:2]))
        if changed:
            return catalogue.say("answer.unknown_year", year=year, new=changed[0][1].value)
    return ""


def _fitted(catalogue: Catalogue, opening: str, body: list[Fact], longest: int) -> Composed:
    """Drop completing facts from the end, then documents, until the bubble fits."""
    while True:
        for documents in (2, 1):
            text, sources = _written(catalogue, opening, body, documents)
            if len(text) <= longest:
                return Composed(text, sources, tuple(body))
        if len(body) == 1:
            return Composed(text[: longest - 1] + "…", sources, tuple(body))
        body = body[:-1]


def _written(catalogue: Catalogue, opening: str, body: list[Fact], documents: int) -> tuple[str, tuple[str, ...]]:
    lines = [opening] if opening else []
    lines.append(body[0].text)
    lines.extend(fact.text for fact in body[1:])
    tail, sources = _basis(catalogue, body, documents)
    if body[0].from_label and "起" not in body[0].text:
        tail += catalogue.say("answer.since", label=body[0].from_label)
    lines.append(tail)
    lines.append(_caution(catalogue, body))
    return "\n".join(line for line in lines if line), sources


def _basis(catalogue: Catalogue, body: list[Fact], documents: int) -> tuple[str, tuple[str, ...]]:
    ordered = list(dict.fromkeys(source for fact in body for source in fact.sources))
    bases = [source for source in ordered if source.standing is Standing.BASIS][:documents]
    references = [source for source in ordered if source.standing is Standing.REFERENCE]
    first_is_reference = not any(source.standing is Standing.BASIS for source in body[0].sources)
    named: list[str] = []
    text = ""
    if bases:
        named += [name_of(source) for source in bases]
        text += catalogue.say("answer.basis", documents="、".join(named))
    if references and (first_is_reference or not bases):
        shown = [name_of(source) for source in references[: 1 if bases else documents]]
        named += shown
        text += catalogue.say("answer.reference", documents="、".join(shown))
    return text, tuple(named)


def name_of(source: Source) -> str:
    """Return how a document is named to the public: title, number and date; a reference with its place."""
    title = source.title if source.title.startswith("《") or source.standing is Standing.REFERENCE else f"《{source.title}》"
    details = [
        part for part in (source.place if source.standing is Standing.REFERENCE else None, source.number, source.issued) if part
    ]
    return f"{title}（{'，'.join(details)}）" if details else title


def _caution(catalogue: Catalogue, body: list[Fact]) -> str:
    if body[0].certainty is Certainty.UNVERIFIED:
        return catalogue.say("answer.caution_unverified")
    # 「先找学校」 is said of every benefit and is safe to follow; it alone does not put an answer in doubt.
    doubtful = (Certainty.PARTIAL, Certainty.UNVERIFIED)
    if any(fact.certainty in doubtful and (fact is body[0] or fact.aspect != "where") for fact in body):
        return catalogue.say("answer.caution_partial")
    return ""
