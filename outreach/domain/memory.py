"""What is remembered of the talk with one sender. Plain values with a JSON shape; nothing here identifies a person."""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

Asking = Literal["stage", "boarding", "school", "situation"]


@dataclass(frozen=True)
class Child:
    """What the sender said of the child: ``stage`` as preschool, primary, junior, senior, vocational or college."""

    stage: str | None = None
    boarding: bool | None = None
    school: str | None = None
    situations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """The eligibility guide: what is asked now, what was answered, and whether it waits to be resumed."""

    child: Child = Child()
    asking: Asking | None = "stage"
    answered: tuple[str, ...] = ()
    paused: bool = False


@dataclass(frozen=True)
class Choice:
    """One of the numbered choices last shown."""

    title: str
    act: str


@dataclass(frozen=True)
class Memory:
    """The state between two turns: ``topic`` and ``aspect`` last answered, ``choices`` last asked and still open.

    ``offered``: the suggestions under the last answer, which may be taken by number or by their words.
    """

    child: Child = Child()
    topic: str | None = None
    aspect: str | None = None
    choices: tuple[Choice, ...] = ()
    offered: tuple[Choice, ...] = ()
    form: Form | None = None
    answered_by: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Memory":
        """Build from ``to_json``; keys of an older version are ignored."""
        form = raw.get("form")
        return cls(
            child=_child(raw.get("child") or {}),
            topic=raw.get("topic"),
            aspect=raw.get("aspect"),
            choices=_choices(raw, "choices"),
            offered=_choices(raw, "offered"),
            form=Form(
                child=_child(form["child"]),
                asking=form["asking"],
                answered=tuple(form["answered"]),
                paused=form["paused"],
            )
            if form
            else None,
            answered_by=raw.get("answered_by"),
        )


def _choices(raw: dict[str, Any], key: str) -> tuple[Choice, ...]:
    return tuple(Choice(item["title"], item["act"]) for item in raw.get(key) or ())


def _child(raw: dict[str, Any]) -> Child:
    return Child(raw.get("stage"), raw.get("boarding"), raw.get("school"), tuple(raw.get("situations") or ()))


@dataclass(frozen=True)
class Turn:
    """One turn under way: whose it is, its consultation, and the command of a tapped button, if it was one."""

    sender_key: str
    consultation_id: str
    channel: str
    text: str
    act: str | None = None
    memory: Memory = field(default_factory=Memory)
    asked_at: datetime | None = None

    def remembering(self, **changes: Any) -> "Turn":
        """Return the turn with its memory changed."""
        return replace(self, memory=replace(self.memory, **changes))


def learn(child: Child, concepts: dict[str, tuple[str, ...]]) -> Child:
    """Return ``child`` with what the concepts of a message say of it; a new stage forgets boarding and school."""
    stages = [name for name in concepts.get("stage", ()) if name != "compulsory"]
    if stages and stages[-1] != child.stage:
        child = Child(stage=stages[-1], situations=child.situations)
    said = concepts.get("situation", ())
    if "day" in said:
        child = replace(child, boarding=False)
    elif "boarding" in said:
        child = replace(child, boarding=True)
    if "private_school" in said:
        child = replace(child, school="private")
    elif "public_school" in said:
        child = replace(child, school="public")
    families = tuple(name for name in said if name in FAMILY_SITUATIONS and name not in child.situations)
    return replace(child, situations=child.situations + families)


FAMILY_SITUATIONS = (
    "dibao", "tekun", "poverty", "monitored", "orphan", "disabled", "martyr", "single_parent", "sudden",
    "low_income",
)  # fmt: skip
