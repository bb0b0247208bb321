"""The command line: settings from arguments and the environment, one address only, a clean end."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from channels.wechat_sandbox.__main__ import parsed
from channels.wechat_sandbox.account import Security, read_account

ROOT = Path(__file__).resolve().parents[3]
GIVEN = ["--callback", "http://127.0.0.1:8080/channels/wechat/callback"]


def test_settings_have_documented_defaults() -> None:
    config, port = parsed(GIVEN)
    assert (port, config.seed, config.security, config.limit_s, config.tries) == (8090, 7, Security.SAFE, 5.0, 3)
    assert config.origins == ("http://127.0.0.1:8080",)


@pytest.mark.parametrize("wrong", [["--host", "0.0.0.0"], ["--faults", '{"no": 1}'], ["--faults", "x"], ["--security", "none"]])
def test_wrong_settings_are_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit):
        parsed([*GIVEN, *wrong])


def test_the_account_comes_from_the_environment_over_the_defaults() -> None:
    account = read_account('{"appid": "wx1"}')
    assert account.appid == "wx1" and len(account.aes_key) == 43 and "secret" not in repr(account)
    with pytest.raises(ValueError, match="appld"):
        read_account('{"appld": "wx1"}')


async def test_it_ends_cleanly_on_sigterm() -> None:
    environment = {**os.environ, "SANDBOX_ACCOUNT": json.dumps({"name": "测试号"})}
    command = [sys.executable, "-m", "channels.wechat_sandbox", "--port", "0", *GIVEN, "--cast", "content/cast.yml"]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    async with asyncio.timeout(10):
        assert "微信沙箱" in (await process.stdout.readline()).decode()
        await asyncio.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
