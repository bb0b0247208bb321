"""The concepts families speak of (stage, benefit, aspect, situation, danger), found in a message as written and by sound."""

from dataclasses import dataclass
from pathlib import Path

import yaml

# Sounds that 重庆 speakers and speech recognition mix: n/l, zh/z, ch/c, sh/s, final g, h/f before u.
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_FINALS = (("ing", "in"), ("eng", "en"))


def sound(syllable: str) -> str:
    """Return ``syllable`` (pinyin without tone) with the sounds levelled that listeners confuse."""
    for old, new in _INITIALS:
        if syllable.startswith(old):
            syllable = new + syllable[len(old) :]
            break
    if syllable.startswith("hu") and len(syllable) <= 3:
        syllable = "f" + syllable[2:] if len(syllable) == 3 and syllable[2] in "i" else syllable
    for old, new in _FINALS:
        if syllable.endswith(old):
            return syllable[: -len(old)] + new
    return syllable


class Sounds:
    """Characters to levelled syllables; ``table`` holds each Chinese character's, see ``sounds.py``."""

    def __init__(self, table: dict[str, str]) -> None:
        self.table = table

    def __call__(self, text: str) -> list[str]:
        """Return one syllable a character of ``text``; other signs stand for themselves."""
        table = self.table
        return [table.get(char, char) for char in text]


@dataclass(frozen=True)
class Hit:
    """One concept found: ``concept`` as kind.name, where it stands (character offsets), and whether by sound only."""

    concept: str
    start: int
    end: int
    heard: bool


class Lexicon:
    """All forms of ``content/lexicon.yml``, ready to be looked up."""

    def __init__(self, content: dict[str, dict[str, dict[str, object]]], sounds: Sounds) -> None:
        self.sounds = sounds
        self._written: dict[str, list[str]] = {}
        self._heard: dict[str, list[str]] = {}
        self.content = content
        for kind, concepts in content.items():
            for name, entry in concepts.items():
                for raw in entry["forms"]:  # type: ignore[attr-defined]
                    form = str(raw).lower()
                    self._written.setdefault(form, []).append(f"{kind}.{name}")
                    if len(form) >= 2 and all("一" <= char <= "鿿" for char in form):
                        self._heard.setdefault("'".join(self.sounds(form)), []).append(f"{kind}.{name}")
        self._longest = max(len(form) for form in self._written)

    @classmethod
    def read(cls, path: Path, sounds: Sounds) -> "Lexicon":
        """Read ``path``; raises OSError or yaml.YAMLError."""
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")), sounds)

    def words(self) -> list[str]:
        """Return every form of two or more characters: the domain dictionary for the tokenizer."""
        return sorted(form for form in self._written if len(form) >= 2)

    def find(self, text: str, syllables: list[str]) -> list[Hit]:
        """Return the concepts of normalised ``text``, longest form first at each place, by sound where not as written."""
        hits: list[Hit] = []
        size = len(text)
        covered = [False] * size
        for length in range(min(self._longest, size), 0, -1):
            for start in range(size - length + 1):
                end = start + length
                concepts = self._written.get(text[start:end])
                if concepts and not all(covered[start:end]):
                    hits.extend(Hit(concept, start, end, False) for concept in concepts)
                    covered[start:end] = [True] * length
        for length in range(min(self._longest, size), 1, -1):
            for start in range(size - length + 1):
                end = start + length
                if any(covered[start:end]):
                    continue
                concepts = self._heard.get("'".join(syllables[start:end]))
                if concepts:
                    hits.extend(Hit(concept, start, end, True) for concept in concepts)
                    covered[start:end] = [True] * length
        return sorted(hits, key=lambda hit: (hit.start, -hit.end))
