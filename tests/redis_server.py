"""A Redis of the test run's own: on a free port of loopback, without files, stopped at the end."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Missing(Exception):
    """What the machine lacks to run Redis, in words."""


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
    except OSError:
        return False


@contextmanager
def running() -> Iterator[str]:
    """Yield the address of an empty Redis; raises Missing in words a developer can act on."""
    program = shutil.which("redis-server")
    if not program:
        raise Missing("tests need redis-server on PATH (Debian: apt-get install redis-server); they must not be skipped")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="outreach-redis-") as folder, (Path(folder) / "words").open("wb") as words:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
        server = subprocess.Popen(command, stdout=words, stderr=words)
        try:
            until = time.monotonic() + 20
            while not _answers(port):
                if server.poll() is not None or time.monotonic() > until:
                    raise Missing("redis-server did not start: " + (Path(folder) / "words").read_text(errors="replace")[-2000:])
                time.sleep(0.02)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(20)
