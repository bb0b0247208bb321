"""How our understanding grows with the phrases, and whether it is as sure as it is right. Runs in .venv-rasa; writes JSON."""

import json
import random
import sys
from pathlib import Path
from typing import Any

import yaml
from measuring import ROOT, learn, phrases, questions

from bot.components.understanding import Understanding

SHARES = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
BINS = 10


def some(share: float) -> tuple[list[str], list[str]]:
    """Return ``share`` of the phrases of each label, always the same ones and at least three."""
    by_label: dict[str, list[str]] = {}
    for text, label in zip(*phrases()):
        by_label.setdefault(label, []).append(text)
    texts: list[str] = []
    labels: list[str] = []
    for label, found in sorted(by_label.items()):
        kept = random.Random(7).sample(found, max(3, round(share * len(found))))
        texts += kept
        labels += [label] * len(kept)
    return texts, labels


def hit(row: dict[str, Any], heard: dict[str, Any], answer: float) -> bool:
    """Tell whether the topic of an in-scope ``row`` would be answered first, from the understanding alone."""
    if heard["intent"] == "safety":
        return row["topic"] == "aid-no-fee"
    best = heard["topics"][0]
    return heard["intent"] == "policy" and best["score"] >= answer and best["id"] in {row["topic"], *row.get("also", [])}


def point(understanding: Understanding, rows: list[dict[str, Any]], answer: float) -> dict[str, float]:
    """Return the share answered right, and of what is outside the share answered with policy."""
    heard = [(row, understanding(row["text"]).json) for row in rows]
    inside = [hit(row, said, answer) for row, said in heard if row["topic"]]
    outside = [said["intent"] == "policy" and said["topics"][0]["score"] >= answer for row, said in heard if not row["topic"]]
    return {"first": sum(inside) / len(inside), "outside": sum(outside) / len(outside)}


def reliability(understanding: Understanding, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return for each tenth of confidence (questions, mean confidence, share right), and their weighted gap (ECE)."""
    pairs = []
    for row in rows:
        said = understanding(row["text"]).json
        policy = said["intent"] == "policy"
        sure = said["topics"][0]["score"] if policy else said["confidence"]
        pairs.append((sure, hit(row, said, 0.0) if row["topic"] else not policy))
    bins = []
    for number in range(BINS):
        inside = [(sure, right) for sure, right in pairs if min(int(sure * BINS), BINS - 1) == number]
        if inside:
            bins.append((len(inside), sum(s for s, _ in inside) / len(inside), sum(r for _, r in inside) / len(inside)))
    return {"bins": bins, "ece": sum(n * abs(sure - right) for n, sure, right in bins) / len(pairs)}


def main(out: Path) -> None:
    """Write {curve: [[share, phrases, first, outside]], reliability} to ``out``."""
    rows = questions("heldout.jsonl")
    answer = yaml.safe_load((ROOT / "content" / "calibration.yml").read_text(encoding="utf-8"))["answer"]
    curve = []
    for share in SHARES:
        texts, labels = some(share)
        understanding = learn(ROOT / "content", texts, labels)
        measured = point(understanding, rows, answer)
        curve.append((share, len(texts), measured["first"], measured["outside"]))
        print(curve[-1], flush=True)
    out.write_text(json.dumps({"curve": curve, "reliability": reliability(understanding, rows)}), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
