"""The page docs/evaluation.md, in Chinese, from what was measured."""

from datetime import datetime
from typing import Any

from scoring import Score, right_topics, share

from outreach.domain.clock import SHANGHAI

TARGETS = {"first": 0.88, "offered": 0.96, "outside": 0.03}
STYLES = {
    "dialect": "重庆话", "voice": "语音转文字", "typo": "错别字", "keyword": "关键词", "colloquial": "口语", "indirect": "绕着说",
    "story": "长段叙述", "old_figure": "旧数字", "student": "学生", "teacher": "老师", "formal": "书面", "angry": "带情绪",
    "far": "范围外（远）", "near": "范围外（近）",
}  # fmt: skip
RIVALS = {"logistic": "词袋＋逻辑回归", "diet-words": "词袋＋DIET", "bm25-phrases": "BM25（语料）", "bm25-facts": "BM25（要点）"}
Row = dict[str, Any]


def page(score: Score, rows: list[Row], rivals: dict[str, Any], growth: dict[str, Any], blind: str, digest: str) -> str:
    """Return the whole page."""
    parts = [
        _head(digest),
        _summary(score, growth),
        _styles(score),
        _rivals(score, rows, rivals),
        _growth(growth),
        "## 最常混淆的\n\n![混淆](evaluation-confusions.png)",
        blind.strip(),
    ]
    return "\n\n".join(parts) + "\n"


def _head(digest: str) -> str:
    return (
        "# 评测\n\n"
        f"运行 `make evaluate` 生成，{datetime.now(SHANGHAI):%Y-%m-%d %H:%M}，模型 `{digest[:12]}`。问题在 `tests/bot/heldout.jsonl`，"
        "由没有看过训练语料的人写，不与训练语料、校准集重复（`tests/bot/test_questions.py` 检查）；从网页通道问运行中的服务。"
    )


def _summary(score: Score, growth: dict[str, Any]) -> str:
    outside = sum(len(values) for values in score.outside.values())
    return _table(
        ["指标", "结果", "目标"],
        [
            [f"先答的就是对的主题（{len(score.inside)} 句）", f"{score.first:.3f}", f"≥ {TARGETS['first']}"],
            ["先答对，或在选项、建议里", f"{score.offered:.3f}", f"≥ {TARGETS['offered']}"],
            [f"不归资助管却按政策回答（{outside} 句）", f"{score.policy:.3f}", f"≤ {TARGETS['outside']}"],
            ["把握程度与实际正确率的平均差（ECE）", f"{growth['reliability']['ece']:.3f}", ""],
        ],
    )


def _styles(score: Score) -> str:
    lines = [
        [STYLES.get(style, style), str(len(pairs)), f"{share([f for f, _ in pairs]):.3f}", f"{share([o for _, o in pairs]):.3f}"]
        for style, pairs in sorted(score.styles.items())
    ]
    lines += [
        [STYLES.get(style, style), str(len(values)), f"按政策回答 {share(values):.3f}", ""]
        for style, values in sorted(score.outside.items())
    ]
    return "## 各种说法\n\n" + _table(["说法", "句数", "先答对", "先答对或给出"], lines)


def _rivals(score: Score, rows: list[Row], rivals: dict[str, Any]) -> str:
    """Return the comparison: per style the share answered right first, and what is declined or answered from outside."""
    names = [name for name in RIVALS if name in rivals]
    right = {name: _hits(rows, rivals[name]["said"], patient=False) for name in names}
    lines = []
    for style, pairs in sorted(score.styles.items()):
        ours = share([first for first, _ in pairs])
        theirs = [share(right[name][style]) for name in names]
        mark = "✓" if ours > max(theirs) else ("＝" if ours == max(theirs) else "✗")
        lines.append([STYLES.get(style, style), f"**{ours:.3f}**", *(f"{value:.3f}" for value in theirs), mark])
    everything = [share([hit for hits in right[name].values() for hit in hits]) for name in names]
    lines.append(["全部", f"**{score.first:.3f}**", *(f"{value:.3f}" for value in everything), ""])
    patient = [_hits(rows, rivals[name]["said"], patient=True) for name in names]
    lines.append(
        ["全部，带 0.3 回退", "", *(f"{share([hit for hits in found.values() for hit in hits]):.3f}" for found in patient), ""]
    )
    for label, fallback in (("范围外按政策回答", False), ("范围外按政策回答，带 0.3 回退", True)):
        values = [_answered(rows, rivals[name]["said"], patient=fallback) for name in names]
        lines.append([label, "" if fallback else f"**{score.policy:.3f}**", *(f"{value:.3f}" for value in values), ""])
    head = ["说法", "本服务", *(RIVALS[name] for name in names), "最好？"]
    return (
        "## 与现成做法比（同一次运行、同一批语料、同一批问题，先答对的比例）\n\n" + _table(head, lines) + "\n\n" + _notes(rivals)
    )


