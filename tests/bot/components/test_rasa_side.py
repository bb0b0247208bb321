"""Runs the tests of what can only be imported beside Rasa, in Rasa's own environment."""

import subprocess

import pytest

from outreach.settings import ROOT

PYTHON = ROOT / ".venv-rasa" / "bin" / "python"


def test_the_pure_parts_of_the_component_hold_on_the_rasa_side() -> None:
    if not PYTHON.exists():
        pytest.fail("there is no .venv-rasa: run make setup", pytrace=False)
    command = [str(PYTHON), "-m", "unittest", "-q", "tests.rasa_side.understanding"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
