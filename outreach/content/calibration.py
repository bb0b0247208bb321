"""The dialogue's thresholds, as `make calibrate` wrote them."""

from pathlib import Path

from outreach.content.catalogue import read_yaml
from outreach.domain.dialogue import Thresholds
from outreach.domain.errors import ContentError


def thresholds(folder: Path) -> Thresholds:
    """Return the thresholds of ``calibration.yml``; raises ContentError."""
    raw = read_yaml(folder / "calibration.yml")
    try:
        return Thresholds(answer=float(raw["answer"]), offer=float(raw["offer"]), decline=float(raw["decline"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ContentError(file="calibration.yml", key=str(error), cure="运行 make calibrate 重新生成") from error
