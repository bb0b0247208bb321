"""What is remembered survives the database, and what a child is said to be adds up."""

import json

from hypothesis import given
from hypothesis import strategies as st

from outreach.domain.eligibility import QUESTIONS, STAGES
from outreach.domain.memory import FAMILY_SITUATIONS, Child, Choice, Form, Memory, Turn, learn

CHILDREN = st.builds(
    Child,
    stage=st.none() | st.sampled_from(STAGES),
    boarding=st.none() | st.booleans(),
    school=st.none() | st.sampled_from(("public", "private")),
    situations=st.lists(st.sampled_from(FAMILY_SITUATIONS), unique=True).map(tuple),
)
FORMS = st.builds(
    Form,
    child=CHILDREN,
    asking=st.none() | st.sampled_from(QUESTIONS),
    answered=st.lists(st.sampled_from(QUESTIONS), unique=True).map(tuple),
    paused=st.booleans(),
)
WORDS = st.none() | st.text(max_size=20)
MEMORIES = st.builds(
    Memory,
    child=CHILDREN,
    topic=WORDS,
    aspect=WORDS,
    choices=st.lists(st.builds(Choice, st.text(max_size=9), st.text(max_size=9)), max_size=4).map(tuple),
    form=st.none() | FORMS,
    answered_by=WORDS,
)


@given(MEMORIES)
def test_a_memory_comes_back_from_json_as_it_was(memory: Memory) -> None:
    assert Memory.from_json(json.loads(json.dumps(memory.to_json()))) == memory


def test_an_empty_object_is_an_empty_memory() -> None:
    assert Memory.from_json({}) == Memory()


def test_keys_of_another_version_are_ignored() -> None:
    assert Memory.from_json({**Memory(topic="a").to_json(), "of_tomorrow": 1}) == Memory(topic="a")


def test_a_turn_changes_only_what_it_is_told_to() -> None:
    turn = Turn("key", "id", "web", "words", memory=Memory(topic="a", aspect="amount"))
    changed = turn.remembering(topic="b")
    assert (changed.memory.topic, changed.memory.aspect, turn.memory.topic) == ("b", "amount", "a")


def test_a_new_stage_forgets_boarding_and_school_but_not_the_family() -> None:
    child = Child("junior", boarding=True, school="public", situations=("dibao",))
    assert learn(child, {"stage": ("senior",)}) == Child("senior", situations=("dibao",))


def test_the_same_stage_again_forgets_nothing() -> None:
    child = Child("junior", boarding=True)
    assert learn(child, {"stage": ("junior",)}) == child


def test_a_day_pupil_is_not_a_boarder_even_where_boarding_is_named_too() -> None:
    assert learn(Child(), {"situation": ("boarding", "day")}).boarding is False


def test_a_stage_that_is_no_stage_of_a_child_is_not_remembered() -> None:
    assert learn(Child(), {"stage": ("compulsory",)}).stage is None


def test_only_situations_of_the_family_are_kept_and_each_once() -> None:
    child = learn(Child(situations=("dibao",)), {"situation": ("dibao", "orphan", "boarding", "transfer")})
    assert child.situations == ("dibao", "orphan")


@given(CHILDREN)
def test_hearing_nothing_changes_nothing(child: Child) -> None:
    assert learn(child, {}) == child
