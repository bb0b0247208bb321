"""What calibrate and evaluate share: phrases, questions, the understanding learnt from the repository. Runs in .venv-rasa."""

import json
import sys
from pathlib import Path
from typing import Any

import stock

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.components.training import learn  # noqa: E402
from bot.components.understanding import Understanding  # noqa: E402


def phrases() -> tuple[list[str], list[str]]:
    """Return the training phrases and their labels, topics as policy/<id>."""
    found = stock.phrases()
    return [text for text, _label in found], [label for _text, label in found]


def questions(name: str) -> list[dict[str, Any]]:
    """Return the rows of tests/bot/<name>: text, topic (None outside the field), style, also."""
    lines = (ROOT / "tests" / "bot" / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def learnt() -> Understanding:
    """Return an understanding learnt now from the repository's phrases."""
    return learn(ROOT / "content", *phrases())
