"""Template, subscription and customer-service messages: fields, receipts, windows, opt-ins, and who cannot be reached."""

from typing import Any

import pytest

from tests.channels.wechat_sandbox.stand import ACCOUNT, FIELDS, MovableClock, Sandbox

ONCE, ALWAYS = (next(t for t in ACCOUNT.templates if t.kind == "subscribe" and t.long_term is long) for long in (False, True))


async def test_a_template_message_gets_a_number_a_card_and_a_receipt(sandbox: Sandbox) -> None:
    answer = await sandbox.send_template(url="http://127.0.0.1:8080/notice")
    assert answer["errmsg"] == "ok"
    (receipt,) = await sandbox.came(1)
    assert (receipt["Event"], receipt["MsgID"], receipt["Status"]) == ("TEMPLATESENDJOBFINISH", str(answer["msgid"]), "success")
    (card,) = await sandbox.get("/sandbox/chat", follower="zhou-mother")
    assert card["lines"][0] == ["通知事项", "国家资助政策告知书"] and card["url"].endswith("/notice")


@pytest.mark.parametrize(
    ("field", "value", "good"),
    [
        ("thing1", "二" * 20, True),
        ("thing1", "二" * 21, False),
        ("thing1", "两\n行", False),
        ("thing1", " ", False),
        ("time4", "15:01", True),
        ("time4", "2026年11月30日 15:01~16:00", True),
        ("time4", "2026年11月30日", False),
        ("time4", "明天", False),
    ],
)
async def test_a_breach_of_a_field_is_named(sandbox: Sandbox, field: str, value: str, good: bool) -> None:
    answer = await sandbox.send_template(data={**FIELDS, field: {"value": value}})
    assert answer["errcode"] == (0 if good else 47003)
    assert good or f"data.{field}.value" in answer["errmsg"]


async def test_bounds_differ_by_kind(sandbox: Sandbox) -> None:
    result = next(t for t in ACCOUNT.templates if t.title == "办理结果通知" and t.kind == "template")
    good = {
        "thing1": "声明",
        "thing2": "周小禾",
        "phrase3": "已受理",
        "character_string4": "T2026-1",
        "time5": "2026-11-25 09:30",
    }
    for changes, code in (({}, 0), ({"phrase3": "已经受理完成"}, 47003), ({"character_string4": "编号1"}, 47003)):
        data = {name: {"value": value} for name, value in (good | changes).items()}
        assert (await sandbox.send_template(template_id=result.template_id, data=data))["errcode"] == code


async def test_first_and_remark_are_dropped_silently(sandbox: Sandbox) -> None:
    await sandbox.send_template(data={**FIELDS, "first": {"value": "您好"}, "remark": {"value": "谢谢"}})
    await sandbox.came(1)
    assert "您好" not in str(await sandbox.get("/sandbox/chat", follower="zhou-mother"))


async def test_the_same_client_msg_id_is_sent_once_within_ten_minutes(sandbox: Sandbox, hands: MovableClock) -> None:
    first = await sandbox.send_template(client_msg_id="a")
    again = await sandbox.send_template(client_msg_id="a")
    other = await sandbox.send_template("zhou-father", client_msg_id="a")
    hands.at += 601
    later = await sandbox.send_template(client_msg_id="a")
    assert first["msgid"] == again["msgid"] and len({first["msgid"], other["msgid"], later["msgid"]}) == 3
    assert len(await sandbox.came(3)) == 3


async def test_who_cannot_be_reached_is_told_by_code_or_by_receipt(sandbox: Sandbox) -> None:
    assert (await sandbox.send_template(touser="o-nobody"))["errcode"] == 40003
    assert (await sandbox.send_template(template_id="none"))["errcode"] == 40037
    for fault, code in (("not_following", 43004), ("blacklisted", 43019), ("frequency_limited", 43117)):
        await sandbox.post("/sandbox/faults", {fault: ["zhou-mother"]})
        assert (await sandbox.send_template())["errcode"] == code
        await sandbox.post("/sandbox/faults", {fault: []})
    await sandbox.post("/sandbox/faults", {"blocked": ["zhou-mother"]})
    assert (await sandbox.send_template())["errcode"] == 0
    assert (await sandbox.came(1))[-1]["Status"] == "failed:user block"
    await sandbox.post("/sandbox/faults", {"blocked": [], "finish_status": "failed:freq limit"})
    await sandbox.send_template()
    assert (await sandbox.came(2))[-1]["Status"] == "failed:freq limit"


