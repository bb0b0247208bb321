"""The numbers that `make calibrate` chose on phrases that are neither training nor held-out."""

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Calibration:
    """``scale`` turns the ranker's margins into probabilities."""

    scale: float


def read_calibration(content: Path) -> Calibration:
    """Read ``calibration.yml`` in the content folder; raises OSError, KeyError."""
    raw = yaml.safe_load((content / "calibration.yml").read_text(encoding="utf-8"))
    return Calibration(scale=float(raw["scale"]))
