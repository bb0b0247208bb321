"""The command line speaks Chinese, keeps the order of a batch, and wrong settings are said loudly."""

import json
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from outreach import settings
from outreach.cli import main
from outreach.commands.ask import _batch
from outreach.domain.errors import ContentError


def test_the_help_is_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "用法" in (shown := capsys.readouterr().out) and "提问" in shown


def test_a_wrong_command_says_how_it_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["nothing"])
    told = capsys.readouterr().err
    assert caught.value.code == 2 and "--help" in told and "只能是" in told and "invalid" not in told


def test_the_production_check_lists_what_the_office_has_to_fill_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--production"]) == 1
    assert "fill_in.phone" in capsys.readouterr().out


async def test_a_batch_keeps_its_order(tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        text = (await request.json())["text"]
        message = {"text": text, "kind": "answer", "intent": "policy", "topics": ["t"], "buttons": [], "score": 1.0}
        return web.json_response({"messages": [message]})

    app = web.Application()
    app.add_routes([web.post("/channels/web/messages", answer)])
    questions, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"id": n, "text": f"问题{n}", "sender": f"s{n % 3}"} for n in range(30)]
    questions.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    async with TestServer(app) as server:
        assert await _batch(str(server.make_url("")).rstrip("/"), questions, out) == 0
    results = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(r["id"], r["text"]) for r in results] == [(row["id"], row["text"]) for row in rows]


def test_a_wrong_line_of_a_batch_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"id":1,"text":"好"}\n{"id":2,"text":null}\n', encoding="utf-8")
    assert main(["ask", "--batch", str(path)]) == 2
    assert "第 2 行" in capsys.readouterr().err


@pytest.mark.parametrize(
    "environ",
    [
        {"OUTREACH_PORT": "http"},
        {"OUTREACH_MODE": "test"},
        {"OUTREACH_ACCEPT_SENDER": "yes"},
        {"OUTREACH_NO_SUCH": "1"},
        {"OUTREACH_MODE": "production"},
        {"OUTREACH_MODE": "production", "OUTREACH_SECRET": "short"},
        {"OUTREACH_RASA_TIMEOUT_S": "-1"},
    ],
)
def test_a_wrong_setting_is_refused_with_its_cure(environ: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        settings.load(environ, root=tmp_path)
    assert caught.value.data["cure"]


def test_production_closes_the_named_sender_and_hides_the_secret(tmp_path: Path) -> None:
    loaded = settings.load({"OUTREACH_MODE": "production", "OUTREACH_SECRET": "s" * 32}, root=tmp_path)
    assert loaded.production and not loaded.accept_sender and "ssss" not in repr(loaded)


def test_the_demo_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = settings.load({}, root=tmp_path).secret
    assert settings.load({}, root=tmp_path).secret == first
    assert (tmp_path / "var" / "secret").stat().st_mode & 0o077 == 0
