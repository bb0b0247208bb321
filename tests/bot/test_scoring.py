"""What counts as right is the same for `make evaluate` and for the tests; what stock pipelines say is read the same way."""

from typing import Any

import pytest

from tools.scoring import judged, measure
from tools.stock import falls_back


def message(kind: str = "answer", topics: tuple[str, ...] = (), offers: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a message of the web channel."""
    buttons = [{"title": topic, "payload": f"topic:{topic}~signature"} for topic in offers]
    return {"kind": kind, "topics": list(topics), "buttons": buttons}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (message(topics=("a",)), (True, True)),
        (message(topics=("b",), offers=("a",)), (False, True)),
        (message(topics=("b",), offers=("a-longer-name",)), (False, False)),
        (message(kind="clarify", topics=("a",), offers=("a",)), (False, True)),
        (message(kind="safety", topics=("a",)), (True, True)),
        (message(kind="fallback"), (False, False)),
    ],
)
def test_a_topic_is_answered_first_or_offered_or_neither(answer: dict[str, Any], expected: tuple[bool, bool]) -> None:
    assert judged({"topic": "a"}, [answer]) == expected


def test_another_right_topic_of_the_row_counts() -> None:
    assert judged({"topic": "a", "also": ["b"]}, [message(topics=("b",))]) == (True, True)


def test_confusions_and_answers_to_what_is_outside_are_counted() -> None:
    rows = [{"topic": "a", "style": "story"}, {"topic": None, "style": "near"}, {"topic": None, "style": "far"}]
    answers = [[message(topics=("b",))], [message(topics=("b",))], [message(kind="safety", topics=("b",))]]
    score = measure(rows, answers)
    assert (score.first, score.offered, score.policy) == (0.0, 0.0, 0.5)
    assert score.confused == {("a", "b"): 1}


@pytest.mark.parametrize(
    ("confidences", "declines"), [([0.9, 0.05], False), ([0.29, 0.1], True), ([0.5, 0.45], True), ([0.4], False)]
)
def test_the_fallback_of_stock_rasa_declines_the_unsure(confidences: list[float], declines: bool) -> None:
    assert falls_back(confidences) is declines
