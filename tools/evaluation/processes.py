"""Servers under measurement: started on free loopback ports, measured, and stopped with all their children. Either Python."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

STOP_S = 15.0
# No proxy of the environment may stand between us and loopback.
_LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_ports(count: int) -> list[int]:
    """Return ``count`` different ports that are free on loopback now."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in sockets]


@contextlib.contextmanager
def server(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path) -> Iterator[int]:
    """Run ``command`` and yield its process id; on leaving, it and every child of it are gone, whatever happened."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(list(command), cwd=cwd, env=dict(env), stdout=output, stderr=output, start_new_session=True)
    try:
        yield process.pid
    finally:
        # the family is listed before the parent ends: afterwards its children have another parent
        family = descendants(process.pid)
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pid in family:
            _end(pid)


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """Return the ids of all processes below ``pid``, nearest first."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        for file in Path(f"/proc/{waiting.pop(0)}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                children = [int(word) for word in file.read_text().split()]
                found += children
                waiting += children
    return found


def resident_mb(pid: int) -> float:
    """Return the resident memory of one process in MB (1 MB = 10⁶ bytes)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def cpu_s(pid: int) -> float:
    """Return the processor seconds one process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(url: str, pid: int, *, within_s: float = 180.0) -> float:
    """Wait until ``url`` answers 200; returns the seconds it took.

    Raises RuntimeError when process ``pid`` ends first, TimeoutError after ``within_s``.
    """
    started = time.monotonic()
    while time.monotonic() - started < within_s:
        with contextlib.suppress(OSError, urllib.error.HTTPError), _LOCAL.open(url, timeout=2) as response:
            if response.status == 200:
                return time.monotonic() - started
        if _ended(pid):
            raise RuntimeError(f"server {pid} ended before it answered {url}")
        time.sleep(0.1)
    raise TimeoutError(url)


def _ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
