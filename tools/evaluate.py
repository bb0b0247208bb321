"""`make evaluate`: the held-out questions put to the running service; writes docs/evaluation.md with a picture of confusions."""

import asyncio
import json
from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

import aiohttp
import matplotlib as mpl
from matplotlib import pyplot
from running import ROOT, running

from outreach.domain.clock import SHANGHAI

mpl.use("Agg")
DOCS = ROOT / "docs"
TARGETS = {"first": 0.88, "offered": 0.96, "outside": 0.03}
STYLES = {
    "dialect": "重庆话", "voice": "语音转文字", "typo": "错别字", "keyword": "关键词", "colloquial": "口语", "indirect": "绕着说",
    "story": "长段叙述", "old_figure": "旧数字", "student": "学生", "teacher": "老师", "formal": "书面", "angry": "带情绪",
}  # fmt: skip


async def ask_all(url: str, rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the messages that answer each row, each asked by a new sender."""
    gate = asyncio.Semaphore(8)
    async with aiohttp.ClientSession() as http:

        async def ask(number: int, text: str) -> list[dict[str, Any]]:
            body = {"sender": f"evaluate-{number}", "text": text}
            async with gate, http.post(f"{url}/channels/web/messages", json=body) as response:
                answered: list[dict[str, Any]] = (await response.json())["messages"]
                return answered

        return await asyncio.gather(*(ask(number, row["text"]) for number, row in enumerate(rows)))


def measure(rows: list[dict[str, Any]], answers: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """Return the hits by style and the confusions (right topic, what was done instead)."""
    styles: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    outside: dict[str, list[bool]] = defaultdict(list)
    confused: Counter[tuple[str, str]] = Counter()
    for row, messages in zip(rows, answers, strict=True):
        answered = messages[0]["kind"] == "answer"
        if row["topic"] is None:
            outside[row["style"]].append(answered)
            continue
        right = {row["topic"], *row.get("also", [])}
        payloads = [button["payload"] for message in messages for button in message["buttons"]]
        first = answered and bool(right & set(messages[0]["topics"]))
        offered = first or any(f"topic:{topic}~" in payload for topic in right for payload in payloads)
        styles[row["style"]].append((first, offered))
        if not first:
            confused[(row["topic"], messages[0]["topics"][0] if answered else messages[0]["kind"])] += 1
    return {"styles": styles, "outside": outside, "confused": confused}


def share(values: list[bool]) -> float:
    """Return the share of true ones."""
    return sum(values) / len(values)


def picture(confused: Counter[tuple[str, str]]) -> None:
    """Draw the most frequent confusions."""
    worst = confused.most_common(25)[::-1]
    figure, axes = pyplot.subplots(figsize=(9, 0.34 * len(worst) + 1.2))
    axes.barh([f"{right}  →  {given}" for (right, given), _ in worst], [count for _, count in worst], color="#07713b")
    axes.set_xlabel("held-out questions")
    axes.xaxis.get_major_locator().set_params(integer=True)
    figure.tight_layout()
    figure.savefig(DOCS / "evaluation-confusions.png", dpi=110)


def report(measured: dict[str, Any], digest: str) -> str:
    """Return the page in Chinese."""
    everything = [pair for pairs in measured["styles"].values() for pair in pairs]
    outside = [value for values in measured["outside"].values() for value in values]
    first, offered = share([f for f, _ in everything]), share([o for _, o in everything])
    lines = [
        "# 评测", "",
        f"运行 `make evaluate` 生成，{datetime.now(SHANGHAI):%Y-%m-%d %H:%M}，模型 `{digest[:12]}`。问题在 `tests/bot/heldout.jsonl`，"
        "由没有看过训练语料的人写；从网页通道问运行中的服务。", "",
        "| 指标 | 结果 | 目标 |", "| --- | --- | --- |",
        f"| 先答的就是对的主题（{len(everything)} 句） | {first:.3f} | ≥ {TARGETS['first']} |",
        f"| 先答对，或在选项、建议里 | {offered:.3f} | ≥ {TARGETS['offered']} |",
        f"| 不归资助管却按政策回答（{len(outside)} 句） | {share(outside):.3f} | ≤ {TARGETS['outside']} |", "",
        "| 说法 | 句数 | 先答对 | 先答对或给出 |", "| --- | --- | --- | --- |",
    ]  # fmt: skip
    for style, pairs in sorted(measured["styles"].items()):
        name = STYLES.get(style, style)
        lines.append(f"| {name} | {len(pairs)} | {share([f for f, _ in pairs]):.3f} | {share([o for _, o in pairs]):.3f} |")
    for style, values in sorted(measured["outside"].items()):
        lines.append(f"| 范围外（{'远' if style == 'far' else '近'}） | {len(values)} | 按政策回答 {share(values):.3f} | |")
    lines += ["", "## 最常混淆的", "", "![混淆](evaluation-confusions.png)", ""]
    return "\n".join(lines)


async def main() -> None:
    """Measure, write the page and the picture, print the page."""
    rows = [json.loads(line) for line in (ROOT / "tests/bot/heldout.jsonl").read_text(encoding="utf-8").splitlines()]
    digest = json.loads((ROOT / "models" / "manifest.json").read_text(encoding="utf-8"))["digest"]
    async with running() as (url, _process):
        measured = measure(rows, await ask_all(url, rows))
    picture(measured["confused"])
    page = report(measured, digest)
    (DOCS / "evaluation.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    asyncio.run(main())
