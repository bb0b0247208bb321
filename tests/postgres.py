"""A PostgreSQL of the test run's own: made in a temporary folder, on loopback, stopped and removed at the end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Debian keeps the server programs out of PATH.
FOLDERS = ("/usr/lib/postgresql/15/bin", *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True))
# PostgreSQL refuses to run as root; Debian makes this account for it.
ACCOUNT = "postgres"


class Missing(Exception):
    """What the machine lacks to run PostgreSQL, in words."""


def _program(name: str) -> str:
    found = next((path for path in (shutil.which(name, path=folder) for folder in FOLDERS) if path), None) or shutil.which(name)
    if not found:
        raise Missing(
            f"tests need PostgreSQL 15, but {name} is neither in /usr/lib/postgresql/15/bin nor on PATH "
            "(Debian: apt-get install postgresql-15); they must not be skipped"
        )
    return found


def _as_server(command: list[str]) -> list[str]:
    """Return the command as it must be run: root hands over to the account of PostgreSQL."""
    if os.geteuid() != 0:
        return command
    for switch in (["runuser", "-u", ACCOUNT, "--"], ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--init-groups"]):
        if shutil.which(switch[0]):
            return [*switch, *command]
    raise Missing("tests run as root need runuser or setpriv to start PostgreSQL")


def _run(command: list[str], folder: Path) -> None:
    # its own words go to a file: a server that inherits a pipe would keep us waiting for its end
    with (folder / "words").open("w+b") as words:
        done = subprocess.run(_as_server(command), cwd=folder, stdout=words, stderr=words, timeout=60, check=False)
        words.seek(0)
        if done.returncode:
            raise Missing(f"{Path(command[0]).name} failed:\n{words.read().decode(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running() -> Iterator[str]:
    """Yield the address of a fresh, empty database; raises Missing in words a developer can act on."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="outreach-pg-"))
    try:
        if os.geteuid() == 0:
            try:
                account = pwd.getpwnam(ACCOUNT)
            except KeyError:
                raise Missing(f"tests run as root need the account {ACCOUNT!r} to run PostgreSQL") from None
            os.chown(folder, account.pw_uid, account.pw_gid)
        files, port = folder / "files", _free_port()
        _run([initdb, "-D", str(files), "-U", "outreach", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"], folder)
        options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off -c synchronous_commit=off -c max_connections=60 -c shared_buffers=16MB"
        _run([pg_ctl, "-D", str(files), "-o", options, "-l", str(folder / "log"), "-w", "-t", "60", "start"], folder)
        try:
            yield f"postgresql+asyncpg://outreach@127.0.0.1:{port}/postgres"
        finally:
            _run([pg_ctl, "-D", str(files), "-m", "immediate", "-w", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
