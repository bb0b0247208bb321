"""Everything that can be wrong across the content files, told with file, key and cure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

from outreach.content.calibration import thresholds
from outreach.content.catalogue import Catalogue, load, read_yaml
from outreach.content.schema import STAGES
from outreach.content.wechat import FILE as ACCOUNT_FILE
from outreach.content.wechat import faults
from outreach.domain.errors import ContentError
from outreach.domain.topics import Topic

LEAST_PHRASES = 60
# Intents that answer with a phrase of their own instead of a policy topic.
LEAST_PHRASES_OTHER = 30


# What the service says by key, and what it fills in besides the office's names.
SAID = (
    *(f"answer.{key}" for key in ("since", "basis", "reference", "caution_partial", "caution_unverified", "corrected", "on_year",
                                  "on_year_many", "unknown_year", "figure_unknown", "before", "page")),
    "clarify.ask", "clarify.again", "decline.maybe", "decline.nothing", "decline.outside", "decline.buttons",
    *(f"input.{key}" for key in ("empty", "no_words", "other_script", "too_long", "too_fast", "failed", "away")),
    "help.text", "help.buttons", "feedback.useful", "feedback.useless", "feedback.nothing", "safety.text", "safety.buttons",
    "crisis.text", "crisis.buttons", "eligibility.intro", "eligibility.ask", "eligibility.options", "eligibility.labels",
    "eligibility.result", "errors.not_found", "errors.unexpected",
)  # fmt: skip
FILLED = frozenset(
    ("label", "documents", "old", "new", "period", "year", "figure", "first", "last", "number", "limit", "error_id", "what",
     "child", "name", "amount", "total", "where", "bring", "likelihood", "certainty")
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One fault: where it is and what cures it."""

    file: str
    key: str
    cure: str


def findings(folder: Path, phrases: Path, today: date) -> list[Finding]:
    """Return all faults of the content in ``folder`` and of the phrases in ``phrases`` as of ``today``."""
    try:
        catalogue = load(folder)
    except ContentError as error:
        return [Finding(str(error.data["file"]), str(error.data["key"]), str(error.data["cure"]))]
    found = [fault for topic in catalogue.topics.values() for fault in _topic(catalogue, topic, today)]
    found += _unique(catalogue)
    found += _families(catalogue)
    found += _eligibility(catalogue)
    found += _switches(folder, catalogue)
    found += _replies(catalogue)
    found += _account(catalogue)
    try:
        thresholds(folder)
    except ContentError as error:
        found.append(Finding("calibration.yml", str(error.data["key"]), str(error.data["cure"])))
    found += _phrases(catalogue, phrases)
    return found


def unset(folder: Path) -> list[Finding]:
    """Return what the office has not filled in: keys of ``office.yml``, and templates that cannot be sent yet."""
    catalogue = load(folder)
    office = [key for key, value in catalogue.office.fill_in.items() if not value]
    return [
        *(Finding("office.yml", f"fill_in.{key}", "还没有填写，答复里会说“这里还没有公布”") for key in office),
        *(
            Finding(ACCOUNT_FILE, f"templates.{purpose}.id", "还没有填模板 id（或它的 _opt_in），这类消息发不出去")
            for purpose in catalogue.account.unset
        ),
    ]


def _topic(catalogue: Catalogue, topic: Topic, today: date) -> Iterator[Finding]:
    name = f"policies/{topic.id}.yml"
    if topic.review_on < today:
        yield Finding(name, "review_on", f"复核日期 {topic.review_on} 已过：请对照文件复核内容，再改成下一个复核日期")
    for other in topic.related:
        if other not in catalogue.topics or other == topic.id:
            yield Finding(name, "related", f"没有主题 {other}，请改正或删去")
    for key, count in Counter(fact.id for fact in topic.facts).items():
        if count > 1:
            yield Finding(name, f"facts.{key}", "要点的 id 重复，请改成不同的")
    if not topic.current(today):
        yield Finding(name, "facts", "没有一条要点今天仍然有效，请补上现行规定")
    yield from _series(name, topic)


def _series(name: str, topic: Topic) -> Iterator[Finding]:
    for series, facts in topic.history().items():
        for older, newer in zip(facts, facts[1:], strict=False):
            if older.holds_until is None or newer.holds_from is None or older.holds_until >= newer.holds_from:
                yield Finding(
                    name, f"facts.{newer.id}", f"{series} 的日期与 {older.id} 重叠：旧值写 until，新值写 from，前后不能相交"
                )


def _unique(catalogue: Catalogue) -> Iterator[Finding]:
    for key in ("short", "question"):
        seen: dict[str, str] = {}
        for topic in catalogue.topics.values():
            text = getattr(topic, key)
            if text in seen:
                yield Finding(f"policies/{topic.id}.yml", key, f"和 {seen[text]} 一样，家长分不清，请改得不同")
            seen[text] = topic.id


