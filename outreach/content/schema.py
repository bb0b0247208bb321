"""The strict shapes of the content files. Unknown keys are refused; errors are turned into file, key and cure by ``check``."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=48)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

STAGES = ("general", "preschool", "compulsory", "senior", "vocational", "college")
Stage = Literal["general", "preschool", "compulsory", "senior", "vocational", "college"]
Aspect = Literal["what", "amount", "who", "how", "when", "where", "materials", "check", "rule", "change", "problem", "rights"]
Benefit = Literal[
    "overview", "hardship", "identity", "waiver", "archive", "payout", "contact", "fraud-guard", "rights", "school-duty",
    "tuition", "grant", "living-subsidy", "meal", "books", "fee-free", "boarding-fee", "scholarship", "loan", "travel",
    "work", "military", "employment", "training", "temp", "other",
]  # fmt: skip


class Strict(BaseModel):
    """Base: no unknown keys, no silent conversion of words to numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceEntry(Strict):
    """One row of ``sources.yml``."""

    title: Text
    number: str | None = None
    issued: str | None = None
    issuer: Text
    grade: Literal["A", "B"]
    standing: Literal["basis", "reference"]
    scope: Literal["national", "city", "district", "other"]
    place: str | None = None

    @model_validator(mode="after")
    def _reference_has_place(self) -> "SourceEntry":
        if self.standing == "reference" and not self.place:
            raise ValueError("参考来源要写 place（哪个地方或哪类页面），答复里要说明")
        if self.standing == "basis" and self.scope == "other":
            raise ValueError("外省或第三方来源不能作依据，standing 要写 reference")
        return self


class FactEntry(Strict):
    """One fact of a topic file."""

    id: Slug
    aspect: Aspect
    text: Annotated[str, StringConstraints(min_length=4, max_length=120, strip_whitespace=True)]
    certainty: Literal["verified", "partial", "unverified", "office"]
    sources: tuple[Annotated[str, StringConstraints(pattern=r"^S\d\d$")], ...]
    holds_from: date | None = Field(default=None, alias="from")
    holds_until: date | None = Field(default=None, alias="until")
    from_label: str | None = None
    series: Slug | None = None
    value: str | None = None
    figures: tuple[int, ...] = ()
    local: bool = False
    when_set: Name | None = None
    when_unset: Name | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "FactEntry":
        if self.holds_from and self.holds_until and self.holds_from > self.holds_until:
            raise ValueError("from 晚于 until，请改正日期")
        if self.series and not self.value:
            raise ValueError("有 series 就要有 value（这个时期的值）")
        if self.certainty == "verified" and not self.sources:
            raise ValueError("verified 的要点要有来源 sources")
        if (self.certainty == "office") != (self.when_set is not None):
            raise ValueError("certainty: office 只用于 when_set 的要点（由区教委填写）")
        return self


class TopicEntry(Strict):
    """One file ``content/policies/<id>.yml``."""

    id: Slug
    title: Annotated[str, StringConstraints(min_length=2, max_length=26)]
    short: Annotated[str, StringConstraints(min_length=2, max_length=14)]
    question: Annotated[str, StringConstraints(min_length=3, max_length=24)]
    stage: Stage
    benefit: Benefit
    aspect: Aspect
    review_on: date
    related: tuple[Slug, ...] = ()
    facts: Annotated[tuple[FactEntry, ...], Field(min_length=1)]


class OfficeNames(Strict):
    """Who runs this deployment."""

    name: Text
    bureau: Text
    bureau_full: Text
    district: Text
    city: Text
    hotline: Text


class OfficeEntry(Strict):
    """``office.yml``: the names, and what the office fills in (null = not published here)."""

    office: OfficeNames
    fill_in: dict[Name, str | None]


class Concept(Strict):
    """One concept of ``lexicon.yml``."""

    label: Text
    forms: Annotated[tuple[Text, ...], Field(min_length=1)]


class BenefitRule(Strict):
    """One line of ``eligibility.yml``: what a child in ``stages`` may receive, and under which conditions."""

    id: Slug
    name: Text
    topic: Slug
    stages: Annotated[
        tuple[Literal["preschool", "primary", "junior", "senior", "vocational", "college"], ...], Field(min_length=1)
    ]
    boarding: bool | None = None
    schools: tuple[Literal["public", "private"], ...] = ()
    any_situation: tuple[Name, ...] = ()
    needs_hardship: bool = False
    likelihood: Literal["everyone", "by_identity", "by_recognition", "ask"]
    amount: Text
    per_year: int | None = None
    per_term: Text | None = None
    certainty: Literal["verified", "partial", "unverified"]
    where: Text
    when: Text
    bring: Text
    excludes: tuple[Slug, ...] = ()


Replies = dict[Name, Any]
