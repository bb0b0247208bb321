"""Twelve topics as families read them, word for word. After a wanted change: ACCEPT_GOLDEN=1 pytest tests/outreach/content."""

import os
from pathlib import Path

import pytest

from outreach.content.answer import Asked, compose
from outreach.content.catalogue import Catalogue
from tests.builders import TODAY

GOLDEN = Path(__file__).parent / "golden"
# topic → what is asked besides the topic itself
ASKED: dict[str, tuple[Asked, ...]] = {
    "senior-grant": (Asked("amount", (2000,)), Asked(years=(2023,))),
    "college-grant": (Asked("when"), Asked("amount", (3000,))),
    "voc-grant": (Asked("materials"), Asked("amount", (2000,))),
    "compulsory-boarder": (Asked("amount", words="初中住校生补助多少钱"), Asked("where")),
    "compulsory-nonboarder": (Asked("amount"), Asked("who")),
    "loan-amount": (Asked("amount", years=(2022,)), Asked("amount", (12000,))),
    "loan-term-grace": (Asked("when"), Asked("amount")),
    "preschool-free-year": (Asked("when"), Asked("who")),
    "hardship-process": (Asked("how"), Asked("when")),
    "local-hotline": (Asked("where"), Asked()),
    "aid-no-fee": (Asked("problem"), Asked("how")),
    "yulu-plan": (Asked("amount"), Asked("where")),
}


@pytest.mark.parametrize("topic_id", ASKED)
def test_the_answer_reads_as_it_was_accepted(catalogue: Catalogue, topic_id: str) -> None:
    topic = catalogue.topic(topic_id)
    parts = []
    for asked in (Asked(), *ASKED[topic_id]):
        wanted = [f"{name}={value}" for name, value in vars(asked).items() if value]
        parts.append(f"# {' '.join(wanted) or topic.question}\n{compose(catalogue, topic, asked, TODAY).text}\n")
    rendered = "\n".join(parts)
    path = GOLDEN / f"{topic_id}.txt"
    if os.environ.get("ACCEPT_GOLDEN"):
        path.write_text(rendered, encoding="utf-8")
    assert rendered == path.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_topic() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(ASKED)
