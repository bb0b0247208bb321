"""What counts as right: the same for `make evaluate` and for the tests. Knows the wire of the web channel."""

import asyncio
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

AT_ONCE = 8
ANSWERS = ("answer", "safety")


@dataclass
class Score:
    """Hits by style, (first, first or offered); answers to what is outside by style; confusions (right, given instead)."""

    styles: dict[str, list[tuple[bool, bool]]] = field(default_factory=lambda: defaultdict(list))
    outside: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def inside(self) -> list[tuple[bool, bool]]:
        """All hits."""
        return [pair for pairs in self.styles.values() for pair in pairs]

    @property
    def first(self) -> float:
        """The share of questions whose right topic was answered first."""
        return share([first for first, _ in self.inside])

    @property
    def offered(self) -> float:
        """The share of questions whose right topic was answered first or offered."""
        return share([offered for _, offered in self.inside])

    @property
    def policy(self) -> float:
        """The share of messages from outside that were answered with policy."""
        return share([answered for values in self.outside.values() for answered in values])


def share(values: list[bool]) -> float:
    """Return the share of true ones; 0 of none."""
    return sum(values) / len(values) if values else 0.0


def questions(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of questions: text, topic (None outside the field), style, also."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def right_topics(row: dict[str, Any]) -> set[str]:
    """Return every topic that answers ``row``."""
    return {row["topic"], *row.get("also", [])}


async def ask_all(url: str, rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the messages that answer each row, each asked by a new sender."""
    gate, run = asyncio.Semaphore(AT_ONCE), uuid4().hex
    async with aiohttp.ClientSession() as http:

        async def ask(number: int, text: str) -> list[dict[str, Any]]:
            body = {"sender": f"question-{run}-{number}", "text": text}
            async with gate, http.post(f"{url}/channels/web/messages", json=body) as response:
                raw = await response.json()
                if response.status != 200:
                    raise RuntimeError(f"{response.status} {raw} to: {text}")
                answered: list[dict[str, Any]] = raw["messages"]
                return answered

        return await asyncio.gather(*(ask(number, row["text"]) for number, row in enumerate(rows)))


def judged(row: dict[str, Any], messages: list[dict[str, Any]]) -> tuple[bool, bool]:
    """Return whether a right topic was answered first, and whether it was answered first or offered as a button.

    The warning that comes before anything else answers the topic it names: that aid never costs anything.
    """
    right = right_topics(row)
    payloads = [button["payload"] for message in messages for button in message["buttons"]]
    first = messages[0]["kind"] in ANSWERS and bool(right & set(messages[0]["topics"]))
    return first, first or any(f"topic:{topic}~" in payload for topic in right for payload in payloads)


def measure(rows: list[dict[str, Any]], answers: list[list[dict[str, Any]]]) -> Score:
    """Return the score of ``answers`` to ``rows``."""
    score = Score()
    for row, messages in zip(rows, answers, strict=True):
        answered = messages[0]["kind"] == "answer"
        if row["topic"] is None:
            score.outside[row["style"]].append(answered)
            continue
        first, offered = judged(row, messages)
        score.styles[row["style"]].append((first, offered))
        if not first:
            score.confused[(row["topic"], messages[0]["topics"][0] if answered else messages[0]["kind"])] += 1
    return score
