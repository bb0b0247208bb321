"""All content, read once and kept read-only. Knows YAML and the schema; the office's settings are filled in here."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from outreach.content.schema import (
    BenefitRule,
    Concept,
    FactEntry,
    OfficeEntry,
    SourceEntry,
    TopicEntry,
)
from outreach.content.wechat import FILE as ACCOUNT_FILE
from outreach.content.wechat import OfficialAccount
from outreach.domain.dialogue import Families, Guide, Thresholds, TopicSketch
from outreach.domain.errors import ContentError, NotFound
from outreach.domain.topics import Certainty, Fact, Source, Standing, Topic


@dataclass(frozen=True)
class Catalogue:
    """Everything the public reads: ``topics`` by id, ``replies`` by key, ``fills`` the placeholders of the office,
    ``account`` the menu and message templates of the office's account.
    """

    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    replies: Mapping[str, Any]
    families: Families
    benefits: tuple[BenefitRule, ...]
    lexicon: Mapping[str, Mapping[str, Concept]]
    office: OfficeEntry
    fills: Mapping[str, str]
    account: OfficialAccount

    def topic(self, topic_id: str) -> Topic:
        """Return the topic; raises NotFound."""
        try:
            return self.topics[topic_id]
        except KeyError:
            raise NotFound(topic=topic_id) from None

    def say(self, key: str, **values: object) -> str:
        """Return the phrase at dotted ``key`` of ``replies.yml`` with the office's names and ``values`` filled in."""
        return str(self.reply(key)).format(**{**self.fills, **values})

    def reply(self, key: str) -> Any:
        """Return the entry at dotted ``key``; raises ContentError naming the missing key."""
        entry: Any = self.replies
        for step in key.split("."):
            if not isinstance(entry, Mapping) or step not in entry:
                raise ContentError(file="replies.yml", key=key, cure="补上这一句")
            entry = entry[step]
        return entry

    def guide(self, thresholds: Thresholds | None = None) -> Guide:
        """Return the dialogue's decision maker for these topics."""
        sketches = {
            topic.id: TopicSketch(topic.stage, topic.aspect, frozenset(fact.aspect for fact in topic.facts))
            for topic in self.topics.values()
        }
        return Guide(sketches, self.families, thresholds or Thresholds())


class _Loader(yaml.SafeLoader):
    """YAML where only true and false are truth values, as in YAML 1.2, so that an id may be called no."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read_yaml(path: Path) -> Any:
    """Return the parsed file; raises ContentError naming the line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError as error:
        raise ContentError(file=path.name, key="", cure="缺少这个文件") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行" if mark else ""
        raise ContentError(file=path.name, key=where, cure="YAML 写法不对：检查缩进、引号和冒号") from error


def validated[T](shape: type[T] | TypeAdapter[T], raw: Any, name: str) -> T:
    """Return ``raw`` in ``shape``; raises ContentError with the first wrong key."""
    adapter = shape if isinstance(shape, TypeAdapter) else TypeAdapter(shape)
    try:
        return adapter.validate_python(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(step) for step in first["loc"])
        raise ContentError(file=name, key=key, cure=_cure(dict(first))) from error


def _cure(error: dict[str, Any]) -> str:
    cures = {
        "extra_forbidden": "没有这个键，删去或改正拼写",
        "missing": "补上这个键",
        "string_too_long": "太长，请写短",
        "string_too_short": "太短或为空，请补上",
        "string_pattern_mismatch": "写法不对：只用小写字母、数字和短横线",
        "literal_error": "只能用规定的词：" + str(error.get("ctx", {}).get("expected", "")),
    }
    said = str(error["msg"]).removeprefix("Value error, ")
    chinese = any("一" <= char <= "鿿" for char in said)
    return cures.get(error["type"]) or (said if chinese else "写法不对，请对照同类内容改正")


