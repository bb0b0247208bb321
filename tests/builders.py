"""Makers of everything the tests talk about: keyword-only, with defaults that say nothing special."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from outreach.domain.topics import Certainty, Fact, Source, Standing, Topic
from outreach.domain.understanding import Part, Ranked, Understanding
from outreach.settings import ROOT, Settings

CONTENT = ROOT / "content"
PHRASES = ROOT / "data" / "nlu"
# The moment all tests live in: ten in the morning in Shanghai.
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
SECRET = "a secret of the tests, long enough for production"


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.moment

    def advance(self, **by: float) -> None:
        """Move on, as ``timedelta`` takes it."""
        self.moment += timedelta(**by)


def make_settings(**changes: Any) -> Settings:
    """Return settings whose addresses lead nowhere, so that a forgotten fake fails loudly."""
    given = {"secret": SECRET, "rasa_url": "http://127.0.0.1:9", "database_url": "sqlite+aiosqlite:////nowhere/nothing.db"}
    return Settings(**{**given, **changes})


def heard_json(
    *,
    intent: str = "policy",
    topics: dict[str, float] | None = None,
    concepts: dict[str, list[str]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return what the Rasa component hands on for one message; ``topics`` as topic id → probability, best first."""
    ranked = [{"id": topic, "score": score} for topic, score in (topics or {}).items()]
    whole = {
        "intent": intent, "confidence": 0.9, "topics": ranked, "in_context": [], "concepts": concepts or {}, "figures": [],
        "years": [], "parts": [], "choice": None, "several": [], "asks": True, "length": 20,
    }  # fmt: skip
    return {**whole, **more}


def heard(*, topics: dict[str, float] | None = None, in_context: dict[str, float] | None = None, **more: Any) -> Understanding:
    """Return an understood message as the domain sees it; ``parts`` as a list of (words, topic id)."""
    raw = heard_json(topics=topics, **{key: value for key, value in more.items() if key != "parts"})
    raw["in_context"] = [{"id": topic, "score": score} for topic, score in (in_context or {}).items()]
    understood = Understanding.parse(raw)
    parts = tuple(Part(words, (Ranked(topic, 0.9),)) for words, topic in more.get("parts", ()))
    return Understanding(**{**vars(understood), "parts": parts})


def make_source(**changes: Any) -> Source:
    """Return a document that may be named as a basis."""
    given = {
        "id": "S01", "title": "某某办法", "number": "教财〔2024〕1号", "issued": "2024年", "issuer": "教育部", "grade": "A",
        "standing": Standing.BASIS, "scope": "national", "place": None,
    }  # fmt: skip
    return Source(**{**given, **changes})


def make_fact(**changes: Any) -> Fact:
    """Return a verified fact of one source."""
    given: dict[str, Any] = {
        "id": "standard", "aspect": "amount", "text": "每年2300元。", "certainty": Certainty.VERIFIED, "sources": (make_source(),),
    }  # fmt: skip
    return Fact(**{**given, **changes})


def make_topic(*, facts: tuple[Fact, ...] | None = None, **changes: Any) -> Topic:
    """Return a topic with one fact."""
    given: dict[str, Any] = {
        "id": "some-grant", "title": "某某助学金", "short": "助学金", "question": "助学金多少钱", "stage": "senior",
        "benefit": "grant", "aspect": "amount", "version": "0" * 64, "facts": facts or (make_fact(),),
    }  # fmt: skip
    return Topic(**{**given, **changes})


def copy_content(folder: Path) -> Path:
    """Return a copy of the whole content in ``folder``, to be broken or filled in."""
    return Path(shutil.copytree(CONTENT, folder / "content"))


def edit(path: Path, old: str, new: str) -> None:
    """Replace ``old``, which must be there, once in the file."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} no longer has {old!r}: the test must be brought up to date"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def post_body(**fields: Any) -> bytes:
    """Return the JSON bytes of a request."""
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")
