"""What the talk keeps to itself, in which order it answers, and whose words and buttons count."""

import asyncio
from types import SimpleNamespace

import pytest

from outreach.assistant import Ask
from outreach.domain.errors import Invalid, TooFast
from outreach.domain.messages import Kind
from outreach.domain.messages_json import message_of, wire
from outreach.services import consultations, conversation
from outreach.services.conversation import Pace, Turnstile
from outreach.storage.conversations import Conversation
from tests.builders import heard_json
from tests.conftest import House, build_house

GRANT = "高中助学金好多钱"
PHRASES = {
    GRANT: heard_json(topics={"senior-grant": 0.95}),
    "看看能领啥": heard_json(intent="eligibility"),
    "有用": heard_json(intent="feedback_useful"),
}


@pytest.fixture(autouse=True)
def _taught(small_house: House) -> None:
    small_house.assistant.phrases = dict(PHRASES)


async def test_nothing_in_the_database_names_the_sender(small_house: House) -> None:
    await small_house.say(GRANT, sender="a-very-special-name")
    rows = [*await small_house.rows(), *await small_house.rows(Conversation)]
    assert all("a-very-special-name" not in repr(vars(row)) for row in rows)


async def test_the_same_name_on_another_channel_is_somebody_else(small_house: House) -> None:
    await small_house.say(GRANT, sender="anna")
    await small_house.say(GRANT, sender="anna", channel="sms")
    assert len(await small_house.rows(Conversation)) == 2


@pytest.mark.parametrize("words", ["/restart", "／restart", " / restart", "/policy{}", "//back"])
async def test_a_typed_command_reaches_rasa_as_plain_text(small_house: House, words: str) -> None:
    await small_house.say(words)
    assert not small_house.assistant.asked[-1].message.lstrip().startswith("/")


async def test_a_typed_restart_does_not_end_the_guide(small_house: House) -> None:
    await small_house.say("看看能领啥")
    assert (await small_house.say("/restart")).messages[-1].kind is Kind.FORM


async def test_messages_of_one_sender_are_answered_one_after_the_other(small_house: House) -> None:
    under_way: list[int] = []

    async def slow(_ask: Ask) -> None:
        under_way.append(1)
        assert len(under_way) == 1
        await asyncio.sleep(0)
        under_way.pop()

    small_house.assistant.before = slow
    await asyncio.gather(*(small_house.say(GRANT) for _ in range(8)))
    assert len(await small_house.rows()) == 8


async def test_the_turnstile_forgets_who_is_gone() -> None:
    turnstile = Turnstile()
    with pytest.raises(ZeroDivisionError):
        async with turnstile.one("anna"):
            raise ZeroDivisionError
    assert turnstile._locks == {}


async def test_who_is_too_fast_is_told_how_long_to_wait_and_another_sender_is_not_held_up(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [100.0]
    monkeypatch.setattr(conversation, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    slow = build_house(small_house.services.work, small_house.services.catalogue, small_house.clock, pace=Pace(0.5, 2))
    slow.assistant.phrases = dict(PHRASES)
    await slow.say(GRANT)
    await slow.say(GRANT)
    with pytest.raises(TooFast) as caught:
        await slow.say(GRANT)
    assert caught.value.data["retry_after_s"] == 2
    assert (await slow.say(GRANT, sender="bert")).messages[0].kind is Kind.ANSWER
    seconds[0] += 2
    assert (await slow.say(GRANT)).messages[0].kind is Kind.ANSWER


async def test_an_unexpected_fault_of_the_assistant_leaves_no_question_unanswered_in_the_archive(small_house: House) -> None:
    small_house.assistant.fails = RuntimeError("a defect")
    try:
        reply = await small_house.say(GRANT)
    except RuntimeError:
        reply = None
    (row,) = await small_house.rows()
    assert row.state == "failed" and row.error_id
    assert reply and row.error_id in reply.messages[0].text


async def test_feedback_of_somebody_else_changes_nothing(small_house: House) -> None:
    await small_house.say(GRANT)
    (asked,) = await small_house.rows()
    await small_house.tap(f"feedback:useless:{asked.id}", sender="bert")
    rows = await small_house.rows()
    assert next(row for row in rows if row.id == asked.id).feedback is None


async def test_a_later_verdict_replaces_the_earlier_one(small_house: House) -> None:
    await small_house.say(GRANT)
    (asked,) = await small_house.rows()
    for verdict in ("useful", "useless"):
        await small_house.tap(f"feedback:{verdict}:{asked.id}")
    rows = await small_house.rows()
    assert next(row for row in rows if row.id == asked.id).feedback == "useless"


async def test_feedback_before_any_question_is_taken_kindly(small_house: House) -> None:
    assert "还没有问过" in (await small_house.say("有用")).messages[0].text


@pytest.mark.parametrize(
    "payload", ["", "topic:senior-grant", "topic:senior-grant~", "~", "topic:x~AAAA", "topic:x~\ud800", "\ud800~x"]
)
async def test_a_payload_that_is_not_ours_is_refused_as_invalid(small_house: House, payload: str) -> None:
    with pytest.raises(Invalid):
        await small_house.conversations.converse(conversation.Inbound("web", "anna", payload=payload))


@pytest.mark.parametrize(
    ("act", "title"),
    [
        ("function:eligibility", "看看能领哪些资助"),
        ("function:help", "你能做什么"),
        ("topic:senior-grant", None),
        ("form:stage:junior", "初中"),
    ],
)
async def test_a_tap_is_archived_under_the_words_on_the_button(small_house: House, act: str, title: str | None) -> None:
    await small_house.tap(act)
    wanted = title or small_house.services.catalogue.topic("senior-grant").question
    assert (await small_house.rows())[0].text == wanted


async def test_every_button_that_is_ever_shown_can_be_tapped(small_house: House) -> None:
    seen: set[str] = set()
    waiting = ["function:eligibility", "function:help", "topic:senior-grant"]
    while waiting and len(seen) < 60:
        act = waiting.pop()
        seen.add(act)
        reply = await small_house.tap(act, sender=f"sender-{len(seen)}")
        assert reply.messages and reply.messages[0].kind is not Kind.ERROR, act
        waiting += [b.act for m in reply.messages for b in m.buttons if b.act not in seen and b.act not in waiting]


async def test_after_many_turns_rasa_starts_anew_and_nothing_is_forgotten(small_house: House) -> None:
    house = build_house(small_house.services.work, small_house.services.catalogue, small_house.clock, turns_per_session=2)
    house.assistant.phrases = dict(PHRASES)
    for _ in range(5):
        await house.say("看看能领啥" if not house.assistant.asked else "没听清")
    assert len({ask.conversation for ask in house.assistant.asked}) == 3
    assert (await house.say("还没听清")).messages[-1].kind is Kind.FORM


async def test_messages_survive_the_way_through_rasa(small_house: House) -> None:
    reply = await small_house.say(GRANT)
    assert tuple(message_of(item) for item in wire(reply)) == reply.messages


async def test_the_history_is_limited_to_the_last_turns(small_house: House) -> None:
    for _ in range(5):
        small_house.clock.advance(seconds=1)
        await small_house.say(GRANT)
    rows = await consultations.history(small_house.services, small_house.key(), limit=3)
    assert [row.asked_at for row in rows] == sorted(row.asked_at for row in rows) and len(rows) == 3
