"""What stock pipelines say to the held-out questions, learnt from the same phrases. Runs in .venv-rasa; writes JSON.

Each answers the topic that its best intent names. A stock assistant may also decline: by its own out_of_scope intent, or by
FallbackClassifier with its default settings; both are counted. A trained model is kept in var/stock until phrases change;
with ``--cached`` a pipeline that was not trained on these phrases yet is left out.
"""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import stock
import yaml
from bm25 import BM25

# DIET takes this many epochs of the phrases: what fits into twenty minutes of two cores, see docs/evaluation.md
EPOCHS = 5
RIVALS = ("logistic", "diet-words", "bm25-phrases", "bm25-facts")
# what a pipeline says to a question: its label, and whether FallbackClassifier would have declined
Said = tuple[str | None, bool]


def rasa_says(pipeline: str, texts: Sequence[str]) -> tuple[list[Said], dict[str, Any]]:
    """Return what a Rasa pipeline says to each text, and how it was trained."""
    import structlog
    from rasa.core.agent import Agent

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    began = time.monotonic()
    path, found = stock.model(pipeline, stock.phrases(), epochs=EPOCHS)
    note = path.with_name("trained.json")
    if not found:
        note.write_text(json.dumps({"seconds": round(time.monotonic() - began)}), encoding="utf-8")
    agent = Agent.load(str(path))

    async def parse() -> list[dict[str, Any]]:
        return [await agent.parse_message(text) for text in texts]

    rankings = [parsed["intent_ranking"] for parsed in asyncio.run(parse())]
    said = [(stock.label_of(r[0]["name"]), stock.falls_back([item["confidence"] for item in r])) for r in rankings]
    return said, {"epochs": EPOCHS if pipeline.startswith("diet") else None, **json.loads(note.read_text(encoding="utf-8"))}


def search_says(engine: BM25, texts: Sequence[str]) -> list[Said]:
    """Return the label of the document nearest to each text."""
    return [(engine.nearest(text)[0], False) for text in texts]


def phrases_engine() -> BM25:
    """Return a search over the training phrases."""
    found = stock.phrases()
    return BM25([text for text, _label in found], [label for _text, label in found])


def facts_engine() -> BM25:
    """Return a search over the topics of content/policies: title, question and facts as one document."""
    documents, labels = [], []
    for path in sorted((stock.ROOT / "content" / "policies").glob("*.yml")):
        topic = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        documents.append("\n".join([topic["title"], topic["question"], *(fact["text"] for fact in topic["facts"])]))
        labels.append(f"policy/{topic['id']}")
    return BM25(documents, labels)


def main(questions: Path, out: Path, *, cached: bool) -> None:
    """Put the texts of ``questions`` (one JSON row a line) to every rival; write {rival: {said, trained}} to ``out``."""
    texts = [json.loads(line)["text"] for line in questions.read_text(encoding="utf-8").splitlines()]
    engines: dict[str, Callable[[], BM25]] = {"bm25-phrases": phrases_engine, "bm25-facts": facts_engine}
    result = {}
    for name in RIVALS:
        if cached and name not in engines and not stock.place(name, stock.phrases(), epochs=EPOCHS).exists():
            continue
        said, trained = (search_says(engines[name](), texts), {}) if name in engines else rasa_says(name, texts)
        result[name] = {"said": said, "trained": trained}
        print(name, trained, flush=True)
    out.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    paths = [Path(argument) for argument in sys.argv[1:] if argument != "--cached"]
    main(*paths, cached="--cached" in sys.argv)
