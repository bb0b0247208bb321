"""The Rasa graph component around ``understanding``: trains the ranker, persists it, and marks each message."""

import gc
from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.understanding import Understanding


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class UnderstandingComponent(GraphComponent, IntentClassifier):
    """Sets ``intent``, ``intent_ranking`` and ``understanding`` on each message."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the defaults: ``content`` is the content folder, read at training only."""
        return {"content": "content"}

    def __init__(
        self, config: Dict[str, Any], storage: ModelStorage, resource: Resource, understanding: Optional[Understanding] = None
    ) -> None:
        self._content = Path(config["content"])
        self._storage = storage
        self._resource = resource
        self._understanding = understanding

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "UnderstandingComponent":
        """Create an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "UnderstandingComponent":
        """Load a trained one from the model file."""
        with model_storage.read_from(resource) as folder:
            loaded = cls(config, model_storage, resource, Understanding.load(folder))
        # What is loaded by now stays for good; a full collection that walks through all of Rasa stops every answer meanwhile.
        gc.collect()
        gc.freeze()
        return loaded

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples of ``data/nlu``; the scale of the probabilities is the calibration's."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        phrases = [str(example.get(TEXT)) for example in examples]
        names = [_label(example) for example in examples]
        # a serving process shall not load scikit-learn, pypinyin and jieba's dictionary: 140 MB
        from bot.components.training import learn  # noqa: PLC0415

        with self._storage.write_to(self._resource) as folder:
            learn(self._content, phrases, names).save(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Mark each message; a message of ours that starts with / is marked by Rasa itself."""
        for message in messages:
            context = (message.get("metadata") or {}).get("context")
            understood = self._understood(str(message.get(TEXT) or ""), context)
            message.set(
                INTENT,
                {INTENT_NAME_KEY: understood.intent, PREDICTED_CONFIDENCE_KEY: understood.confidence},
                add_to_output=True,
            )
            ranking = [{INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: score} for name, score in understood.ranking]
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set("understanding", understood.json, add_to_output=True)
        return messages

    def _understood(self, text: str, context: Optional[Dict[str, Any]]) -> Any:
        if self._understanding is None:
            raise RuntimeError("component used before it was trained")
        return self._understanding(text, context)


def _label(example: Message) -> str:
    """Return the intent, a policy phrase with its topic: ``policy/<topic-id>`` (``metadata: {topic: …}`` in data/nlu)."""
    intent = str(example.get(INTENT))
    topic = ((example.get("metadata") or {}).get("intent") or {}).get("topic")
    return f"{intent}/{topic}" if topic else intent
