"""Faults come as set and repeat with the seed; the record and the admin calls tell what happened, and only at home."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from channels.wechat_sandbox.faults import Dice
from tests.channels.wechat_sandbox.stand import Sandbox, running, text_reply


async def fates(seed: int) -> list[list[str]]:
    """Return what the account got of twenty messages of two people, sent at once."""
    async with running(seed=seed, faults={"drop_share": 0.3, "double_share": 0.3, "finish_delay_s": 0.0}) as sandbox:
        people = ("zhou-mother", "zhou-father")
        for number in range(10):
            await asyncio.gather(*(sandbox.act(key, text=f"{number}") for key in people))
        openids = [sandbox.person(key).openid for key in people]
        return [[m["Content"] for m in sandbox.stand.came if m["FromUserName"] == openid] for openid in openids]


async def test_the_same_seed_meets_the_same_faults() -> None:
    first, second, other = await fates(3), await fates(3), await fates(4)
    assert first == second != other
    assert any(len(of_one) != len(set(of_one)) for of_one in first), "some came twice"
    assert any(len(set(of_one)) < 10 for of_one in first), "some were dropped"


def test_chances_come_true_about_as_often_as_set() -> None:
    dice = Dice(7)
    assert 250 < sum(dice.falls(0.3, "drop", f"{n}") for n in range(1000)) < 350
    assert not any(dice.falls(0.0, "drop", f"{n}") for n in range(100))


async def test_a_held_callback_is_overtaken() -> None:
    async with running(faults={"held_share": 0.5, "held_s": 0.15}) as sandbox:
        for number in range(8):
            await sandbox.post("/sandbox/say", {"follower": "zhou-mother", "text": f"{number}"})
        came = [int(message["Content"]) for message in await sandbox.came(8)]
        assert sorted(came) == list(range(8)) != came


async def test_a_doubled_message_shows_one_reply() -> None:
    async with running(faults={"double_share": 1.0}) as sandbox:

        async def say(message: dict[str, str]) -> bytes:
            return text_reply(message, "好")

        sandbox.stand.say = say
        await sandbox.act(text="您好")
        assert len(sandbox.stand.came) == 2
        assert [item["side"] for item in await sandbox.get("/sandbox/chat", follower="zhou-mother")] == ["me", "them"]


async def test_the_platform_can_be_busy_slow_and_break_off(sandbox: Sandbox) -> None:
    await sandbox.post("/sandbox/faults", {"busy_share": 1.0})
    token_call = {"grant_type": "client_credential", "appid": "x", "secret": "y"}
    assert (await sandbox.post("/cgi-bin/stable_token", token_call))["errcode"] == -1
    await sandbox.post("/sandbox/faults", {"busy_share": 0, "api_latency_s": 0.05})
    began = asyncio.get_running_loop().time()
    await sandbox.fetch_token()
    assert asyncio.get_running_loop().time() - began >= 0.05
    await sandbox.post("/sandbox/faults", {"lost_answer_share": 1, "api_latency_s": 0})
    with pytest.raises(aiohttp.ClientError):
        await sandbox.send_template()
    (entry,) = (await sandbox.get("/sandbox/record", path="template/send"))["entries"]
    assert entry["lost"] and entry["outcome"] == "0", "done, but never answered"


@pytest.mark.parametrize(
    "wrong", [{"no_such": 1}, {"busy_share": 2}, {"api_latency_s": "1"}, {"blocked": "all"}, {"quotas": {"x": 1}}]
)
async def test_a_wrong_fault_is_refused_by_name(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    answer = await sandbox.post("/sandbox/faults", wrong)
    assert answer["error"] == "faults" and next(iter(wrong)) in answer["what"]


async def test_the_record_can_be_asked_and_emptied(sandbox: Sandbox) -> None:
    await sandbox.send_template()
    await sandbox.act("zhou-father", text="您好")
    await sandbox.came(2)
    record = await sandbox.get("/sandbox/record", kind="callback", follower="zhou-father")
    assert [entry["fields"]["Content"] for entry in record["entries"]] == ["您好"]
    counts = {(c["path"], c["outcome"]): c["count"] for c in (await sandbox.get("/sandbox/record", counts="1"))["counts"]}
    assert counts["/cgi-bin/message/template/send", "0"] == 1
    await sandbox.post("/sandbox/reset", {})
    assert (await sandbox.get("/sandbox/record"))["entries"] == [] == await sandbox.get("/sandbox/chat", follower="zhou-father")
    assert (await sandbox.send_template())["errcode"] == 40001, "tokens are gone as well"


async def test_followers_can_be_added_for_a_load(sandbox: Sandbox) -> None:
    made = await sandbox.http.post(sandbox.url + "/sandbox/followers", json={"count": 500, "prefix": "load"})
    rows = await made.json()
    assert len({row["openid"] for row in rows}) == 500 and all(len(row["openid"]) == 28 for row in rows)
    assert (await sandbox.act("load-0500", text="您好"))["status"] == "silent"


async def test_the_admin_calls_are_closed_to_other_sites(sandbox: Sandbox) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Host": "zhou-mother.localhost"}):
        async with sandbox.http.get(sandbox.url + "/sandbox/account", headers=headers) as response:
            assert "secret" not in await response.text()
            assert response.status in (403, 405, 404)


async def test_the_clock_can_be_moved_forward(sandbox: Sandbox) -> None:
    await sandbox.fetch_token()
    await sandbox.post("/sandbox/clock", {"advance_s": 7300})
    assert (await sandbox.send_template())["errcode"] == 42001


async def test_the_cast_is_whole() -> None:
    async with running(cast=Path("content/cast.yml")) as sandbox:
        names = {follower["name"] for follower in await sandbox.get("/sandbox/followers")}
        assert {"吴小满", "钱小雪", "罗大暑"} <= names
