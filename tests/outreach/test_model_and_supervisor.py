"""The model file is trained when its material changed and loaded only if it is ours; Rasa is restarted and stopped."""

import asyncio
import hashlib
import json
import sys
from pathlib import Path

import pytest

from outreach import supervisor
from outreach.domain.errors import ContentError, NotFound
from outreach.model import MANIFEST, Model, current, material_digest
from outreach.supervisor import RasaCommand, keep_running


def made(folder: Path, content: bytes = b"model") -> Path:
    """Write a model file with its manifest."""
    path = folder / "student-aid-x.tar.gz"
    path.write_bytes(content)
    manifest = {"file": path.name, "digest": "d", "sha256": hashlib.sha256(content).hexdigest()}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return path


def test_the_digest_changes_with_a_phrase_and_not_with_the_time(tmp_path: Path) -> None:
    phrases = tmp_path / "data" / "nlu"
    phrases.mkdir(parents=True)
    (phrases / "a.yml").write_text("one", encoding="utf-8")
    before = material_digest(tmp_path)
    assert material_digest(tmp_path) == before
    (phrases / "a.yml").write_text("two", encoding="utf-8")
    assert material_digest(tmp_path) != before


def test_a_model_file_that_was_changed_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path)
    assert current(tmp_path).path == path
    path.write_bytes(b"somebody else's")
    with pytest.raises(ContentError):
        current(tmp_path)


def test_without_a_model_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        current(tmp_path)


class Sleeper(RasaCommand):
    """Starts a process that notes its start and ends, or stays."""

    def arguments(self) -> list[str]:
        """Return the command of the stand-in."""
        script = f"open({str(self.root / 'starts')!r}, 'a').write('x'); import time; time.sleep({self.rasa_url})"
        return [sys.executable, "-c", script]


def sleeper(folder: Path, seconds: str) -> Sleeper:
    """Return a stand-in that lives for ``seconds``."""
    return Sleeper(Path(sys.executable), folder, Model(folder / "m", "", ""), seconds, "", folder / "rasa.log")


async def test_a_process_that_dies_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_S", 0.02)
    task = asyncio.create_task(keep_running(sleeper(tmp_path, "0")))
    for _ in range(200):
        await asyncio.sleep(0.05)
        if (tmp_path / "starts").exists() and len((tmp_path / "starts").read_text()) >= 3:
            break
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len((tmp_path / "starts").read_text()) >= 3


async def test_stopping_the_service_stops_the_process(tmp_path: Path) -> None:
    task = asyncio.create_task(keep_running(sleeper(tmp_path, "60")))
    for _ in range(200):
        await asyncio.sleep(0.05)
        if (tmp_path / "starts").exists():
            break
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 10)
