"""The inbox: one turn a message over retries and crashes, a sender's turns in order, every answer said once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from channels.base import Accepted, Arrival, ChannelFact, DeliveryError, Outbound, Reply
from outreach.domain.arrivals import ArrivalState
from outreach.domain.errors import AssistantUnavailable, NotAllowed
from outreach.services import addresses
from outreach.services.inbox import TurnInbox
from outreach.storage.addresses import Address
from outreach.storage.arrivals import ArrivalRow
from tests.builders import NOW, heard_json
from tests.conftest import House

GRANT = "高中助学金好多钱"


class Pushes:
    """A channel that keeps what it is given, or fails as told."""

    kind = "wechat"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.fails: DeliveryError | None = None

    def show(self, reply: Reply) -> tuple[Outbound, ...]:
        return (Outbound("\n\n".join(message.text for message in reply.messages)),)

    async def send(self, handle: str, outbound: Outbound) -> Accepted:
        if self.fails:
            raise self.fails
        self.sent.append((handle, outbound.text))
        return Accepted()


class Desk:
    """The inbox of one process on the house's database, with short words for the tests."""

    def __init__(self, house: House, pushes: Pushes | None = None) -> None:
        self.house = house
        self.pushes = pushes or Pushes()
        self.inbox = TurnInbox(house.services, house.conversations, {"wechat": self.pushes})

    async def ask(self, number: int, *, within_s: float = 3.0, said: bool = True, **more: Any) -> str | None:
        """Let a message arrive; returns what is said to it, None for nothing."""
        arrival = make_arrival(number, **more)
        taken = await self.inbox.take(arrival, within_s)
        if taken.reply is None:
            return None
        if said:
            await self.inbox.said(arrival)
        return "\n\n".join(message.text for message in taken.reply.messages)


def make_arrival(number: int, **changes: Any) -> Arrival:
    """Return the message with this number, by default a question."""
    given: dict[str, Any] = {
        "channel": "wechat", "message_id": f"{number:020}", "sender": "oAnna", "sent_at": NOW + timedelta(seconds=number),
        "kind": "text", "text": GRANT, "window_s": 48 * 3600, "window_sends": 5,
    }  # fmt: skip
    return Arrival(**{**given, **changes})


@pytest.fixture
def desk(house: House) -> Desk:
    """Return the inbox on each kind of database."""
    house.assistant.phrases = {GRANT: heard_json(topics={"senior-grant": 0.95})}
    return Desk(house)


async def _states(house: House) -> list[str]:
    return [row.state for row in await house.rows(ArrivalRow)]


async def test_a_question_is_answered_and_a_repetition_is_only_acknowledged(desk: Desk) -> None:
    assert "2300" in (await desk.ask(1) or "")
    assert await desk.ask(1) is None
    assert len(await desk.house.rows()) == 1 and await _states(desk.house) == [ArrivalState.SAID]


async def test_an_answer_that_could_not_leave_is_given_to_the_next_try(desk: Desk) -> None:
    arrival = make_arrival(1)
    assert (await desk.inbox.take(arrival, 3)).reply
    await desk.inbox.unsaid(arrival)
    assert "2300" in (await desk.ask(1) or "")
    assert len(desk.house.assistant.asked) == 1


async def test_of_two_tries_at_once_only_one_gets_the_answer(desk: Desk) -> None:
    answers = await asyncio.gather(*(desk.ask(1) for _ in range(5)))
    assert len([answer for answer in answers if answer]) == 1
    assert len(desk.house.assistant.asked) == 1


async def test_a_slow_turn_is_joined_by_the_next_try_and_made_once(desk: Desk) -> None:
    gate = asyncio.Event()

    async def slow(_ask: Any) -> None:
        await gate.wait()

    desk.house.assistant.before = slow
    first = await desk.inbox.take(make_arrival(1), 0.1)
    assert first.pending and first.reply is None and first.tries == 1
    second = asyncio.create_task(desk.ask(1))
    await asyncio.sleep(0.05)
    gate.set()
    assert "2300" in (await second or "")
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
    await desk.inbox.sweep()
    assert len(desk.pushes.sent) == 1 and await desk.ask(1) is None
    [address] = await desk.house.rows(Address)
    assert address.push_left == 4


async def test_without_a_window_the_answer_comes_with_the_next_reply(desk: Desk) -> None:
    arrival = make_arrival(1, window_s=0, window_sends=0)
    assert (await desk.inbox.take(arrival, 3)).reply
    await desk.inbox.unsaid(arrival)
    desk.house.clock.advance(seconds=30)
    await desk.inbox.sweep()
    assert desk.pushes.sent == []
    both = await desk.ask(2) or ""
    assert both.count("2300") >= 2 and "前面您问过的" in both
    assert await desk.ask(3) != both and "前面您问过的" not in (await desk.ask(4) or "")


async def test_a_push_that_is_refused_for_good_waits_for_the_next_reply(desk: Desk) -> None:
    desk.pushes.fails = DeliveryError(permanent=True, reason="window")
    arrival = make_arrival(1)
    assert (await desk.inbox.take(arrival, 3)).reply
    await desk.inbox.unsaid(arrival)
    desk.house.clock.advance(seconds=30)
    await desk.inbox.sweep()
    desk.pushes.fails = None
    await desk.inbox.sweep()
    assert desk.pushes.sent == []
    assert "前面您问过的" in (await desk.ask(2) or "")


