"""`outreach ask`: one question, or a file of questions, put to the running service."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from outreach import configuration
from outreach.domain.errors import AssistantUnavailable, ContentError

AT_ONCE = 8


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    command = commands.add_parser("ask", help="提问", description="向运行中的服务提问；--batch 一次问一个文件。")
    command.add_argument("text", nargs="?", metavar="问题", help="要问的话")
    command.add_argument("--batch", type=Path, metavar="输入.jsonl", help='每行 {"id","text","sender"?}')
    command.add_argument("--out", type=Path, metavar="输出.jsonl", help="结果文件，默认写到屏幕")
    command.add_argument("--url", metavar="地址", help="服务地址，默认按设置")
    command.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask; raises ContentError for a wrong input line and AssistantUnavailable when the service is not there."""
    settings = configuration.load()
    url = (arguments.url or f"http://{settings.host}:{settings.port}").rstrip("/")
    if arguments.batch:
        return asyncio.run(_batch(url, arguments.batch, arguments.out))
    if not arguments.text:
        raise ContentError(file="outreach ask", key="", cure='写上问题，例如 outreach ask "高中助学金有多少"')
    return asyncio.run(_one(url, arguments.text))


async def _one(url: str, text: str) -> int:
    async with aiohttp.ClientSession() as http:
        result = await _post(http, url, {"text": text, "sender": f"ask-{uuid4().hex}"})
    if "error" in result:
        sys.stderr.write(result["error"]["message"] + "\n")
        return 1
    for message in result["messages"]:
        sys.stdout.write(message["text"] + "\n")
        for number, button in enumerate(message["buttons"], 1):
            sys.stdout.write(f"  〔{number}〕{button['title']}\n")
    return 0


async def _batch(url: str, path: Path, out: Path | None) -> int:
    questions = _questions(path)
    # questions of one sender keep their order; a question without a sender is its own talk
    talks: dict[str, list[int]] = {}
    for index, question in enumerate(questions):
        talks.setdefault(str(question.get("sender") or f"batch-{uuid4().hex}"), []).append(index)
    results: list[dict[str, Any]] = [{} for _ in questions]
    gate = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession() as http:

        async def talk(sender: str, indices: list[int]) -> None:
            async with gate:
                for index in indices:
                    results[index] = _flat(questions[index], await _patient(http, url, sender, questions[index]["text"]))

        await asyncio.gather(*(talk(sender, indices) for sender, indices in talks.items()))
    lines = "".join(json.dumps(result, ensure_ascii=False) + "\n" for result in results)
    if out:
        out.write_text(lines, encoding="utf-8")
    else:
        sys.stdout.write(lines)
    return 0


async def _patient(http: aiohttp.ClientSession, url: str, sender: str, text: str) -> dict[str, Any]:
    """Ask, waiting as long as the service says when it is asked too fast."""
    for _ in range(20):
        result = await _post(http, url, {"text": text, "sender": sender})
        if result.get("error", {}).get("code") != "too_fast":
            return result
        await asyncio.sleep(1)
    return result


def _questions(path: Path) -> list[dict[str, Any]]:
    questions = []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(file=str(path), key="", cure="读不到这个文件，或者不是 UTF-8 编码") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = json.loads(line)
            question = {"id": question["id"], "text": question["text"], "sender": question.get("sender")}
            if not isinstance(question["text"], str):
                raise TypeError("text")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ContentError(file=str(path), key=f"第 {number} 行", cure='每行要是 {"id":…,"text":…}') from error
        questions.append(question)
    return questions


async def _post(http: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> dict[str, Any]:
    try:
        async with http.post(f"{url}/channels/web/messages", json=body) as response:
            result: dict[str, Any] = await response.json()
            return result
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise AssistantUnavailable(reason=str(error)) from error


def _flat(question: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    if "error" in result:
        return {"id": question["id"], "error": result["error"], "topics": [], "kind": "error", "text": result["error"]["message"]}
    messages = result["messages"]
    first = messages[0]
    return {
        "id": question["id"],
        "topics": list(dict.fromkeys(topic for message in messages for topic in message["topics"])),
        "kind": first["kind"],
        "intent": first["intent"],
        "text": "\n\n".join(message["text"] for message in messages),
        "score": first["score"],
        "offered": [button["title"] for message in messages for button in message["buttons"]],
        "messages": messages,
    }
