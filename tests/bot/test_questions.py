"""The sets of questions are apart: what measures is not what taught, and no question is measured twice."""

from pathlib import Path

from bot.components.text import normalise
from tools.scoring import questions
from tools.stock import phrases

FOLDER = Path(__file__).parent
SETS = ("heldout.jsonl", "development.jsonl", "calibration.jsonl")


def texts(name: str) -> list[str]:
    """Return the questions of a set in one spelling."""
    return [normalise(row["text"]) for row in questions(FOLDER / name)]


def test_no_question_is_a_training_phrase() -> None:
    learnt = {normalise(text) for text, _label in phrases()}
    assert {name: sorted(set(texts(name)) & learnt) for name in SETS} == {name: [] for name in SETS}


def test_no_question_stands_twice() -> None:
    everything = [text for name in SETS for text in texts(name)]
    assert sorted({text for text in everything if everything.count(text) > 1}) == []


def test_enough_is_held_out_and_a_third_of_the_outside_is_near() -> None:
    rows = questions(FOLDER / "heldout.jsonl")
    outside = [row["style"] for row in rows if row["topic"] is None]
    assert len(rows) - len(outside) >= 400
    assert len(outside) >= 150
    assert outside.count("near") >= len(outside) / 3
