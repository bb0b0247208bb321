"""What is said in the middle of the eligibility guide and is no answer to it: danger, questions, functions, menu keys."""

import pytest

from outreach.domain.memory import Choice
from outreach.domain.messages import Inbound, Kind
from outreach.services import memories
from tests.builders import heard_json
from tests.conftest import House

START, DANGER, DESPAIR, COMPLAINT = "看看能领啥", "有人叫我报验证码", "不想活了", "我要投诉学校"


@pytest.fixture(autouse=True)
async def _guide_is_open(small_house: House) -> None:
    small_house.assistant.phrases = {
        START: heard_json(intent="eligibility"),
        DANGER: heard_json(intent="safety"),
        DESPAIR: heard_json(intent="crisis"),
        COMPLAINT: heard_json(intent="complaint"),
        "初中": heard_json(intent="inform", concepts={"stage": ["junior"]}),
    }
    assert "读哪个阶段" in (await small_house.say(START)).messages[-1].text


@pytest.mark.parametrize(("words", "help_"), [(DANGER, "96110"), (DESPAIR, "12355")])
async def test_danger_comes_before_the_question_and_the_guide_waits(small_house: House, words: str, help_: str) -> None:
    reply = await small_house.say(words)
    assert [message.kind for message in reply.messages] == [Kind.SAFETY] and help_ in reply.messages[0].text
    assert "住校还是走读" in (await small_house.say("初中")).messages[-1].text


async def test_a_function_is_answered_and_the_question_asked_again(small_house: House) -> None:
    reply = await small_house.say(COMPLAINT)
    assert "投诉" in reply.messages[0].text and "读哪个阶段" in reply.messages[-1].text


@pytest.mark.parametrize(
    ("act", "words"), [("topic:where-to-apply", "学校"), ("function:help", "我能帮您"), ("function:human", "转人工")]
)
async def test_a_menu_key_is_answered_and_the_question_asked_again(small_house: House, act: str, words: str) -> None:
    reply = await small_house.tap(act)
    assert words in reply.messages[0].text and "读哪个阶段" in reply.messages[-1].text
    assert not any(message.buttons for message in reply.messages[:-1])


async def test_starting_the_guide_again_asks_the_same_question(small_house: House) -> None:
    reply = await small_house.tap("function:eligibility")
    assert "读哪个阶段" in reply.messages[-1].text and "没听懂" not in reply.messages[-1].text


async def test_a_number_answers_the_question_and_not_an_older_suggestion(small_house: House) -> None:

    await memories.offer(small_house.services, "web", small_house.key(), (Choice("该找谁办", "topic:where-to-apply"),))
    await small_house.conversations.converse(Inbound("web", "anna", "1"))
    assert small_house.assistant.asked[-1].metadata["act"] is None
