"""Reads the training files once: Rasa's own importer parses every file again for each step of a training."""

from typing import Any, Optional

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData


class OnceImporter(RasaFileImporter):
    """``RasaFileImporter`` that remembers the phrases it has read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read: Optional[TrainingData] = None

    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """Return the phrases of ``data/nlu``, parsed at the first call: Rasa asks for them once a language, ours have one."""
        if self._read is None:
            self._read = super().get_nlu_data(language)
        return self._read
