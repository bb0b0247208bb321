"""The guide's rules: any order of answers comes to an end, and only what is certain is added up."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.content.catalogue import Catalogue
from outreach.content.rules import rule_of
from outreach.domain.eligibility import QUESTIONS, STAGES, Rule, asks, certain_sum, entitled, next_question, take
from outreach.domain.memory import FAMILY_SITUATIONS, Asking, Child, Form

SITUATIONS = st.lists(st.sampled_from(FAMILY_SITUATIONS), min_size=1, max_size=3, unique=True).map(tuple)
ANSWERS: dict[Asking, st.SearchStrategy[tuple[Child, bool]]] = {
    "stage": st.sampled_from(STAGES).map(lambda stage: (Child(stage=stage), False)),
    "boarding": st.booleans().map(lambda boards: (Child(boarding=boards), False)),
    "school": st.sampled_from(("public", "private")).map(lambda school: (Child(school=school), False)),
    "situation": SITUATIONS.map(lambda said: (Child(situations=said), False)) | st.just((Child(), True)),
}
ANYTHING = st.one_of(*ANSWERS.values())


def make_rule(**changes: object) -> Rule:
    """Return a rule that fits every primary pupil."""
    given_: dict[str, object] = {
        "id": "r", "stages": ("primary",), "boarding": None, "schools": (), "any_situation": (), "needs_hardship": False,
        "likelihood": "everyone", "per_year": 100, "certain": True,
    }  # fmt: skip
    return Rule(**{**given_, **changes})  # type: ignore[arg-type]


@given(st.lists(ANYTHING, max_size=8), st.data())
def test_after_anything_said_answering_what_is_asked_comes_to_an_end(said: list[tuple[Child, bool]], data: st.DataObject) -> None:
    form = Form()
    for child, none_of_them in said:
        form = take(form, child, none_of_them=none_of_them)
    for _ in range(len(QUESTIONS)):
        if form.asking is None:
            break
        child, none_of_them = data.draw(ANSWERS[form.asking])
        form = take(form, child, none_of_them=none_of_them)
    assert form.asking is None
    assert form.child.stage in STAGES


@given(st.permutations(QUESTIONS), st.data())
def test_the_order_of_the_answers_does_not_change_the_child(order: list[Asking], data: st.DataObject) -> None:
    answers = {question: data.draw(ANSWERS[question]) for question in QUESTIONS}
    results = []
    for sequence in (QUESTIONS, order):
        # whatever is said before the stage is said again after it: a stage asks its own questions anew
        form = Form()
        for question in ("stage", *(q for q in sequence if q != "stage")):
            form = take(form, answers[question][0], none_of_them=answers[question][1])
        results.append(form.child)
    assert results[0] == results[1]


def test_a_corrected_stage_asks_its_own_questions_again() -> None:
    form = take(take(take(Form(), Child(stage="junior")), Child(boarding=True)), Child(stage="vocational"))
    assert (form.child.boarding, form.asking) == (None, "school")


def test_a_corrected_answer_replaces_the_old_one() -> None:
    form = take(take(take(Form(), Child(stage="junior")), Child(boarding=True)), Child(boarding=False))
    assert form.child.boarding is False
    assert form.asking == "situation"


def test_none_of_them_takes_earlier_situations_back() -> None:
    form = take(take(Form(), Child(stage="college", situations=("dibao",))), Child(), none_of_them=True)
    assert (form.child.situations, form.asking) == ((), None)


@pytest.mark.parametrize("stage", STAGES)
def test_questions_that_make_no_difference_are_not_asked(stage: str) -> None:
    asked = {question for question in QUESTIONS if asks(Child(stage=stage), question)}
    assert ("boarding" in asked) == (stage in ("primary", "junior"))
    assert ("school" in asked) == (stage in ("preschool", "vocational"))
    assert {"stage", "situation"} <= asked


def test_the_first_question_is_the_stage() -> None:
    assert next_question(Form()) == "stage"


@given(st.lists(st.builds(
    lambda n, likelihood, certain: make_rule(per_year=n, likelihood=likelihood, certain=certain),
    st.none() | st.integers(0, 9000), st.sampled_from(("everyone", "by_identity", "by_recognition", "ask")), st.booleans(),
), max_size=8))  # fmt: skip
def test_only_certain_amounts_that_need_no_decision_are_added_up(rules: list[Rule]) -> None:
    total = certain_sum(rules)
    counted = [rule for rule in rules if rule.certain and rule.likelihood in ("everyone", "by_identity") and rule.per_year]
    assert total == sum(rule.per_year or 0 for rule in counted)


def test_what_fits_comes_with_the_surest_first() -> None:
    rules = [make_rule(id=name, likelihood=name) for name in ("ask", "by_recognition", "everyone", "by_identity")]
    found = [rule.id for rule in entitled(rules, Child(stage="primary"))]
    assert found == ["everyone", "by_identity", "by_recognition", "ask"]


@pytest.mark.parametrize(
    ("rule", "child"),
    [
        (make_rule(), Child(stage="college")),
        (make_rule(boarding=True), Child(stage="primary", boarding=False)),
        (make_rule(schools=("public",)), Child(stage="primary", school="private")),
        (make_rule(any_situation=("orphan",)), Child(stage="primary", situations=("dibao",))),
        (make_rule(needs_hardship=True), Child(stage="primary")),
    ],
)
def test_a_rule_that_is_not_met_does_not_fit(rule: Rule, child: Child) -> None:
    assert not rule.fits(child)


def test_what_is_not_known_of_the_child_excludes_nothing() -> None:
    assert make_rule(boarding=True, schools=("public",)).fits(Child(stage="primary"))


@given(st.sampled_from(STAGES), st.booleans(), st.sampled_from(("public", "private")), SITUATIONS | st.just(()))
def test_no_child_is_told_it_both_boards_and_does_not(
    catalogue: Catalogue, stage: str, boards: bool, school: str, situations: tuple[str, ...]
) -> None:
    child = Child(stage, boards, school, situations)
    found = entitled([rule_of(entry) for entry in catalogue.benefits], child)
    assert len({rule.boarding for rule in found if rule.boarding is not None}) <= 1
    assert certain_sum(found) <= certain_sum(entitled([rule_of(e) for e in catalogue.benefits], replace(child, boarding=None)))
