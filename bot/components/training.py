"""From phrases and the content folder to an understanding that can be saved."""

from pathlib import Path
from typing import Sequence

from bot.components.calibration import read_calibration
from bot.components.features import Features, dictionary
from bot.components.learning import train
from bot.components.lexicon import Lexicon
from bot.components.sounds import all_sounds
from bot.components.understanding import Understanding


def learn(content: Path, phrases: Sequence[str], names: Sequence[str]) -> Understanding:
    """Learn ``names`` (one a phrase, topics as policy/<id>) with the lexicon and the calibration of ``content``."""
    lexicon = Lexicon.read(content / "lexicon.yml", all_sounds())
    features = Features(lexicon, dictionary(lexicon, phrases))
    return Understanding(features, train(features, phrases, names, scale=read_calibration(content).scale))
