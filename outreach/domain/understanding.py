"""What the assistant understood of one message: the shape of ``parse_data["understanding"]`` from the Rasa component."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ranked:
    """A topic id with its calibrated probability, 0–1."""

    topic: str
    score: float


@dataclass(frozen=True)
class Part:
    """One of several questions in a message."""

    text: str
    topics: tuple[Ranked, ...]


@dataclass(frozen=True)
class Understanding:
    """Intent and ranking; ``concepts`` by kind in order of appearance; ``in_context`` is the ranking with the talk so far."""

    intent: str = "out_of_scope"
    confidence: float = 0.0
    topics: tuple[Ranked, ...] = ()
    in_context: tuple[Ranked, ...] = ()
    concepts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    figures: tuple[int, ...] = ()
    years: tuple[int, ...] = ()
    parts: tuple[Part, ...] = ()
    choice: int | None = None
    several: tuple[int, ...] = ()
    asks: bool = False
    moves: bool = False
    length: int = 0

    @classmethod
    def parse(cls, raw: dict[str, Any]) -> "Understanding":
        """Build from the component's JSON; missing keys are taken as nothing understood."""
        return cls(
            intent=str(raw.get("intent", "out_of_scope")),
            confidence=float(raw.get("confidence", 0.0)),
            topics=_ranked(raw.get("topics", ())),
            in_context=_ranked(raw.get("in_context", ())),
            concepts={kind: tuple(names) for kind, names in raw.get("concepts", {}).items()},
            figures=tuple(int(n) for n in raw.get("figures", ())),
            years=tuple(int(n) for n in raw.get("years", ())),
            parts=tuple(Part(part["text"], _ranked(part["topics"])) for part in raw.get("parts", ())),
            choice=raw.get("choice"),
            several=tuple(int(n) for n in raw.get("several", ())),
            asks=bool(raw.get("asks", False)),
            moves=bool(raw.get("moves", False)),
            length=int(raw.get("length", 0)),
        )

    def named(self, kind: str) -> tuple[str, ...]:
        """Return the concepts of ``kind`` in the message, such as ``stage``."""
        return self.concepts.get(kind, ())


def _ranked(raw: Any) -> tuple[Ranked, ...]:
    return tuple(Ranked(str(item["id"]), float(item["score"])) for item in raw)
