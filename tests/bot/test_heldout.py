"""The held-out questions, put to the running service: the figures the product promises."""

from pathlib import Path

import pytest

from tools.scoring import ask_all, measure, questions

HELDOUT = Path(__file__).with_name("heldout.jsonl")


@pytest.mark.rasa
async def test_the_right_topic_is_answered_or_offered(service: str) -> None:
    rows = questions(HELDOUT)
    score = measure(rows, await ask_all(service, rows))
    assert len(score.inside) >= 400 and len(rows) - len(score.inside) >= 150
    assert score.first >= 0.88, score.first
    assert score.offered >= 0.96, score.offered
    assert score.policy <= 0.03, score.policy
