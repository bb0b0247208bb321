"""Turns through services, actions and database, with Rasa played in this process."""

import asyncio

import pytest

from outreach.assistant import Ask
from outreach.domain.errors import AssistantUnavailable, Invalid, TooFast
from outreach.domain.messages import Kind
from outreach.services import consultations, memories
from outreach.services.conversation import Pace
from outreach.storage.consultations import ConsultationTopic
from tests.builders import heard_json
from tests.conftest import House, build_house

GRANT = "高中助学金好多钱"


def knows(house: House) -> House:
    """Teach the fake assistant a few messages."""
    house.assistant.phrases = {
        GRANT: heard_json(topics={"senior-grant": 0.95, "voc-grant": 0.03}, concepts={"aspect": ["amount"], "stage": ["senior"]}),
        "那职高呢": heard_json(topics={"voc-grant": 0.4}, concepts={"stage": ["vocational"]}, length=4, moves=True),
        "看看我娃能领哪些补助": heard_json(intent="eligibility"),
        "初中": heard_json(intent="inform", concepts={"stage": ["junior"]}, length=2),
        "住校": heard_json(intent="inform", concepts={"situation": ["boarding"]}, length=2),
        "不对，是走读": heard_json(intent="correct", concepts={"situation": ["day"]}, length=5),
        "低保户": heard_json(intent="inform", concepts={"situation": ["dibao"]}, length=3),
        "算了": heard_json(intent="cancel", length=2),
        "继续": heard_json(intent="resume", length=2),
        "2": heard_json(intent="choose", choice=2, length=1),
        "补助": heard_json(topics={"senior-grant": 0.15, "voc-grant": 0.12}, length=8),
        "有用": heard_json(intent="feedback_useful"),
    }
    return house


async def test_a_question_is_archived_with_its_answer(house: House) -> None:
    reply = await knows(house).say(GRANT)
    assert reply.messages[0].topics == ("senior-grant",)
    (row,) = await house.rows()
    assert (row.state, row.kind, row.topic_id, row.text) == ("answered", "answer", "senior-grant", GRANT)
    assert row.policy_version == house.services.catalogue.topic("senior-grant").version
    assert row.reply[0]["text"] == reply.messages[0].text
    assert [item.topic_id for item in await house.rows(ConsultationTopic)] == ["senior-grant"]


async def test_the_question_is_in_the_archive_before_rasa_is_asked(house: House) -> None:
    seen = []

    async def look(_ask: Ask) -> None:
        seen.extend(row.state for row in await house.rows())

    knows(house).assistant.before = look
    await house.say(GRANT)
    assert seen == ["received"]


async def test_a_failing_assistant_apologises_with_an_id_and_loses_nothing(house: House) -> None:
    house.assistant.fails = AssistantUnavailable(reason="ClientConnectorError")
    reply = await house.say(GRANT)
    (row,) = await house.rows()
    assert reply.messages[0].kind is Kind.ERROR
    assert row.state == "failed" and row.error_id in reply.messages[0].text
    house.assistant.fails = None
    assert (await knows(house).say(GRANT)).messages[0].kind is Kind.ANSWER


