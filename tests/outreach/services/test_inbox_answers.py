"""The inbox: how an answer gets to the person - in time, pushed, or with the next reply - and what may be answered."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from channels.base import DeliveryError
from outreach.domain.errors import AssistantUnavailable
from outreach.storage.addresses import Address
from tests.builders import heard_json
from tests.channels.test_contract import wechat
from tests.conftest import House
from tests.desk import GRANT, Desk, make_arrival


@pytest.fixture
def desk(house: House) -> Desk:
    """Return the inbox on each kind of database."""
    house.assistant.phrases = {GRANT: heard_json(topics={"senior-grant": 0.95})}
    return Desk(house)


async def _late(desk: Desk, *numbers: int, **changes: Any) -> None:
    """Let answers be computed that nobody has heard."""
    for number in numbers:
        arrival = make_arrival(number, **changes)
        assert (await desk.inbox.take(arrival, 3)).reply
        await desk.inbox.unsaid(arrival)


async def test_an_answer_that_could_not_leave_is_given_to_the_next_try(desk: Desk) -> None:
    arrival = make_arrival(1)
    assert (await desk.inbox.take(arrival, 3)).reply
    await desk.inbox.unsaid(arrival)
    assert "2300" in (await desk.ask(1) or "")
    assert len(desk.house.assistant.asked) == 1


async def test_after_the_last_try_the_answer_is_pushed_once(desk: Desk) -> None:
    gate = asyncio.Event()

    async def slow(_ask: Any) -> None:
        await gate.wait()

    desk.house.assistant.before = slow
    arrival = make_arrival(1)
    assert (await desk.inbox.take(arrival, 0.05)).pending
    await desk.inbox.leave(arrival)
    gate.set()
    async with asyncio.timeout(3):
        while not desk.pushes.sent:
            await asyncio.sleep(0.01)
    assert desk.pushes.sent[0][0] == "oAnna" and "2300" in desk.pushes.sent[0][1]
    await desk.sweep()
    assert len(desk.pushes.sent) == 1 and await desk.ask(1) is None
    [address] = await desk.house.rows(Address)
    assert address.push_left == 4


async def test_without_a_window_the_answer_comes_with_the_next_reply(desk: Desk) -> None:
    await _late(desk, 1, window_s=0, window_sends=0)
    desk.house.clock.advance(seconds=30)
    await desk.sweep()
    assert desk.pushes.sent == []
    both = await desk.ask(2) or ""
    assert both.count("2300") >= 2 and "前面您问过的" in both
    assert await desk.ask(3) != both and "前面您问过的" not in (await desk.ask(4) or "")


async def test_a_push_that_is_refused_for_good_waits_for_the_next_reply(desk: Desk) -> None:
    desk.pushes.fails = DeliveryError(permanent=True, reason="window")
    await _late(desk, 1)
    desk.house.clock.advance(seconds=30)
    await desk.sweep()
    desk.pushes.fails = None
    await desk.sweep()
    assert desk.pushes.sent == []
    assert "前面您问过的" in (await desk.ask(2) or "")


async def test_a_push_that_fails_for_now_is_tried_again(desk: Desk) -> None:
    desk.pushes.fails = DeliveryError(permanent=False, reason="busy", retry_after_s=60)
    await _late(desk, 1)
    desk.house.clock.advance(seconds=30)
    await desk.sweep()
    desk.pushes.fails = None
    await desk.sweep()
    assert desk.pushes.sent == []
    desk.house.clock.advance(seconds=61)
    await desk.sweep()
    assert len(desk.pushes.sent) == 1


async def test_a_suggestion_is_taken_by_its_number(desk: Desk) -> None:
    welcome = await desk.ask(1, kind="subscribe", text="", say="arrival.welcome")
    assert welcome
    answer = await desk.ask(2, text="2")
    assert "学校" in (answer or "") and desk.house.assistant.asked[-1].metadata["act"] == "topic:where-to-apply"


async def test_a_menu_key_starts_its_function_and_an_unknown_one_is_told_kindly(desk: Desk) -> None:
    assert "读哪个阶段" in (await desk.ask(1, kind="click", text="", act="function:eligibility") or "")
    assert "还看不懂" in (await desk.ask(2, kind="click", text="", act="function:nothing_of_ours") or "")


async def test_what_cannot_be_taken_is_told_and_the_next_message_works(desk: Desk) -> None:
    assert "表情" in (await desk.ask(1, text="😀😀") or "")
    assert "太长" in (await desk.ask(2, text="长" * 3000) or "")
    assert "2300" in (await desk.ask(3) or "")


async def test_a_rasa_that_is_away_is_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outreach.services.conversation.AGAIN_S", 0.02)
    desk.house.assistant.fails = AssistantUnavailable(reason="ClientConnectorError")
    task = asyncio.create_task(desk.ask(1))
    await asyncio.sleep(0.1)
    desk.house.assistant.fails = None
    assert "2300" in (await task or "")


async def test_late_answers_come_one_with_each_reply_and_never_push_the_new_one_out(desk: Desk) -> None:
    await _late(desk, 1, 2, window_s=0, window_sends=0)
    for number in (3, 4):
        taken = await desk.inbox.take(make_arrival(number), 3)
        assert taken.reply and len(taken.reply.messages) == 2
        shown = wechat().show(taken.reply)[0].text
        assert shown.count("前面您问过的") == 1 and "自2025年春季学期起执行" in shown.split("前面您问过的")[1][100:]
        await desk.inbox.said(make_arrival(number))
    assert "前面您问过的" not in (await desk.ask(5) or "")


async def test_a_push_that_may_have_arrived_is_told_with_a_word_about_it(desk: Desk) -> None:
    desk.pushes.fails = DeliveryError(permanent=False, reason="uncertain")
    await _late(desk, 1)
    desk.house.clock.advance(seconds=30)
    await desk.sweep()
    desk.pushes.fails = None
    desk.house.clock.advance(seconds=300)
    await desk.sweep()
    assert desk.pushes.sent == []
    assert "可能已经收到" in (await desk.ask(2) or "")
    [address] = await desk.house.rows(Address)
    assert address.push_left > 0


async def test_a_push_that_outlives_its_lease_is_not_said_again(desk: Desk) -> None:
    await _late(desk, 1)
    desk.house.clock.advance(seconds=30)
    gate = asyncio.Event()
    send = desk.pushes.send

    async def slow(handle: str, outbound: Any) -> Any:
        await gate.wait()
        return await send(handle, outbound)

    desk.pushes.send = slow  # type: ignore[method-assign]
    await desk.inbox.sweep()
    await asyncio.sleep(0.1)
    desk.house.clock.advance(seconds=60)
    other = Desk(desk.house)
    await other.sweep()
    gate.set()
    await asyncio.gather(*desk.inbox._pusher.under_way.values())
    assert len(desk.pushes.sent) == 1 and "前面" not in (await other.ask(2) or "")


async def test_one_handle_that_cannot_be_opened_does_not_keep_the_others(desk: Desk) -> None:
    for number, sender in ((1, "oAnna"), (2, "oBob")):
        await _late(desk, number, sender=sender)
    async with desk.house.services.work.begin() as session:
        key = desk.house.services.sender_key("wechat", "oAnna")
        await session.execute(update(Address).where(Address.handle_key == key).values(handle="s1.broken"))
        await session.commit()
    desk.house.clock.advance(seconds=30)
    await desk.sweep()
    assert [handle for handle, _ in desk.pushes.sent] == ["oBob"]


async def test_a_tap_does_not_close_the_window_a_message_opened(desk: Desk) -> None:
    await desk.ask(1)
    await desk.ask(2, kind="click", text="", act="function:help", window_s=60, window_sends=3)
    [address] = await desk.house.rows(Address)
    assert address.push_left == 5 and address.push_until > desk.house.clock.now() + timedelta(hours=40)