def _families(catalogue: Catalogue) -> Iterator[Finding]:
    for family, members in catalogue.families.by_name.items():
        for stage, topic in members.items():
            if topic not in catalogue.topics:
                yield Finding("families.yml", f"{family}.{stage}", f"没有主题 {topic}")
            if stage.removesuffix("_day") not in STAGES:
                yield Finding("families.yml", f"{family}.{stage}", "阶段只能用 " + "、".join(STAGES))


def _eligibility(catalogue: Catalogue) -> Iterator[Finding]:
    for entry_id, count in Counter(entry.id for entry in catalogue.benefits).items():
        if count > 1:
            yield Finding("eligibility.yml", entry_id, "id 重复，请改成不同的")
    situations = set(catalogue.lexicon["situation"])
    for entry in catalogue.benefits:
        if entry.topic not in catalogue.topics:
            yield Finding("eligibility.yml", f"{entry.id}.topic", f"没有主题 {entry.topic}")
        for situation in entry.any_situation:
            if situation not in situations:
                yield Finding("eligibility.yml", f"{entry.id}.any_situation", f"lexicon.yml 里没有 situation.{situation}")


def _switches(folder: Path, catalogue: Catalogue) -> Iterator[Finding]:
    """Check that each fact that depends on the office has its counterpart for when it is, or is not, filled in."""
    for path in sorted((folder / "policies").glob("*.yml")):
        facts: list[Mapping[str, Any]] = read_yaml(path)["facts"]
        when_set = {fact["when_set"] for fact in facts if fact.get("when_set")}
        when_unset = {fact["when_unset"] for fact in facts if fact.get("when_unset")}
        for key in when_set ^ when_unset:
            yield Finding(f"policies/{path.name}", key, "when_set 和 when_unset 要成对：填了怎么说、没填怎么说都要有")
        for key in (when_set | when_unset) - set(catalogue.office.fill_in):
            yield Finding(f"policies/{path.name}", key, "office.yml 的 fill_in 里没有这一项")


def _replies(catalogue: Catalogue) -> Iterator[Finding]:
    """Check that the phrases the service says are there, and that each placeholder is one that gets filled."""
    if not isinstance(catalogue.replies, Mapping):
        yield Finding("replies.yml", "answer", "写法不对：要是一组“键: 句子”")
        return
    for key in SAID:
        try:
            catalogue.reply(key)
        except ContentError as error:
            yield Finding("replies.yml", str(error.data["key"]), str(error.data["cure"]))
    for key, text in _sentences(catalogue.replies, ""):
        for _, name, _, _ in Formatter().parse(text):
            if name is not None and name not in FILLED and name not in catalogue.fills:
                yield Finding("replies.yml", key, f"占位符 {{{name}}} 没有人填，请改正或删去")


def _account(catalogue: Catalogue) -> Iterator[Finding]:
    functions = catalogue.replies.get("function") if isinstance(catalogue.replies, Mapping) else None
    for key, cure in faults(catalogue.account, catalogue.topics, functions if isinstance(functions, Mapping) else {}):
        yield Finding(ACCOUNT_FILE, key, cure)


def _sentences(entry: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(entry, str):
        yield key, entry
    elif isinstance(entry, Mapping):
        for name, below in entry.items():
            yield from _sentences(below, f"{key}.{name}" if key else str(name))
    elif isinstance(entry, list):
        for below in entry:
            yield from _sentences(below, key)


def _phrases(catalogue: Catalogue, folder: Path) -> Iterator[Finding]:
    """Check that each topic has phrases and each phrase a topic, none twice."""
    seen: dict[str, str] = {}
    topics: Counter[str] = Counter()
    for path in sorted(folder.glob("*.yml")):
        try:
            entries = [
                (e["intent"], str((e.get("metadata") or {}).get("topic")), e["examples"].splitlines())
                for e in read_yaml(path)["nlu"]
            ]
        except (ContentError, TypeError, KeyError, AttributeError):
            yield Finding(f"data/nlu/{path.name}", "nlu", "写法不对：要有 nlu 列表，每项有 intent 和 examples")
            continue
        for intent, topic, lines in entries:
            phrases = [line.removeprefix("- ").strip() for line in lines]
            if intent == "policy":
                if topic not in catalogue.topics:
                    yield Finding(f"data/nlu/{path.name}", "metadata.topic", f"没有主题 {topic}")
                topics[topic] += len(phrases)
            elif len(phrases) < LEAST_PHRASES_OTHER:
                yield Finding(f"data/nlu/{path.name}", intent, f"只有 {len(phrases)} 句，至少 {LEAST_PHRASES_OTHER} 句")
            for phrase in phrases:
                if phrase in seen:
                    yield Finding(f"data/nlu/{path.name}", phrase, f"和 data/nlu/{seen[phrase]} 重复，只留一处")
                seen[phrase] = path.name
    for topic in catalogue.topics:
        if topics[topic] < LEAST_PHRASES:
            yield Finding(f"data/nlu/{topic}.yml", topic, f"只有 {topics[topic]} 句，至少 {LEAST_PHRASES} 句")