async def test_a_failing_action_apologises_with_an_id(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house = knows(small_house)

    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("outreach.services.policy.compose", broken)
    reply = await house.say(GRANT)
    (row,) = await house.rows()
    assert reply.messages[0].kind is Kind.ERROR and "broken" not in reply.messages[0].text
    assert row.state == "failed" and row.error_id in reply.messages[0].text


async def test_numbers_are_masked_and_the_sender_is_not_stored(house: House) -> None:
    await house.say("我电话13912345678，身份证50022419900101123X，娃儿有没得补助", sender="openid-of-anna")
    (row,) = await house.rows()
    assert "139" not in row.text and "5002" not in row.text
    assert "anna" not in row.sender_key


async def test_the_stage_moves_and_the_topic_stays(house: House) -> None:
    await knows(house).say(GRANT)
    assert (await house.say("那职高呢")).messages[0].topics == ("voc-grant",)


async def test_a_choice_is_taken_by_number_and_by_tap(small_house: House) -> None:
    house = knows(small_house)
    asked = (await house.say("补助")).messages[0]
    assert asked.kind is Kind.CLARIFY and len(asked.buttons) <= 4
    assert (await house.say("2")).messages[0].topics == (asked.buttons[1].act.removeprefix("topic:"),)
    tapped = await house.tap(asked.buttons[0].act)
    assert tapped.messages[0].topics == (asked.buttons[0].act.removeprefix("topic:"),)


async def test_another_persons_button_is_refused(small_house: House) -> None:
    with pytest.raises(Invalid):
        await small_house.tap("topic:senior-grant", sender="anna", signed_for="bert")


async def test_what_looks_like_a_command_is_plain_text(small_house: House) -> None:
    await small_house.say('/policy{"topic":"senior-grant"}')
    assert not small_house.assistant.asked[0].message.startswith("/")


async def test_the_guide_survives_a_restart_of_rasa_and_a_correction(house: House) -> None:
    knows(house)
    assert (await house.say("看看我娃能领哪些补助")).messages[0].kind is Kind.FORM
    await house.say("初中")
    house.assistant.forget()
    await house.say("住校")
    corrected = await house.say("不对，是走读")
    assert corrected.messages[0].kind is Kind.FORM and "走读" in corrected.messages[0].text
    result = (await house.say("低保户")).messages[0]
    assert result.kind is Kind.RESULT
    assert "750" in result.text and "合计" in result.text


async def test_the_guide_stops_and_goes_on(small_house: House) -> None:
    house = knows(small_house)
    await house.say("看看我娃能领哪些补助")
    await house.say("初中")
    assert "继续" in (await house.say("算了")).messages[0].text
    resumed = (await house.say("继续")).messages[0]
    assert "初中" in resumed.text and "走读" in resumed.text


async def test_feedback_is_stored_on_the_answer(house: House) -> None:
    await knows(house).say(GRANT)
    await house.say("有用")
    first, _second = await house.rows()
    assert first.feedback == "useful"


async def test_the_history_shows_the_last_turns_in_order(house: House) -> None:
    knows(house)
    await house.say(GRANT)
    house.clock.advance(seconds=5)
    await house.say("那职高呢")
    await house.say(GRANT, sender="bert")
    rows = await consultations.history(house.services, house.key())
    assert [row.text for row in rows] == [GRANT, "那职高呢"]


async def test_a_hundred_messages_at_once_are_slowed_and_the_next_works(small_house: House) -> None:
    slow = build_house(small_house.services.work, small_house.services.catalogue, small_house.clock, pace=Pace(0.5, 10))
    knows(slow)
    answers = await asyncio.gather(*(slow.say(GRANT) for _ in range(100)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, TooFast)]
    assert len(refused) == 90 and not [a for a in answers if isinstance(a, Exception) and not isinstance(a, TooFast)]
    assert refused[0].data["retry_after_s"] <= 2
    await asyncio.sleep(2)
    assert (await slow.say(GRANT)).messages[0].kind is Kind.ANSWER


async def test_many_senders_at_once_each_get_their_answer(house: House) -> None:
    knows(house)
    replies = await asyncio.gather(*(house.say(GRANT, sender=f"sender-{n}") for n in range(40)))
    assert all(reply.messages[0].kind is Kind.ANSWER for reply in replies)
    assert len(await house.rows()) == 40


async def test_an_idle_talk_is_forgotten_and_its_questions_stay(house: House) -> None:
    await knows(house).say(GRANT)
    house.clock.advance(days=200)
    assert await memories.forget_idle(house.services, house.clock.now()) == 1
    assert len(await house.rows()) == 1
