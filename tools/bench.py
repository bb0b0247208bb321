"""`make bench`: the whole path at 16 senders against stock Rasa on the same machine in the same run; writes docs/benchmarks.md.

Speed does not depend on how long DIET was trained, so the stock model learns a few phrases an intent for a few epochs; a
smaller vocabulary makes it rather faster.
"""

import asyncio
import contextlib
import json
import os
import platform
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import aiohttp
import bench_wechat
import load
import stock
from running import ROOT, free_port, running

from outreach.domain.clock import SHANGHAI

MESSAGES, WARM_UP, SENDERS = 2000, 200, 16
EPOCHS, PHRASES_EACH = 2, 12
FAST = {"OUTREACH_SENDER_RATE_PER_S": "1000", "OUTREACH_SENDER_BURST": "10000"}
UNDERSTAND = """
import statistics, sys, tarfile, tempfile, time
from pathlib import Path
sys.path.insert(0, '.')
from bot.components.understanding import Understanding
import json
with tempfile.TemporaryDirectory() as folder:
    with tarfile.open(sys.argv[1]) as packed:
        packed.extractall(folder)
    understanding = Understanding.load(next(Path(folder).rglob('ranker.json')).parent)
texts = [json.loads(line)['text'] for line in open('tests/bot/calibration.jsonl', encoding='utf-8')]
spent = []
for text in texts * 4:
    began = time.perf_counter()
    understanding(text)
    spent.append((time.perf_counter() - began) * 1000)
print(statistics.median(spent))
"""


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def child_of(pid: int) -> int:
    """Return the first child of a process: Rasa, of the service."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return int(children[0])


async def ours(texts: list[str]) -> tuple[load.Outcome, dict[str, float]]:
    """Return the outcome of our path, with seconds to the first answer and the memory after the load."""
    began = time.perf_counter()
    async with running(**FAST) as (url, process):
        started = time.perf_counter() - began
        target = load.Target(
            f"{url}/channels/web/messages",
            lambda sender, text: {"sender": sender, "text": text},
            lambda answer: answer["messages"][0]["kind"] != "error",
        )
        outcome = await load.run(target, load.Load(texts, MESSAGES, WARM_UP, SENDERS))
        memory = {"service": resident_mb(process.pid), "rasa": resident_mb(child_of(process.pid)), "started": started}
    return outcome, memory


@contextlib.contextmanager
def stock_server() -> Iterator[str]:
    """Yield the address of stock Rasa's REST channel, its action server beside it."""
    seen: Counter[str] = Counter()
    some = []
    for text, label in stock.phrases():
        seen[label] += 1
        if seen[label] <= PHRASES_EACH:
            some.append((text, label))
    path, _ = stock.model("diet", some, epochs=EPOCHS)
    folder = path.parent.parent
    port, action_port = free_port(), free_port()
    stock.write_server(folder, f"http://127.0.0.1:{action_port}/webhook")
    rasa = [str(stock.RASA_PYTHON), "-m", "rasa", "run", "--model", str(path), "--endpoints", "endpoints.yml"]
    rasa += ["--credentials", "credentials.yml", "--interface", "127.0.0.1", "--port", str(port)]
    actions = [str(stock.RASA_PYTHON), "-m", "rasa_sdk", "--actions", "stock_actions", "--port", str(action_port)]
    with (folder / "server.log").open("wb") as log:
        options = {"cwd": folder, "env": {**os.environ, **stock.QUIET}, "stdout": log, "stderr": log}
        processes = [subprocess.Popen(command, **options) for command in (actions, rasa)]  # type: ignore[call-overload]
        try:
            yield f"http://127.0.0.1:{port}/webhooks/rest"
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(20)