def load(folder: Path) -> Catalogue:
    """Read and check the whole content folder; raises ContentError for the first wrong file."""
    office = validated(OfficeEntry, read_yaml(folder / "office.yml"), "office.yml")
    fills = _fills(office)
    sources = _sources(folder)
    topics = {}
    for path in sorted((folder / "policies").glob("*.yml")):
        topic = _topic(path, sources, office, fills)
        topics[topic.id] = topic
    return Catalogue(
        topics=topics,
        sources=sources,
        replies=read_yaml(folder / "replies.yml"),
        families=Families(validated(TypeAdapter(dict[str, dict[str, str]]), read_yaml(folder / "families.yml"), "families.yml")),
        benefits=validated(TypeAdapter(tuple[BenefitRule, ...]), read_yaml(folder / "eligibility.yml"), "eligibility.yml"),
        lexicon=validated(TypeAdapter(dict[str, dict[str, Concept]]), read_yaml(folder / "lexicon.yml"), "lexicon.yml"),
        office=office,
        fills=fills,
        account=validated(OfficialAccount, read_yaml(folder / ACCOUNT_FILE), ACCOUNT_FILE),
    )


def _fills(office: OfficeEntry) -> dict[str, str]:
    names = office.office
    filled = {f"office_{key}": value for key, value in office.fill_in.items() if value}
    return {
        "office": names.name,
        "bureau": names.bureau,
        "bureau_full": names.bureau_full,
        "district": names.district,
        "city": names.city,
        "hotline": names.hotline,
        **filled,
    }


def _sources(folder: Path) -> dict[str, Source]:
    raw = read_yaml(folder / "sources.yml")
    entries = validated(TypeAdapter(dict[str, SourceEntry]), raw, "sources.yml")
    return {
        key: Source(
            key, entry.title, entry.number, entry.issued, entry.issuer, entry.grade,
            Standing(entry.standing), entry.scope, entry.place,
        )
        for key, entry in entries.items()
    }  # fmt: skip


def _topic(path: Path, sources: Mapping[str, Source], office: OfficeEntry, fills: Mapping[str, str]) -> Topic:
    entry = validated(TopicEntry, read_yaml(path), f"policies/{path.name}")
    if entry.id != path.stem:
        raise ContentError(file=f"policies/{path.name}", key="id", cure=f"id 要和文件名一样：{path.stem}")
    facts = tuple(
        _fact(fact, path.name, sources, fills)
        for fact in entry.facts
        if (fact.when_set is None or office.fill_in.get(fact.when_set))
        and (fact.when_unset is None or not office.fill_in.get(fact.when_unset))
    )
    filled_in = repr(sorted((key, fills.get(f"office_{key}")) for key in office.fill_in))
    digest = hashlib.sha256(path.read_bytes() + filled_in.encode()).hexdigest()
    return Topic(
        id=entry.id,
        title=entry.title,
        short=entry.short,
        question=entry.question,
        stage=entry.stage,
        benefit=entry.benefit,
        aspect=entry.aspect,
        version=digest,
        facts=facts,
        related=entry.related,
        review_on=entry.review_on,
    )


def _fact(entry: FactEntry, name: str, sources: Mapping[str, Source], fills: Mapping[str, str]) -> Fact:
    missing = [source for source in entry.sources if source not in sources]
    if missing:
        raise ContentError(file=f"policies/{name}", key=f"{entry.id}.sources", cure=f"sources.yml 里没有 {missing[0]}")
    try:
        text = entry.text.format(**fills)
    except (KeyError, ValueError, IndexError) as error:
        raise ContentError(file=f"policies/{name}", key=f"{entry.id}.text", cure=f"占位符不对：{error}") from error
    return Fact(
        id=entry.id,
        aspect=entry.aspect,
        text=text,
        certainty=Certainty(entry.certainty),
        sources=tuple(sources[source] for source in entry.sources),
        holds_from=entry.holds_from,
        holds_until=entry.holds_until,
        from_label=entry.from_label,
        series=entry.series,
        value=entry.value,
        figures=entry.figures,
        local=entry.local,
    )
