"""The inbox: one turn a message over retries and crashes, a sender's turns in order, floods held back."""

import asyncio
from typing import Any

import pytest

from channels.base import ChannelFact
from outreach.domain.arrivals import ArrivalState
from outreach.domain.errors import NotAllowed
from outreach.services import addresses
from outreach.services.arrivals import MOST_WAITING
from outreach.storage.addresses import Address
from outreach.storage.arrivals import ArrivalRow
from tests.builders import NOW, heard_json
from tests.conftest import House
from tests.desk import GRANT, Desk, make_arrival


@pytest.fixture
def desk(house: House) -> Desk:
    """Return the inbox on each kind of database."""
    house.assistant.phrases = {GRANT: heard_json(topics={"senior-grant": 0.95})}
    return Desk(house)


async def _states(house: House) -> list[str]:
    return [row.state for row in await house.rows(ArrivalRow)]


async def _recorded(desk: Desk, count: int) -> None:
    """Wait until so many messages have arrived and the first is under way."""
    async with asyncio.timeout(5):
        while (states := await _states(desk.house)).count(ArrivalState.ANSWERING) != 1 or len(states) < count:
            await asyncio.sleep(0.002)


async def test_a_question_is_answered_and_a_repetition_is_only_acknowledged(desk: Desk) -> None:
    assert "2300" in (await desk.ask(1) or "")
    assert await desk.ask(1) is None
    assert len(await desk.house.rows()) == 1 and await _states(desk.house) == [ArrivalState.SAID]


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
    await other.sweep()
    assert sorted(await _states(desk.house)) == [ArrivalState.ANSWERING, ArrivalState.RECEIVED]
    desk.house.clock.advance(seconds=6)
    await other.sweep()
    assert "2300" in (await other.ask(1) or "") and "2300" in (await other.ask(2) or "")
    assert len(await desk.house.rows()) == 2


@pytest.mark.parametrize("numbers", [(0, 3, 1, 4, 2), (8, 10, 9)])
@pytest.mark.parametrize("same_second", [False, True])
async def test_a_sender_s_messages_are_answered_in_the_order_they_were_sent(
    desk: Desk, numbers: tuple[int, ...], same_second: bool
) -> None:
    order: list[str] = []
    gate = asyncio.Event()

    async def watch(ask: Any) -> None:
        await gate.wait()
        order.append(ask.metadata["text"])

    desk.house.assistant.before = watch
    asked = []
    for waiting, n in enumerate(numbers, 1):
        # a platform's numbers grow, and need not be of one length
        named: dict[str, Any] = {"message_id": str(n), "sent_at": NOW} if same_second else {}
        asked.append(asyncio.create_task(desk.ask(n, text=f"第{n}条消息", **named)))
        await _recorded(desk, waiting)
    gate.set()
    await asyncio.gather(*asked)
    assert order == [f"第{n}条消息" for n in sorted(numbers)]


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
    for number in (1, 2):
        with pytest.raises(NotAllowed):
            await desk.ask(number, nonce="7.n", text="换一句")
    assert len(await desk.house.rows(ArrivalRow)) == 1


async def test_a_message_number_of_somebody_else_gets_no_answer_of_theirs(desk: Desk) -> None:
    arrival = make_arrival(1)
    assert (await desk.inbox.take(arrival, 3)).reply
    await desk.inbox.unsaid(arrival)
    with pytest.raises(NotAllowed):
        await desk.ask(1, sender="oEvil")
    assert "2300" in (await desk.ask(1) or "")


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


async def test_a_sender_who_floods_is_held_back_and_everybody_else_is_not(desk: Desk) -> None:
    gate = asyncio.Event()

    async def slow(ask: Any) -> None:
        if ask.metadata["text"] != "别人":
            await gate.wait()

    desk.house.assistant.before = slow
    flood = []
    for n in range(MOST_WAITING + 4):
        flood.append(asyncio.create_task(desk.ask(n, within_s=20)))
        await _recorded(desk, n + 1)
    assert await desk.ask(1000, sender="oBob", text="别人")
    gate.set()
    answers = await asyncio.gather(*flood)
    # one under way, as many as may wait, and the rest is told
    assert sum("太快" in (answer or "") for answer in answers) == 3 and all(answers)