async def theirs(texts: list[str]) -> load.Outcome:
    """Return the outcome of stock Rasa."""
    with stock_server() as url:
        async with aiohttp.ClientSession() as http:
            for _ in range(240):
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get(f"{url}/") as response:
                        if response.status == 200:
                            break
                await asyncio.sleep(0.5)
        target = load.Target(f"{url}/webhook", lambda sender, text: {"sender": sender, "message": text}, bool)
        return await load.run(target, load.Load(texts, MESSAGES // 2, WARM_UP // 2, SENDERS))


def training_seconds() -> float:
    """Return how long `outreach train --force` takes."""
    began = time.perf_counter()
    subprocess.run(
        [str(ROOT / ".venv/bin/python"), "-m", "outreach.cli", "train", "--force"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def understanding_ms() -> float:
    """Return the median of understanding one message, in the environment of Rasa."""
    manifest = json.loads((ROOT / "models" / "manifest.json").read_text(encoding="utf-8"))
    command = [str(stock.RASA_PYTHON), "-c", UNDERSTAND, str(ROOT / "models" / manifest["file"])]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)


def page(mine: load.Outcome, stock_outcome: load.Outcome, numbers: dict[str, float]) -> str:
    """Return the page in Chinese."""
    faster = mine.per_second / stock_outcome.per_second
    tail = mine.percentile(0.99) / stock_outcome.percentile(0.99)
    rows = [
        ("每秒消息", f"{mine.per_second:.1f}", f"{stock_outcome.per_second:.1f}", f"{faster:.2f} 倍（目标 ≥ 3）"),
        ("p50 毫秒", f"{mine.percentile(0.5):.0f}", f"{stock_outcome.percentile(0.5):.0f}", ""),
        ("p95 毫秒", f"{mine.percentile(0.95):.0f}", f"{stock_outcome.percentile(0.95):.0f}", ""),
        ("p99 毫秒", f"{mine.percentile(0.99):.0f}", f"{stock_outcome.percentile(0.99):.0f}", f"{tail:.2f}（目标 ≤ 0.5）"),
        ("出错", str(mine.errors), str(stock_outcome.errors), ""),
    ]
    lines = [
        "# 性能", "",
        f"`make bench`，{datetime.now(SHANGHAI):%Y-%m-%d %H:%M}，{platform.machine()}，{os.cpu_count()} 核，同一台机器同一次运行。", "",
        f"{SENDERS} 人同时提问，每人连着问；我们的整条路：网页通道 → Rasa → 动作 → 数据库 → 答复。"
        f"对照：原版 Rasa 3.6.21（jieba、CountVectors、DIET，rest 通道，rasa-sdk 动作服务只回一句固定的话；DIET 每个意图只用 {PHRASES_EACH} 句、训练 {EPOCHS} 轮，不影响速度，只会让它更快）。", "",
        "| | 我们 | 原版 Rasa | 比较 |", "| --- | --- | --- | --- |",
        *(f"| {name} | {a} | {b} | {c} |" for name, a, b, c in rows), "",
        "| 指标 | 结果 | 目标 |", "| --- | --- | --- |",
        f"| 理解一句话（中位数） | {numbers['understand']:.2f} 毫秒 | ≤ 1.5 |",
        f"| Rasa 内存（压测后） | {numbers['rasa']:.0f} MB | ≤ 700 |",
        f"| 服务内存（压测后） | {numbers['service']:.0f} MB | ≤ 250 |",
        f"| 训练 | {numbers['training']:.0f} 秒 | ≤ 60 |",
        f"| 启动到能回答 | {numbers['started']:.1f} 秒 | ≤ 20 |", "",
    ]  # fmt: skip
    return "\n".join(lines)


async def main() -> None:
    """Measure both halves, write the page and print it."""
    lines = (ROOT / "tests/bot/calibration.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    numbers = {"training": training_seconds(), "understand": understanding_ms()}
    mine, memory = await ours(texts)
    other = await theirs(texts)
    written = page(mine, other, {**numbers, **memory}) + "\n" + await bench_wechat.main()
    (ROOT / "docs" / "benchmarks.md").write_text(written, encoding="utf-8")
    print(written)


if __name__ == "__main__":
    asyncio.run(main())
