"""Stock Rasa on our own phrases, for comparison: its project as files, its training, its server. Either Python.

Knows the phrases of data/nlu; uses nothing of bot/ or outreach/, so that the comparison is with Rasa as it comes.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "var" / "stock"
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
# Nothing leaves this machine; all else is as Rasa comes.
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "PYTHONWARNINGS": "ignore"}
FIXED_TEXT = "请问学校资助老师。"

WORDS: list[dict[str, Any]] = [{"name": "JiebaTokenizer"}, {"name": "CountVectorsFeaturizer"}]
# as `rasa init` writes them: words, and characters within words
FEATURES: list[dict[str, Any]] = [
    *WORDS,
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
DIET: dict[str, Any] = {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True, "random_seed": 7}
LOGISTIC: dict[str, Any] = {"name": "LogisticRegressionClassifier", "random_state": 7}
PIPELINES: dict[str, list[dict[str, Any]]] = {
    "diet": [*FEATURES, DIET],
    "diet-words": [*WORDS, DIET],
    "logistic": [*FEATURES, LOGISTIC],
}
# the defaults of Rasa's FallbackClassifier
THRESHOLD, AMBIGUITY = 0.3, 0.1
_ACTIONS = f'''
from rasa_sdk import Action


class Answer(Action):
    def name(self):
        return "action_answer"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="{FIXED_TEXT}")
        return []
'''


def phrases(folder: Path = ROOT / "data" / "nlu") -> list[tuple[str, str]]:
    """Return (phrase, label) for every training phrase; a policy phrase's label is ``policy/<topic-id>``."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            topic = (entry.get("metadata") or {}).get("topic")
            label = f"{entry['intent']}/{topic}" if topic else str(entry["intent"])
            found += [(line[2:].strip(), label) for line in entry["examples"].splitlines() if line.startswith("- ")]
    return found


def flat(label: str) -> str:
    """Return ``label`` as an intent name that Rasa takes: a slash would make it a retrieval intent."""
    return label.replace("/", "--")


def label_of(intent: str) -> str:
    """Return the label of an intent named by ``flat``."""
    return intent.replace("--", "/")


def falls_back(confidences: Sequence[float]) -> bool:
    """Tell whether FallbackClassifier would decline, given the confidences of the ranking, best first."""
    close = len(confidences) > 1 and confidences[0] - confidences[1] < AMBIGUITY
    return bool(confidences[0] < THRESHOLD or close)


def digest(*parts: object) -> str:
    """Return 12 hexadecimal digits over ``parts`` as JSON."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]


def config(pipeline: str, epochs: int | None = None) -> dict[str, Any]:
    """Return Rasa's configuration with one of PIPELINES; ``epochs`` are DIET's."""
    components = [dict(component) for component in PIPELINES[pipeline]]
    if epochs is not None and "epochs" in components[-1]:
        components[-1]["epochs"] = epochs
    return {
        "assistant_id": "stock",
        "recipe": "default.v1",
        "language": "zh",
        "pipeline": components,
        "policies": [{"name": "RulePolicy"}],
    }


def place(pipeline: str, examples: Sequence[tuple[str, str]], *, epochs: int | None = None) -> Path:
    """Return where the model trained on ``examples`` is kept, whether it is there or not."""
    return CACHE / f"stock-{pipeline}-{digest(config(pipeline, epochs), list(examples))}" / "models" / "stock.tar.gz"


def model(pipeline: str, examples: Sequence[tuple[str, str]], *, epochs: int | None = None) -> tuple[Path, bool]:
    """Return (the model trained on ``examples``, whether it was found in the cache and not trained now)."""
    path = place(pipeline, examples, epochs=epochs)
    if path.exists():
        return path, True
    folder, settings = path.parent.parent, config(pipeline, epochs)
    folder.mkdir(parents=True, exist_ok=True)
    write_project(folder, settings, examples)
    command = [str(RASA_PYTHON), "-m", "rasa", "train", "--domain", "domain.yml", "--data", "data", "--config", "config.yml"]
    command += ["--out", "models", "--fixed-model-name", "stock", "--skip-validation"]
    with (folder / "train.log").open("wb") as log:
        subprocess.run(command, cwd=folder, env={**os.environ, **QUIET}, stdout=log, stderr=log, check=True)
    return path, False


def write_project(folder: Path, settings: dict[str, Any], examples: Sequence[tuple[str, str]]) -> None:
    """Write a Rasa project with one intent a label and one rule an intent, all calling one custom action."""
    by_intent: dict[str, list[str]] = {}
    for text, label in examples:
        by_intent.setdefault(flat(label), []).append(text)
    nlu = [{"intent": name, "examples": "".join(f"- {text}\n" for text in texts)} for name, texts in by_intent.items()]
    rules = [{"rule": f"answer {name}", "steps": [{"intent": name}, {"action": "action_answer"}]} for name in by_intent]
    (folder / "data").mkdir(exist_ok=True)
    _dump(folder / "config.yml", settings)
    _dump(folder / "domain.yml", {"version": "3.1", "intents": list(by_intent), "actions": ["action_answer"]})
    _dump(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": nlu})
    _dump(folder / "data" / "rules.yml", {"version": "3.1", "rules": rules})


def write_server(folder: Path, action_url: str) -> None:
    """Write what `rasa run` and the action server read: the `rest` channel, the default tracker store, one fixed answer."""
    _dump(folder / "endpoints.yml", {"action_endpoint": {"url": action_url}})
    _dump(folder / "credentials.yml", {"rest": None})
    (folder / "stock_actions.py").write_text(_ACTIONS, encoding="utf-8")


def _dump(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
