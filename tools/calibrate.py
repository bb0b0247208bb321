"""`make calibrate`: choose the scale of the probabilities and the thresholds on tests/bot/calibration.jsonl."""

import numpy as np
from measuring import ROOT, learnt, questions

from bot.components.learning import fit_scale

HEAD = "# Written by `make calibrate` from tests/bot/calibration.jsonl, which is neither training nor held-out.\n"
# Of the thresholds that answer at most this share of what lies outside, the lowest is taken.
OUTSIDE_ANSWERED = 0.02


def main() -> None:
    """Write content/calibration.yml and print what it gives."""
    understanding = learnt()
    rows = questions("calibration.jsonl")
    labels = {label: row for row, label in enumerate(understanding.ranker.labels)}
    truth = [labels[f"policy/{row['topic']}"] if row["topic"] else labels["out_of_scope"] for row in rows]
    margins = np.array([understanding.ranker.scores(understanding.features(row["text"])) for row in rows])
    scale = understanding.ranker.scale = fit_scale(margins, truth)
    heard = [understanding(row["text"]).json for row in rows]
    sure = np.array([h["topics"][0]["score"] if h["intent"] == "policy" else 0.0 for h in heard])
    outside = np.array([row["topic"] is None for row in rows])
    right = np.array([h["topics"][0]["id"] in {row["topic"], *row.get("also", [])} for h, row in zip(heard, rows)])
    answer = next(limit for limit in np.arange(0.20, 0.95, 0.05) if (sure[outside] >= limit).mean() <= OUTSIDE_ANSWERED)
    text = f"{HEAD}scale: {scale}\nanswer: {answer:.2f}\noffer: 0.03\ndecline: {answer * 0.4:.2f}\n"
    (ROOT / "content" / "calibration.yml").write_text(text, encoding="utf-8")
    first = ((sure >= answer) & right)[~outside].mean()
    print(f"{text}right topic answered first {first:.3f}; outside answered {(sure[outside] >= answer).mean():.3f}")


if __name__ == "__main__":
    main()
