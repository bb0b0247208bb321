"""The WeChat half of `make bench`: turns through two kills, acknowledgements, answers in encryption, sends, one token renewal."""

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import wechat_load
from running import ROOT, free_port, ready

from channels.base import DeliveryError
from channels.wechat.account import Account
from channels.wechat.client import WeChatClient
from channels.wechat.messages import TemplateMessage, send_template
from channels.wechat.tokens import Tokens
from outreach.domain.clock import SystemClock
from outreach.services.sealing import Sealer
from outreach.services.shared_values import DatabaseValues
from outreach.storage.session import UnitOfWork, create_engine
from outreach.storage.upgrade import upgrade
from outreach.wechat_settings import SANDBOX, SANDBOX_TEMPLATES
from tests.channels.wechat import by_hand

MESSAGES, FOLLOWERS = 10_000, 500
SENDS, LATENCY_S = 3000, 0.02
ACCOUNT = {"appid": SANDBOX["APPID"], "token": SANDBOX["TOKEN"], "aes_key": SANDBOX["AES_KEY"]}


def percentile(values: list[float], share: float) -> float:
    """Return the value that ``share`` of them stay within."""
    return sorted(values)[max(0, int(share * len(values)) - 1)]


class Service:
    """The service as a process that can be killed and started again on the same database."""

    def __init__(self, folder: Path, sandbox: str) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = (folder / "service.log").open("ab")
        self.environment = {
            **os.environ,
            "OUTREACH_PORT": self.url.rsplit(":", 1)[1],
            "OUTREACH_ACTION_PORT": str(free_port()),
            "OUTREACH_RASA_URL": f"http://127.0.0.1:{free_port()}",
            "OUTREACH_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/outreach.db",
            "OUTREACH_SECRET": "a secret of the benchmark, long enough to pass",
            "OUTREACH_WECHAT_API": sandbox,
            "PYTHONPATH": str(ROOT),
        }
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start and wait until it answers questions."""
        command = [sys.executable, "-m", "outreach.cli", "serve", "--with-rasa"]
        self.process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=self.log, stderr=self.log)
        await ready(self.url, self.process)

    async def kill(self) -> None:
        """Kill it as a power cut would, and start it again."""
        assert self.process
        self.process.kill()
        self.process.wait()
        await asyncio.sleep(1)
        await self.start()

    def stop(self) -> None:
        """Stop it in order."""
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        self.log.close()


@asynccontextmanager
async def sandbox(callback: str, **faults: Any) -> AsyncIterator[str]:
    """Yield the address of a sandbox process."""
    port = free_port()
    command = [sys.executable, "-m", "channels.wechat_sandbox", "--port", str(port), "--callback", callback]
    command += ["--faults", json.dumps(faults)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as http:
            for _ in range(100):
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get(f"{url}/sandbox/account"):
                        break
                await asyncio.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


async def turns(folder: Path, messages: int, followers: int) -> dict[str, Any]:
    """Return what became of the storm: turns, answers, order; and the latencies at steady rates afterwards."""
    texts = [json.loads(line)["text"] for line in (ROOT / "tests/bot/calibration.jsonl").read_text("utf-8").splitlines()]
    async with sandbox("http://127.0.0.1:9/") as api, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        service = Service(folder, api)
        await service.start()
        try:
            platform = wechat_load.Platform(http, service.url, ACCOUNT)
            kills: list[asyncio.Task[None]] = []

            def progress(done: int) -> None:
                if done in (messages // 3, 2 * messages // 3):
                    kills.append(asyncio.create_task(service.kill()))
                if done % (messages // 10) == 0:
                    print(f"  {done} / {messages}", flush=True)

            began = time.perf_counter()
            people = await followers_of(http, api, followers)
            await wechat_load.storm(platform, wechat_load.Plan(messages, people), texts, progress)
            await asyncio.gather(*kills)
            seconds = time.perf_counter() - began
            await asyncio.sleep(25)  # what nobody asks for again is pushed meanwhile
            passive = platform.seen
            found = {"seconds": seconds, "kills": len(kills), **judged(folder, passive.replies)}
            print(found, flush=True)
            found["acknowledged"] = await acknowledgements(platform)
            found["answered"] = await answers(platform, texts)
        finally:
            service.stop()
    return found


def judged(folder: Path, replies: dict[int, list[str]]) -> dict[str, Any]:
    """Return counts from the ledger itself, and how often a message got more than one passive reply."""
    database = sqlite3.connect(folder / "outreach.db")
    one = lambda query: database.execute(query).fetchone()[0]  # noqa: E731
    rows = database.execute(
        "select a.sender_key, a.message_id, a.received_at, c.asked_at from arrivals a join consultations c on c.id = a.id order by a.sender_key, c.asked_at"
    ).fetchall()
    # answered after one that was both sent and received later
    swaps = sum(
        1
        for first, second in zip(rows, rows[1:])
        if first[0] == second[0] and int(first[1]) > int(second[1]) and first[2] > second[2]
    )
    return {
        "arrivals": one("select count(*) from arrivals"),
        "turns": one("select count(*) from consultations where state = 'answered'"),
        "unanswered": one("select count(*) from consultations where state <> 'answered'"),
        "said": dict(database.execute("select coalesce(said_by, state), count(*) from arrivals group by 1").fetchall()),
        "left": one("select count(*) from arrivals where state <> 'said'"),
        "swaps": swaps,
        "twice": sum(1 for texts in replies.values() if len(texts) > 1),
    }


async def acknowledgements(platform: wechat_load.Platform) -> float:
    """Return the p99 of repeated messages and events at 200 a second, in milliseconds."""
    repeated = [by_hand.text_message("高中助学金有多少", 900_000 + n % 50, f"oAck{n % 50}") for n in range(50)]
    for number, fields in enumerate(repeated):
        await platform.deliver(fields, number)
    events = [by_hand.event("TEMPLATESENDJOBFINISH", f"oAck{n}", MsgID=n, Status="success") for n in range(1000)]
    mixed = [item for pair in zip((repeated * 20)[:1000], events) for item in pair]
    return percentile(await wechat_load.steady(platform, mixed, 200), 0.99)


async def answers(platform: wechat_load.Platform, texts: list[str]) -> tuple[float, int]:
    """Return the p99 of questions in encryption at 30 a second, in milliseconds, and how many were answered in time."""
    asked = [by_hand.text_message(texts[n % len(texts)], 950_000 + n, f"oAsk{n % 200}") for n in range(900)]
    latencies = await wechat_load.steady(platform, asked, 30)
    return percentile(latencies, 0.99), len(platform.seen.replies)


async def outbound(folder: Path) -> dict[str, float]:
    """Return sends a second of one process at 20 ms latency, and how many tokens 200 senders renew when theirs has ended."""
    async with (
        sandbox("http://127.0.0.1:9/", api_latency_s=LATENCY_S) as api,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
    ):
        people = await followers_of(http, api, 100)
        engine = create_engine(f"sqlite+aiosqlite:///{folder}/outbound.db")
        await upgrade(engine)
        clock = SystemClock()
        account = Account(SANDBOX["APPID"], SANDBOX["SECRET"], SANDBOX["TOKEN"], SANDBOX["AES_KEY"], api=api)
        tokens = Tokens(account, http, DatabaseValues(UnitOfWork(engine), Sealer(b"bench"), clock), clock)
        client = WeChatClient(account, http, tokens, clock, at_once=40, per_second=2000)
        message = lambda n: TemplateMessage(people[n % len(people)], SANDBOX_TEMPLATES["notice"], FIELDS)  # noqa: E731
        await send_template(client, message(0))
        began = time.perf_counter()
        await asyncio.gather(*(send_template(client, message(n)) for n in range(SENDS)))
        rate = SENDS / (time.perf_counter() - began)
        before = await _issued(http, api)
        async with http.post(f"{api}/sandbox/tokens", json={"how": "expired"}):
            pass
        wide = WeChatClient(account, http, tokens, clock, at_once=200, per_second=5000)
        results = await asyncio.gather(*(send_template(wide, message(n)) for n in range(200)), return_exceptions=True)
        failed = sum(isinstance(result, DeliveryError) for result in results)
        renewed = await _issued(http, api) - before
        await engine.dispose()
    return {"rate": rate, "renewed": renewed, "failed": failed}


FIELDS = {"thing1": "国家资助政策告知书", "thing2": "周小禾", "thing3": "巴川示例小学", "time4": "2026年11月30日 18:00"}


async def followers_of(http: aiohttp.ClientSession, api: str, count: int) -> list[str]:
    """Return the openids of so many new followers."""
    async with http.post(f"{api}/sandbox/followers", json={"count": count, "prefix": "load", "opened": True}) as response:
        return [follower["openid"] for follower in await response.json()]


async def _issued(http: aiohttp.ClientSession, api: str) -> int:
    async with http.get(f"{api}/sandbox/record", params={"counts": "1"}) as response:
        return int((await response.json())["issued"])


def page(found: dict[str, Any], sends: dict[str, float]) -> str:
    """Return the section in Chinese."""
    p99, in_time = found["answered"]
    lines = [
        "## 微信通道", "",
        f"{MESSAGES} 条不同的消息，{FOLLOWERS} 人，三成重发，一成两条抢先后，中途 kill -9 服务 {found['kills']} 次（用时 {found['seconds']:.0f} 秒）；"
        "平台一侧用另写的签名和加密。", "",
        "| 指标 | 结果 | 目标 |", "| --- | --- | --- |",
        f"| 轮数 | {found['turns']}（收到 {found['arrivals']}，没答上 {found['unanswered']}） | 正好 {MESSAGES} |",
        f"| 没送出的答复 | {found['left']} | 0 |",
        f"| 同一条得到两次被动回复 | {found['twice']} | 0（被杀的那一刻除外） |",
        f"| 后发后到的反而先答 | {found['swaps']} | 0 |",
        f"| 答复方式 | {'，'.join(f'{k} {v}' for k, v in found['said'].items())} | |",
        f"| 重复消息和事件，每秒 200 条，p99 | {found['acknowledged']:.0f} 毫秒 | < 100 |",
        f"| 加密问答，每秒 30 条，p99 | {p99:.0f} 毫秒（{in_time} / 900 当场答复） | < 500 |",
        f"| 外发，平台延迟 20 毫秒，单进程 | 每秒 {sends['rate']:.0f} 条 | ≥ 300 |",
        f"| 200 个发送者同时碰上过期令牌 | 刷新 {sends['renewed']:.0f} 次，失败 {sends['failed']:.0f} 条 | 1 次 |", "",
    ]  # fmt: skip
    return "\n".join(lines)


async def main() -> str:
    """Measure everything; returns the section."""
    messages, followers = (int(value) for value in (sys.argv[1:3] or (MESSAGES, FOLLOWERS)))
    kept = os.environ.get("BENCH_FOLDER")
    with contextlib.nullcontext(kept) if kept else tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sends = await outbound(folder)
        print(sends, flush=True)
        found = await turns(folder, messages, followers)
    print(found)
    return page(found, sends)


if __name__ == "__main__":
    print(asyncio.run(main()))
