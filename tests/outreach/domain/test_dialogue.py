"""What to do with an understood question: answer, ask which, or decline; and how a short message moves on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.content.catalogue import Catalogue
from outreach.domain.dialogue import Answer, Clarify, Decline, Families, Guide, Thresholds, TopicSketch
from outreach.domain.memory import Child, Choice, Memory
from outreach.domain.understanding import Ranked, Understanding
from tests.builders import heard

LIMITS = Thresholds(answer=0.30, offer=0.05, decline=0.12)
SKETCHES = {
    "boarder": TopicSketch("compulsory", "amount", frozenset(("amount", "who", "when"))),
    "day-pupil": TopicSketch("compulsory", "amount", frozenset(("amount",))),
    "senior-grant": TopicSketch("senior", "amount", frozenset(("amount", "who", "when"))),
    "voc-grant": TopicSketch("vocational", "amount", frozenset(("amount", "materials"))),
    "hardship": TopicSketch("general", "how", frozenset(("how",))),
}
FAMILIES = Families(
    {"aid": {"compulsory": "boarder", "compulsory_day": "day-pupil", "senior": "senior-grant", "vocational": "voc-grant"}}
)
GUIDE = Guide(SKETCHES, FAMILIES, LIMITS)
SCORES = st.floats(0, 1, allow_nan=False)


def ids(decision: Answer | Clarify) -> list[str]:
    """Return the topics of a decision."""
    return [item.topic for item in decision.topics]


@pytest.mark.parametrize(
    ("scores", "kind"),
    [
        ({"hardship": 0.30}, Answer),
        ({"hardship": 0.29, "senior-grant": 0.06}, Clarify),
        ({"hardship": 0.12, "senior-grant": 0.05}, Clarify),
        ({"hardship": 0.12, "senior-grant": 0.04}, Decline),
        ({"hardship": 0.11, "senior-grant": 0.10}, Decline),
        ({}, Decline),
    ],
)
def test_the_thresholds_part_answer_question_and_no(scores: dict[str, float], kind: type[object]) -> None:
    assert isinstance(GUIDE.decide(heard(topics=scores), Memory()), kind)


@given(st.dictionaries(st.sampled_from([f"topic-{n}" for n in range(9)]), SCORES, max_size=9), st.integers(0, 40))
def test_never_more_than_four_are_offered_and_three_guessed(scores: dict[str, float], length: int) -> None:
    ranked = dict(sorted(scores.items(), key=lambda item: -item[1]))
    decision = GUIDE.decide(heard(topics=ranked, length=length), Memory())
    if isinstance(decision, Clarify):
        assert 2 <= len(decision.topics) <= 4
    elif isinstance(decision, Decline):
        assert len(decision.maybe) <= 3
        assert all(item.score >= LIMITS.offer for item in decision.maybe)
    else:
        assert len(decision.also) <= 3
        assert not set(ids(decision)) & set(decision.also)


@given(st.lists(st.sampled_from(("grant", "living", "tuition", "loan")), max_size=3), st.integers(0, 20))
def test_a_bare_benefit_offers_four_at_most_in_the_real_families(catalogue: Catalogue, benefits: list[str], length: int) -> None:
    decision = catalogue.guide().decide(
        heard(topics={"senior-grant": 0.2}, concepts={"benefit": benefits}, length=length), Memory()
    )
    assert not isinstance(decision, Clarify) or 2 <= len(decision.topics) <= 4


def test_two_questions_get_two_answers_and_a_third_waits() -> None:
    decision = GUIDE.decide(heard(parts=[("a", "boarder"), ("b", "voc-grant"), ("c", "hardship")]), Memory())
    assert isinstance(decision, Answer)
    assert ids(decision) == ["boarder", "voc-grant"]


@pytest.mark.parametrize(
    ("stage", "child", "expected"),
    [
        ("vocational", Child(), "voc-grant"),
        ("junior", Child(), "boarder"),
        ("primary", Child(boarding=False), "day-pupil"),
        ("primary", Child(boarding=True), "boarder"),
    ],
)
def test_naming_another_stage_moves_to_the_counterpart(stage: str, child: Child, expected: str) -> None:
    memory = Memory(topic="senior-grant", aspect="amount", child=child)
    decision = GUIDE.decide(heard(topics={"hardship": 0.4}, concepts={"stage": [stage]}, length=4), memory)
    assert isinstance(decision, Answer)
    assert ids(decision) == [expected]
    assert decision.aspect == "amount"


def test_saying_that_the_child_does_not_board_moves_to_the_day_pupils_topic() -> None:
    said = heard(concepts={"stage": ["primary"], "situation": ["day"]}, length=6)
    decision = GUIDE.decide(said, Memory(topic="senior-grant"))
    assert isinstance(decision, Answer) and ids(decision) == ["day-pupil"]


def test_a_stage_without_a_counterpart_is_read_as_it_stands() -> None:
    said = heard(topics={"hardship": 0.4}, concepts={"stage": ["college"]}, length=4)
    decision = GUIDE.decide(said, Memory(topic="senior-grant"))
    assert isinstance(decision, Answer) and ids(decision) == ["hardship"]


def test_another_aspect_stays_with_the_topic() -> None:
    decision = GUIDE.decide(
        heard(topics={"hardship": 0.4}, concepts={"aspect": ["when"]}, length=4), Memory(topic="senior-grant")
    )
    assert isinstance(decision, Answer)
    assert (ids(decision), decision.aspect) == (["senior-grant"], "when")


def test_an_aspect_the_topic_says_nothing_of_does_not_stay() -> None:
    said = heard(topics={"hardship": 0.4}, concepts={"aspect": ["materials"]}, length=4)
    decision = GUIDE.decide(said, Memory(topic="senior-grant"))
    assert isinstance(decision, Answer) and ids(decision) == ["hardship"]


def test_a_long_message_stands_for_itself() -> None:
    decision = GUIDE.decide(
        heard(topics={"hardship": 0.6}, concepts={"aspect": ["when"]}, length=30), Memory(topic="senior-grant")
    )
    assert isinstance(decision, Answer) and ids(decision) == ["hardship"]


def test_a_short_message_that_is_sure_of_its_own_topic_does_not_shift() -> None:
    decision = GUIDE.decide(
        heard(topics={"hardship": 0.9}, concepts={"aspect": ["when"]}, length=6), Memory(topic="senior-grant")
    )
    assert isinstance(decision, Answer) and ids(decision) == ["hardship"]


@pytest.mark.parametrize("more", [{"years": [2023]}, {"figures": [2000]}])
def test_a_year_or_a_figure_alone_asks_for_the_amount_of_the_same_topic(more: dict[str, list[int]]) -> None:
    decision = GUIDE.decide(heard(topics={"hardship": 0.2}, length=6, **more), Memory(topic="senior-grant"))
    assert isinstance(decision, Answer)
    assert (ids(decision), decision.aspect) == (["senior-grant"], "amount")


def test_the_childs_stage_puts_its_own_topic_first() -> None:
    decision = GUIDE.decide(heard(topics={"senior-grant": 0.5}), Memory(child=Child(stage="vocational")))
    assert isinstance(decision, Answer)
    assert ids(decision) == ["voc-grant"]
    assert "senior-grant" in decision.also


def test_a_stage_named_in_the_message_counts_more_than_the_childs() -> None:
    said = heard(topics={"senior-grant": 0.5}, concepts={"stage": ["senior"]})
    decision = GUIDE.decide(said, Memory(child=Child(stage="vocational")))
    assert isinstance(decision, Answer) and ids(decision) == ["senior-grant"]


def test_a_sure_ranking_that_heard_the_stage_is_not_moved_to_its_counterpart() -> None:
    said = heard(topics={"boarder": 0.9}, concepts={"stage": ["senior"]})
    decision = GUIDE.decide(said, Memory())
    assert isinstance(decision, Answer) and ids(decision) == ["boarder"]


def test_a_special_situation_is_not_answered_with_the_usual_counterpart() -> None:
    concepts = {"stage": ["vocational"], "situation": ["private_school"]}
    said = heard(topics={"hardship": 0.9}, concepts=concepts, length=5, moves=True)
    decision = GUIDE.decide(said, Memory(topic="senior-grant"))
    assert isinstance(decision, Answer) and ids(decision) == ["hardship"]


def test_a_question_that_goes_on_stays_in_the_stage_of_the_talk() -> None:
    guide = Guide(SKETCHES, Families({"grant": FAMILIES.by_name["aid"]}), LIMITS)
    said = heard(topics={"hardship": 0.4}, concepts={"benefit": ["grant"]}, length=5, moves=True)
    assert ids(guide.decide(said, Memory(topic="boarder"))) == ["boarder"]
    assert isinstance(guide.decide(said, Memory()), Clarify)


def test_words_that_name_nothing_are_read_with_the_talk() -> None:
    said = heard(topics={"hardship": 0.7}, in_context={"voc-grant": 0.9}, length=8)
    decision = GUIDE.decide(said, Memory(topic="boarder"))
    assert isinstance(decision, Answer) and ids(decision) == ["voc-grant"]


def test_an_open_choice_is_taken_on_a_weaker_word() -> None:
    memory = Memory(choices=(Choice("普高", "topic:senior-grant"), Choice("职高", "topic:voc-grant")))
    decision = GUIDE.decide(heard(topics={"voc-grant": 0.13, "hardship": 0.1}), memory)
    assert isinstance(decision, Answer) and ids(decision) == ["voc-grant"]


def test_the_reading_with_the_talk_counts_where_it_is_surer() -> None:
    said = heard(topics={"hardship": 0.2}, in_context={"voc-grant": 0.6}, length=8)
    decision = GUIDE.decide(said, Memory(topic="boarder"))
    assert isinstance(decision, Answer) and ids(decision) == ["voc-grant"]


def test_nothing_understood_is_declined() -> None:
    assert GUIDE.decide(Understanding(), Memory()) == Decline()


def test_a_guide_that_never_heard_of_a_topic_still_decides() -> None:
    said = Understanding(topics=(Ranked("of-an-older-model", 0.9),), length=5, concepts={"stage": ("senior",)})
    assert isinstance(GUIDE.decide(said, Memory(topic="gone", child=Child(stage="senior"))), Answer)
