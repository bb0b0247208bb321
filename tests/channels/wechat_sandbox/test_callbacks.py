"""What reaches the account, in all three modes; the limit and its three tries; and what a follower sees of the reply."""

import pytest

from channels.wechat_sandbox.account import Security
from tests.channels.wechat_sandbox.stand import Sandbox, running, text_reply


async def echo(message: dict[str, str]) -> bytes:
    return text_reply(message, f"听到：{message.get('Content', message.get('Event', ''))}")


@pytest.mark.parametrize("security", list(Security))
async def test_a_message_and_its_reply_pass_in_every_mode(security: Security) -> None:
    async with running(security=security) as sandbox:
        sandbox.stand.say = echo
        outcome = await sandbox.act(text="助学金 <好多> & ]]>")
        assert outcome["reply"] == {"kind": "text", "text": "听到：助学金 <好多> & ]]>"}
        assert sandbox.stand.came[0]["FromUserName"] == sandbox.person().openid
        assert (b"<Content>" in sandbox.stand.bodies[0]) is (security is not Security.SAFE)
        mine, theirs = await sandbox.get("/sandbox/chat", follower="zhou-mother")
        assert (mine["side"], theirs["side"]) == ("me", "them")
        assert (await sandbox.post("/sandbox/verify", {}))["verified"]


async def test_every_kind_of_message_has_its_fields(sandbox: Sandbox) -> None:
    for act in (
        {"voice": "高中助学金"},
        {"voice": None},
        {"image": "http://127.0.0.1/a.png"},
        {"video": True},
        {"location": {"lat": 29.8, "lng": 106.1, "label": "铜梁"}},
        {"link": {"title": "链接", "url": "http://127.0.0.1/"}},
        {"text": "满意", "menu_id": "101"},
        {"event": "click", "key": "K"},
        {"event": "view", "key": "http://127.0.0.1/"},
        {"raw": {"MsgType": "event", "Event": "unheard_of"}},
    ):
        assert (await sandbox.act(**act))["status"] == "silent"
    heard, silent, image, _video, place, link, tap, click, view, raw = sandbox.stand.came
    assert heard["Recognition"] == "高中助学金" and "Recognition" not in silent
    assert image["PicUrl"] and place["Label"] == "铜梁" and link["Url"] and tap["bizmsgmenuid"] == "101"
    assert (click["EventKey"], view["Event"], raw["Event"]) == ("K", "VIEW", "unheard_of")
    assert len({message["MsgId"] for message in (heard, silent, image, place, link, tap)}) == 6


async def test_an_answer_that_is_late_is_asked_for_again_with_the_same_request() -> None:
    async with running(limit_s=0.1) as sandbox:
        sandbox.stand.say, sandbox.stand.slow = echo, [0.3, 0.3]
        outcome = await sandbox.act(text="慢")
        assert (outcome["status"], outcome["tries"]) == ("replied", 3)
        assert len(set(sandbox.stand.bodies)) == 1


async def test_after_three_tries_the_follower_is_told_that_it_is_out_of_order() -> None:
    async with running(limit_s=0.05) as sandbox:
        sandbox.stand.slow = [0.2] * 4
        outcome = await sandbox.act(text="太慢")
        assert (outcome["status"], outcome["tries"], outcome["why"]) == ("unavailable", 3, "timeout")
        assert (await sandbox.get("/sandbox/chat", follower="zhou-mother"))[-1]["kind"] == "unavailable"


async def test_an_account_that_is_not_there_is_tried_three_times() -> None:
    async with running(callback="http://127.0.0.1:9/callback") as sandbox:
        outcome = await sandbox.act(text="有人吗")
        assert (outcome["status"], outcome["tries"], outcome["why"]) == ("unavailable", 3, "refused")


@pytest.mark.parametrize(
    "answer", [b"hello", b"<xml></xml>", b"<html/>", b"<xml><Encrypt>AAAA</Encrypt></xml>", b'<!DOCTYPE x><xml a="1"/>']
)
async def test_a_malformed_reply_is_shown_as_out_of_order_and_not_asked_for_again(answer: bytes) -> None:
    async with running(security=Security.PLAIN) as sandbox:

        async def say(_message: dict[str, str]) -> bytes:
            return answer

        sandbox.stand.say = say
        outcome = await sandbox.act(text="您好")
        assert (outcome["status"], outcome["tries"]) == ("unavailable", 1)


@pytest.mark.parametrize(
    "changes", [{"FromUserName": "gh_other"}, {"Content": "长" * 683}, {"MsgType": "poem"}, {"CreateTime": "now"}]
)
async def test_a_reply_with_a_wrong_field_is_malformed(sandbox: Sandbox, changes: dict[str, str]) -> None:
    async def say(message: dict[str, str]) -> bytes:
        return text_reply(message, "好", **changes)

    sandbox.stand.say = say
    assert (await sandbox.act(text="您好"))["status"] == "unavailable"


async def test_a_plain_reply_is_malformed_in_safe_mode() -> None:
    async with running() as sandbox:

        async def say(message: dict[str, str]) -> bytes:
            return b" " + text_reply(message, "没有加密")  # the stand encrypts what begins with <xml>

        sandbox.stand.say = say
        assert (await sandbox.act(text="您好"))["status"] == "unavailable"


async def test_an_error_of_the_account_is_out_of_order(sandbox: Sandbox) -> None:
    sandbox.stand.status = 500
    assert (await sandbox.act(text="您好"))["why"] == "status 500"


async def test_nobody_writes_who_does_not_follow(sandbox: Sandbox) -> None:
    await sandbox.act(event="unsubscribe")
    assert (await sandbox.act(text="您好"))["error"] == "not_following"
    assert (await sandbox.act(event="subscribe"))["status"] == "silent"
    assert (await sandbox.act(text="您好"))["status"] == "silent"


async def test_a_message_can_be_sent_again_under_its_own_number(sandbox: Sandbox) -> None:
    first = await sandbox.act(text="您好")
    await sandbox.act(text="您好", msg_id=int(first["msg_id"]), create_time=first["create_time"])
    assert sandbox.stand.came[0] == sandbox.stand.came[1]
