"""The two sides of the comparison, each a running server with its address: our service, and stock Rasa 3.6. Python 3.12."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import stock

from evaluation.load import Target
from evaluation.processes import descendants, free_ports, server, wait_for

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "var" / "bench"
# What the console script `outreach` runs.
OUTREACH = "from outreach.cli import main; raise SystemExit(main())"
# One sender asks as fast as it is answered here; the pace of real senders is a setting of the service.
UNHURRIED = {"OUTREACH_SENDER_RATE_PER_S": "1000", "OUTREACH_SENDER_BURST": "10000"}


@dataclass(frozen=True)
class Side:
    """A server that answers: its processes by name, and the seconds until its first answer was possible."""

    target: Target
    pids: dict[str, int]
    ready_s: float


@contextlib.contextmanager
def ours(database: Path) -> Iterator[Side]:
    """Run `outreach serve --with-rasa` on free ports with the SQLite file ``database``."""
    public, actions, rasa = free_ports(3)
    env = {key: value for key, value in os.environ.items() if not key.startswith("OUTREACH_")}
    env |= UNHURRIED | {
        "OUTREACH_PORT": str(public),
        "OUTREACH_ACTION_PORT": str(actions),
        "OUTREACH_RASA_URL": f"http://127.0.0.1:{rasa}",
        "OUTREACH_DATABASE_URL": f"sqlite+aiosqlite:///{database}",
    }
    command = [sys.executable, "-c", OUTREACH, "serve", "--with-rasa"]
    with server(command, cwd=ROOT, env=env, log=LOGS / "service.log") as pid:
        ready_s = wait_for(f"http://127.0.0.1:{public}/healthz", pid)
        target = Target(f"http://127.0.0.1:{public}/channels/web/messages", _our_body, _our_answer)
        yield Side(target, {"service": pid, "rasa": descendants(pid)[0]}, ready_s)


@contextlib.contextmanager
def theirs(model: Path) -> Iterator[Side]:
    """Run stock Rasa with ``model`` on its `rest` channel, and its action server beside it."""
    rasa, actions = free_ports(2)
    python = str(ROOT / ".venv-rasa" / "bin" / "python")
    env = {**os.environ, **stock.QUIET}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        home = Path(folder)
        stock.write_server(home, f"http://127.0.0.1:{actions}/webhook")
        act = [python, "-m", "rasa_sdk", "--actions", "stock_actions", "--port", str(actions)]
        run = [python, "-m", "rasa", "run", "--model", str(model), "--endpoints", "endpoints.yml", "--credentials"]
        run += ["credentials.yml", "--interface", "127.0.0.1", "--port", str(rasa)]
        act_pid = stack.enter_context(server(act, cwd=home, env=env, log=LOGS / "stock-actions.log"))
        wait_for(f"http://127.0.0.1:{actions}/health", act_pid)
        pid = stack.enter_context(server(run, cwd=home, env=env, log=LOGS / "stock-rasa.log"))
        ready_s = wait_for(f"http://127.0.0.1:{rasa}/webhooks/rest/", pid)
        target = Target(f"http://127.0.0.1:{rasa}/webhooks/rest/webhook", _their_body, _their_answer)
        yield Side(target, {"rasa": pid, "actions": act_pid}, ready_s)


def _our_body(sender: str, text: str) -> dict[str, str]:
    return {"sender": sender, "text": text}


def _our_answer(raw: Any) -> bool:
    messages = raw.get("messages") or []
    return bool(messages) and all(message["text"] and message["kind"] != "error" for message in messages)


def _their_body(sender: str, text: str) -> dict[str, str]:
    return {"sender": sender, "message": text}


def _their_answer(raw: Any) -> bool:
    return isinstance(raw, list) and bool(raw) and all(item.get("text") == stock.FIXED_TEXT for item in raw)
