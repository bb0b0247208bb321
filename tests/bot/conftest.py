"""The whole service with the trained model: Rasa and the service as real processes on free loopback ports."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 90


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a running service that answers questions; `make test` has trained the model before."""
    folder = tmp_path_factory.mktemp("service")
    port = free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("OUTREACH_")},
        "OUTREACH_PORT": str(port),
        "OUTREACH_ACTION_PORT": str(free_port()),
        "OUTREACH_RASA_URL": f"http://127.0.0.1:{free_port()}",
        "OUTREACH_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/outreach.db",
        "OUTREACH_SECRET": "a secret of the tests, long enough to pass",
        "OUTREACH_SENDER_RATE_PER_S": "200",
        "OUTREACH_SENDER_BURST": "200",
        "OUTREACH_WECHAT_SANDBOX": "false",
        "PYTHONPATH": str(ROOT),
    }
    log = (folder / "service.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "outreach.cli", "serve", "--with-rasa"], cwd=folder, env=environment, stdout=log, stderr=log
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(process, url, folder)
        yield url
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        if process.poll() is not None:
            break
        time.sleep(0.3)
    pytest.fail("the service did not start:\n" + (folder / "service.log").read_text(encoding="utf-8")[-3000:])