async def test_a_push_that_fails_for_now_is_tried_again(desk: Desk) -> None:
    desk.pushes.fails = DeliveryError(permanent=False, reason="busy", retry_after_s=60)
    arrival = make_arrival(1)
    assert (await desk.inbox.take(arrival, 3)).reply
    await desk.inbox.unsaid(arrival)
    desk.house.clock.advance(seconds=30)
    await desk.inbox.sweep()
    desk.pushes.fails = None
    await desk.inbox.sweep()
    assert desk.pushes.sent == []
    desk.house.clock.advance(seconds=61)
    await desk.inbox.sweep()
    assert len(desk.pushes.sent) == 1


async def test_what_a_dead_process_was_at_is_taken_up_by_another(desk: Desk) -> None:
    async def dies(_ask: Any) -> None:
        await asyncio.Event().wait()

    desk.house.assistant.before = dies
    assert (await desk.inbox.take(make_arrival(1), 0.05)).pending
    assert (await desk.inbox.take(make_arrival(2), 0.05)).pending
    for worker in desk.inbox._workers.values():
        worker.cancel()  # no release: as if it had been killed
    desk.house.assistant.before = None
    other = Desk(desk.house, desk.pushes)
    await other.inbox.sweep()
    assert sorted(await _states(desk.house)) == [ArrivalState.ANSWERING, ArrivalState.RECEIVED]
    desk.house.clock.advance(seconds=6)
    await other.inbox.sweep()
    assert "2300" in (await other.ask(1) or "") and "2300" in (await other.ask(2) or "")
    assert len(await desk.house.rows()) == 2


async def test_a_sender_s_messages_are_answered_one_after_another_in_the_order_they_were_sent(desk: Desk) -> None:
    order: list[str] = []
    gate = asyncio.Event()

    async def watch(ask: Any) -> None:
        await gate.wait()
        order.append(ask.metadata["text"])

    desk.house.assistant.before = watch
    asked = [asyncio.create_task(desk.ask(n, text=f"高中助学金好多钱{n}")) for n in (0, 3, 1, 4, 2)]
    async with asyncio.timeout(5):
        while len(await desk.house.rows(ArrivalRow)) < 5:
            await asyncio.sleep(0.01)
    gate.set()
    await asyncio.gather(*asked)
    assert order == [f"高中助学金好多钱{n}" for n in range(5)]


async def test_two_processes_never_work_on_one_sender_at_once(desk: Desk) -> None:
    at_work = most = 0

    async def watch(_ask: Any) -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0.01)
        at_work -= 1

    desk.house.assistant.before = watch
    other = Desk(desk.house, desk.pushes)
    answers = await asyncio.gather(*((desk if n % 2 else other).ask(n, within_s=8) for n in range(1, 9)))
    assert most == 1 and all(answers) and len(await desk.house.rows()) == 8


async def test_a_nonce_with_another_message_is_a_replay(desk: Desk) -> None:
    await desk.ask(1, nonce="7.n")
    assert await desk.ask(1, nonce="7.n") is None
    with pytest.raises(NotAllowed):
        await desk.ask(2, nonce="7.n")
    assert len(await desk.house.rows(ArrivalRow)) == 1


async def test_nothing_in_the_ledger_names_the_sender_or_keeps_the_words(desk: Desk) -> None:
    await desk.ask(1, sender="oVerySpecial", text="我的电话13800001111，高中助学金")
    rows = [*await desk.house.rows(ArrivalRow), *await desk.house.rows(Address), *await desk.house.rows()]
    assert all("oVerySpecial" not in repr(vars(row)) and "13800001111" not in repr(vars(row)) for row in rows)
    assert (await desk.house.rows(ArrivalRow))[0].content is None


async def test_facts_are_kept_once_and_need_no_answer(desk: Desk) -> None:
    fact = ChannelFact("delivery", "oAnna", NOW, subject="77", status="success")
    for _ in range(3):
        assert await desk.ask(1, kind="templatesendjobfinish", text="", facts=(fact,)) is None
    [kept] = await addresses.facts(desk.house.services, "delivery")
    assert (kept.subject, kept.status) == ("77", "success") and await _states(desk.house) == [ArrivalState.KEPT]


async def test_following_and_unfollowing_are_remembered(desk: Desk) -> None:
    await desk.ask(1, kind="subscribe", text="", say="arrival.welcome", facts=(ChannelFact("follow", "oAnna", NOW),))
    [address] = await desk.house.rows(Address)
    assert address.following is True
    await desk.ask(2, kind="unsubscribe", text="", facts=(ChannelFact("unfollow", "oAnna", NOW),))
    [address] = await desk.house.rows(Address)
    assert address.following is False


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


async def test_a_sender_who_floods_is_held_back_and_everybody_else_is_not(desk: Desk) -> None:
    gate = asyncio.Event()

    async def slow(ask: Any) -> None:
        if ask.metadata["text"] != "别人":
            await gate.wait()

    desk.house.assistant.before = slow
    flood = [asyncio.create_task(desk.ask(n, within_s=20)) for n in range(60)]
    await asyncio.sleep(0.5)
    assert await desk.ask(1000, sender="oBob", text="别人")
    gate.set()
    answers = await asyncio.gather(*flood)
    assert sum("太快" in (answer or "") for answer in answers) >= 10 and all(answers)
