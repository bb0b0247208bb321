"""The held-out questions, put to the running service: the figures the product promises."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

HELDOUT = Path(__file__).with_name("heldout.jsonl")


async def _answers(url: str, rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    gate = asyncio.Semaphore(8)
    async with aiohttp.ClientSession() as http:

        async def ask(number: int, text: str) -> list[dict[str, Any]]:
            async with gate:
                body = {"sender": f"heldout-{number}", "text": text}
                async with http.post(f"{url}/channels/web/messages", json=body) as response:
                    answered: list[dict[str, Any]] = (await response.json())["messages"]
                    return answered

        return await asyncio.gather(*(ask(number, row["text"]) for number, row in enumerate(rows)))


@pytest.mark.rasa
async def test_the_right_topic_is_answered_or_offered(service: str) -> None:
    rows = [json.loads(line) for line in HELDOUT.read_text(encoding="utf-8").splitlines()]
    answers = await _answers(service, rows)
    first = offered = policy = inside = outside = 0
    for row, messages in zip(rows, answers, strict=True):
        answered = messages[0]["kind"] == "answer"
        if row["topic"] is None:
            outside += 1
            policy += answered
            continue
        right = {row["topic"], *row.get("also", [])}
        payloads = [button["payload"] for message in messages for button in message["buttons"]]
        inside += 1
        hit = answered and bool(right & set(messages[0]["topics"]))
        first += hit
        offered += hit or any(f"topic:{topic}~" in payload for topic in right for payload in payloads)
    assert inside >= 400 and outside >= 100
    assert first / inside >= 0.88, first / inside
    assert offered / inside >= 0.96, offered / inside
    assert policy / outside <= 0.03, policy / outside