def _notes(rivals: dict[str, Any]) -> str:
    said = [
        "现成做法总是答它认为最像的意图。问“要不要交钱”的，得到防骗提醒（里面说了资助从不收费）也算答对，两边一样。",
        "词袋是 JiebaTokenizer＋CountVectorsFeaturizer；逻辑回归另加 `rasa init` 的词内 1–4 字特征。",
    ]
    for name in ("logistic", "diet-words"):
        trained = rivals.get(name, {}).get("trained")
        rounds = f" {trained['epochs']} 轮" if trained and trained["epochs"] else ""
        took = (
            f"训练{rounds}，从开始到结束 {trained['seconds'] / 60:.0f} 分钟（机器上还有别的任务时会更久）。"
            if trained
            else "这次没有训练好，没有比。"
        )
        said.append(f"{RIVALS[name]}{took}")
    said += [
        "DIET 其余为 Rasa 默认设置，轮数按空闲的两核机器二十分钟以内定（约三分钟一轮；默认的 100 轮要五个多小时）。",
        "BM25（语料）取最像的一句语料的主题；BM25（要点）把每个主题的标题、问法、要点当一篇文章来搜，不会拒答。",
        "“带 0.3 回退”是再加 FallbackClassifier 的默认设置（把握不到 0.3，或前两名相差不到 0.1 就不答）。",
        "训练好的 Rasa 模型存在 `var/stock`，语料不变就不再训练。",
    ]
    return "".join(said)


def _growth(growth: dict[str, Any]) -> str:
    lines = [[f"{kept:.0%}", str(phrases), f"{first:.3f}", f"{outside:.3f}"] for kept, phrases, first, outside in growth["curve"]]
    return (
        "## 语料越多越好吗\n\n" + _table(["用多少语料", "句数", "先答对", "范围外按政策回答"], lines) + "\n\n"
        "（只量理解组件，不经过服务。）\n\n![学习曲线](evaluation-curve.png)\n\n"
        "## 把握程度可信吗\n\n"
        f"ECE {growth['reliability']['ece']:.3f}：按把握程度分十档，各档平均把握与实际正确率之差，按句数加权。\n\n"
        "![可信度](evaluation-reliability.png)"
    )


def _hits(rows: list[Row], said: list[tuple[str | None, bool]], *, patient: bool) -> dict[str, list[bool]]:
    """Return by style whether the answer was right; ``patient``: what FallbackClassifier declines is no answer."""
    found: dict[str, list[bool]] = {}
    for row, (label, declined) in zip(rows, said, strict=True):
        if row["topic"] is not None:
            right = label in {f"policy/{topic}" for topic in right_topics(row)}
            # as for ours: the warning of fraud says that aid never costs anything
            right = right or (label == "safety" and "aid-no-fee" in right_topics(row))
            found.setdefault(row["style"], []).append(right and not (patient and declined))
    return found


def _answered(rows: list[Row], said: list[tuple[str | None, bool]], *, patient: bool) -> float:
    return share(
        [
            (label or "").startswith("policy/") and not (patient and declined)
            for row, (label, declined) in zip(rows, said, strict=True)
            if row["topic"] is None
        ]
    )


def _table(head: list[str], lines: list[list[str]]) -> str:
    rule = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *lines))
