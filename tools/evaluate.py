"""`make evaluate`: the held-out questions put to the running service and to stock pipelines; writes docs/evaluation.md.

The stock models learn for half an hour the first time and are kept in var/stock until the phrases change; with ``--cached``
those that were not trained on these phrases are left out.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pictures
from report import page
from running import ROOT, running
from scoring import Score, ask_all, measure, questions

DOCS = ROOT / "docs"
HELDOUT = ROOT / "tests" / "bot" / "heldout.jsonl"
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
# what was measured once on questions nobody had looked at: kept as it was written down
BLIND = DOCS / "evaluation-blind.md"


def beside_rasa(tool: str, *arguments: str) -> dict[str, Any]:
    """Run a tool of .venv-rasa that writes JSON to its last argument; returns the JSON."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        subprocess.run([str(RASA_PYTHON), str(ROOT / "tools" / tool), *arguments, str(out)], cwd=ROOT, check=True)
        written: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return written


async def ours(rows: list[dict[str, Any]]) -> Score:
    """Return what the running service makes of ``rows``."""
    async with running(OUTREACH_SENDER_RATE_PER_S="1000", OUTREACH_SENDER_BURST="10000") as (url, _process):
        return measure(rows, await ask_all(url, rows))


def main() -> None:
    """Measure, write the page and the pictures, print the page."""
    rows = questions(HELDOUT)
    digest = json.loads((ROOT / "models" / "manifest.json").read_text(encoding="utf-8"))["digest"]
    score = asyncio.run(ours(rows))
    growth = beside_rasa("curve.py")
    rivals = beside_rasa("rivals.py", *sys.argv[1:], str(HELDOUT))
    pictures.confusions(score.confused, DOCS / "evaluation-confusions.png")
    pictures.curve(growth["curve"], DOCS / "evaluation-curve.png")
    pictures.reliability(growth["reliability"], DOCS / "evaluation-reliability.png")
    written = page(score, rows, rivals, growth, BLIND.read_text(encoding="utf-8"), digest)
    (DOCS / "evaluation.md").write_text(written, encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main()