async def test_the_account_itself_can_be_refused(sandbox: Sandbox) -> None:
    for code in (48001, 48004, 50002, 40164):
        await sandbox.post("/sandbox/faults", {"refuse": {"template/send": code}})
        assert (await sandbox.send_template())["errcode"] == code
    await sandbox.post("/sandbox/faults", {"refuse": {}, "risky_words": ["告知书"]})
    assert (await sandbox.send_template())["errcode"] == 87014


def subscription(sandbox: Sandbox, template_id: str) -> dict[str, Any]:
    data = {**FIELDS, "phrase3": {"value": "已受理"}, "character_string4": {"value": "T1"}, "time5": {"value": "15:01"}}
    return {"touser": sandbox.person().openid, "template_id": template_id, "data": data, "page": "http://127.0.0.1:8080/"}


async def test_one_opt_in_is_one_subscription_message(sandbox: Sandbox) -> None:
    body = subscription(sandbox, ONCE.template_id)
    assert (await sandbox.call("/message/subscribe/bizsend", body))["errcode"] == 43101
    await sandbox.act(event="popup", templates={ONCE.template_id: "accept", ALWAYS.template_id: "reject"})
    assert [(await sandbox.call("/message/subscribe/bizsend", body))["errcode"] for _ in range(2)] == [0, 43101]
    popup, sent = await sandbox.came(2)
    assert [entry["SubscribeStatusString"] for entry in popup["SubscribeMsgPopupEvent"]["List"]] == ["accept", "reject"]
    assert sent["SubscribeMsgSentEvent"]["List"]["ErrorStatus"] == "success"


async def test_a_long_term_opt_in_lasts_until_it_is_taken_back(sandbox: Sandbox) -> None:
    body = subscription(sandbox, ALWAYS.template_id)
    await sandbox.act(event="popup", templates={ALWAYS.template_id: "accept"})
    assert [(await sandbox.call("/message/subscribe/bizsend", body))["errcode"] for _ in range(3)] == [0, 0, 0]
    await sandbox.act(event="change", templates={ALWAYS.template_id: "reject"})
    assert (await sandbox.call("/message/subscribe/bizsend", body))["errcode"] == 43101


async def custom(sandbox: Sandbox, **message: Any) -> int:
    given = message or {"msgtype": "text", "text": {"content": "您好"}}
    return int((await sandbox.call("/message/custom/send", {"touser": sandbox.person().openid, **given}))["errcode"])


async def test_a_message_opens_five_sends_in_two_days(sandbox: Sandbox, hands: MovableClock) -> None:
    assert await custom(sandbox) == 45015
    await sandbox.act(text="在吗")
    assert [await custom(sandbox) for _ in range(6)] == [0] * 5 + [45047]
    await sandbox.act(text="还在吗")
    hands.at += 48 * 3600 + 1
    await sandbox.fetch_token()
    assert await custom(sandbox) == 45015


async def test_a_click_opens_three_sends_in_a_minute(sandbox: Sandbox, hands: MovableClock) -> None:
    await sandbox.act(event="click", key="MENU")
    assert [await custom(sandbox) for _ in range(4)] == [0] * 3 + [45047]
    hands.at += 61
    assert await custom(sandbox) == 45015


async def test_kinds_of_customer_service_messages_are_taken_or_refused(sandbox: Sandbox) -> None:
    await sandbox.act(text="在吗")
    menu = {
        "head_content": "满意吗",
        "list": [{"id": "101", "content": "满意"}, {"id": "102", "content": "不满意"}],
        "tail_content": "",
    }
    assert await custom(sandbox, msgtype="msgmenu", msgmenu=menu) == 0
    assert await custom(sandbox, msgtype="image", image={"media_id": "x"}) == 40007
    assert await custom(sandbox, msgtype="poem", poem={}) == 40008
    assert await custom(sandbox, msgtype="text", text={"content": ""}) == 44004
    assert await custom(sandbox, msgtype="text", text={"content": "长" * 683}) == 45002
    await sandbox.post("/sandbox/faults", {"blocked": ["*"]})
    assert await custom(sandbox) == 48002
