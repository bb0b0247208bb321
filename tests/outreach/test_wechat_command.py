"""`outreach wechat`: the table and the menu, on the sandbox, in Chinese, with an exit status that a script can read."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.wechat import menu
from channels.wechat.doctor import Item, State
from outreach.cli import main
from outreach.commands.wechat import table
from outreach.environment import PREFIX
from tests.builders import SECRET
from tests.channels.wechat_sandbox.stand import Sandbox, running


@pytest.fixture
async def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    """Yield a sandbox that the settings lead to."""
    monkeypatch.chdir(tmp_path)
    async with running() as made:
        given = {
            "SECRET": SECRET,
            "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/outreach.db",
            "ORIGIN": made.world.config.origins[0],
            **{f"WECHAT_{host}": made.url for host in ("API", "AUTHORIZE", "CONSOLE")},
        }
        for name, value in given.items():
            monkeypatch.setenv(PREFIX + name, value)
        yield made


async def run(*words: str) -> int:
    """Run a command as from the shell."""
    return await asyncio.to_thread(main, ["wechat", *words])


async def test_the_menu_is_pushed_and_shown_and_the_doctor_sees_it(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run("doctor") == 1
    before = capsys.readouterr().out
    assert "menu push" in before and "项不对" in before
    assert await run("menu", "push") == 0
    assert "function:eligibility" in capsys.readouterr().out and len(sandbox.world.menu.buttons) == 3
    assert await run("menu", "show") == 0
    assert "function:eligibility" in capsys.readouterr().out
    assert await run("doctor") == 1  # nobody listens at our own callback here
    after = capsys.readouterr()
    (line,) = [line for line in after.out.splitlines() if line.startswith("菜单")]
    assert "✓" in line and after.err == ""


async def test_a_refusal_is_one_line_with_its_cure(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    await sandbox.post("/sandbox/faults", {"refuse": {"/cgi-bin/menu/create": 48001}})
    assert await run("menu", "push") == 1
    told = capsys.readouterr()
    assert "48001" in told.out and "权限" in told.out and told.err == ""


def test_without_an_account_it_is_said_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(PREFIX + "WECHAT_SANDBOX", "false")
    assert main(["wechat", "doctor"]) == 2
    assert "README" in capsys.readouterr().err


def test_the_table_stands_in_columns_whatever_the_width_of_its_words() -> None:
    items = [
        Item("菜单", State.RIGHT),
        Item("IP 白名单", State.WRONG, "平台答 40164", "加上"),
        Item("a", State.UNKNOWN, "没有", "看"),
    ]
    lines = table(items).splitlines()
    assert [menu.width(line[: line.index(mark)]) for line, mark in zip(lines, "状✓✗?", strict=True)] == [11] * 4
    assert "40164" in lines[2] and "加上" in lines[2]
