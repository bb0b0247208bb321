"""Training through a stand-in for Rasa, and stopping a Rasa that does not want to stop."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from outreach import supervisor
from outreach.domain.errors import ContentError
from outreach.model import MATERIAL, Model, current, material_digest, train
from outreach.settings import ROOT
from outreach.supervisor import RasaCommand, keep_running

TRAINS = """#!/bin/sh
echo run >> runs
while [ $# -gt 0 ]; do case $1 in --out) out=$2;; --fixed-model-name) name=$2;; esac; shift; done
echo "model of $(cat data/nlu/a.yml)" > "$out/$name.tar.gz"
"""
FAILS = "#!/bin/sh\necho 'the file a.yml has no intent'\nexit 1\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project of one phrase."""
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "a.yml").write_text("one", encoding="utf-8")
    return tmp_path


def python(folder: Path, script: str) -> Path:
    """Return a program that stands in for the interpreter of Rasa's environment."""
    path = folder / "python"
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)
    return path


async def test_training_happens_once_and_again_when_a_phrase_changes(root: Path) -> None:
    models = root / "models"
    first, trained = await train(root, models, python(root, TRAINS))
    assert trained and current(models) == first
    assert await train(root, models, python(root, TRAINS)) == (first, False)
    (root / "data" / "nlu" / "a.yml").write_text("two", encoding="utf-8")
    second, trained = await train(root, models, python(root, TRAINS))
    assert trained and second.digest != first.digest
    assert [path.name for path in models.glob("*.tar.gz")] == [second.path.name]


async def test_training_can_be_forced_and_replaces_a_file_that_was_changed(root: Path) -> None:
    model, _ = await train(root, root / "models", python(root, TRAINS))
    assert (await train(root, root / "models", python(root, TRAINS), force=True))[1]
    model.path.write_bytes(b"somebody else's")
    assert (await train(root, root / "models", python(root, TRAINS)))[1]
    assert current(root / "models").digest == model.digest


async def test_a_failed_training_says_why_and_leaves_the_model_as_it_was(root: Path) -> None:
    before, _ = await train(root, root / "models", python(root, TRAINS))
    (root / "data" / "nlu" / "a.yml").write_text("two", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        await train(root, root / "models", python(root, FAILS))
    assert "has no intent" in str(caught.value.data["cure"])
    assert current(root / "models") == before


@pytest.mark.parametrize(
    "name", ["data/nlu/new.yml", "data/rules/r.yml", "bot/components/c.py", "bot/domain/d.yml", "content/lexicon.yml"]
)
def test_the_digest_sees_every_file_a_model_is_made_of(root: Path, name: str) -> None:
    before = material_digest(root)
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("new", encoding="utf-8")
    assert material_digest(root) != before


def test_the_digest_does_not_change_with_what_no_model_is_made_of(root: Path) -> None:
    before = material_digest(root)
    for name in ("README.md", "data/nlu/.a.yml.swp", "content/policies/p.yml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("new", encoding="utf-8")
    assert material_digest(root) == before


def test_everything_a_model_is_made_of_is_there() -> None:
    assert [name for name in MATERIAL if not (ROOT / name).exists()] == []


class Stubborn(RasaCommand):
    """Starts a process that notes its number and ignores SIGTERM."""

    def arguments(self) -> list[str]:
        """Return the command of the stand-in."""
        script = "import os,signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open('pid','w').write(str(os.getpid())); time.sleep(60)"
        return [sys.executable, "-c", script]


async def test_a_process_that_ignores_the_signal_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_S", 0.2)
    command = Stubborn(Path(sys.executable), tmp_path, Model(tmp_path, "", ""), "", "", tmp_path / "log")
    task = asyncio.create_task(keep_running(command))
    async with asyncio.timeout(20):
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 10)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_the_first_restart_comes_after_the_first_pause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    class Dies(RasaCommand):
        def arguments(self) -> list[str]:
            return ["/bin/false"]

    real = asyncio.sleep

    async def note(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 6:
            raise asyncio.CancelledError
        await real(0)

    monkeypatch.setattr(supervisor.asyncio, "sleep", note)
    with pytest.raises(asyncio.CancelledError):
        await keep_running(Dies(Path("x"), tmp_path, Model(tmp_path, "", ""), "", "", tmp_path / "log"))
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0]
