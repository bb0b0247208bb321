"""The eligibility guide: which question comes next, what an answer means, and what a child may receive. Pure rules."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from outreach.domain.memory import FAMILY_SITUATIONS, Asking, Child, Form

QUESTIONS: tuple[Asking, ...] = ("stage", "boarding", "school", "situation")
STAGES = ("preschool", "primary", "junior", "senior", "vocational", "college")
Likelihood = Literal["everyone", "by_identity", "by_recognition", "ask"]


@dataclass(frozen=True)
class Rule:
    """When one benefit can be had. ``per_year`` in yuan; None where the amount is not certain."""

    id: str
    stages: tuple[str, ...]
    boarding: bool | None
    schools: tuple[str, ...]
    any_situation: tuple[str, ...]
    needs_hardship: bool
    likelihood: Likelihood
    per_year: int | None
    certain: bool

    def fits(self, child: Child) -> bool:
        """Tell whether ``child`` may have this benefit; what is not known of the child does not exclude it."""
        if child.stage not in self.stages:
            return False
        if self.boarding is not None and child.boarding is not None and child.boarding != self.boarding:
            return False
        if self.schools and child.school and child.school not in self.schools:
            return False
        if self.any_situation and not set(self.any_situation) & set(child.situations):
            return False
        return not self.needs_hardship or bool(set(child.situations) & set(FAMILY_SITUATIONS))


def entitled(rules: Iterable[Rule], child: Child) -> tuple[Rule, ...]:
    """Return the rules that fit, the surest first, in the order of the content otherwise."""
    order = {"everyone": 0, "by_identity": 1, "by_recognition": 2, "ask": 3}
    return tuple(sorted((rule for rule in rules if rule.fits(child)), key=lambda rule: order[rule.likelihood]))


def certain_sum(rules: Iterable[Rule]) -> int:
    """Return the yuan a year that are certain: verified amounts that need no further decision."""
    return sum(rule.per_year or 0 for rule in rules if rule.certain and rule.likelihood in ("everyone", "by_identity"))


def asks(child: Child, question: Asking) -> bool:
    """Tell whether ``question`` matters for this child: boarding only in compulsory schooling, ownership where fees differ."""
    if question == "boarding":
        return child.stage in ("primary", "junior")
    if question == "school":
        return child.stage in ("preschool", "vocational")
    return True


def next_question(form: Form) -> Asking | None:
    """Return the first question that matters and was not answered, or None when all were."""
    for question in QUESTIONS:
        if question not in form.answered and asks(form.child, question):
            return question
    return None


def take(form: Form, said: Child, *, none_of_them: bool = False) -> Form:
    """Return ``form`` with everything that ``said`` states; a stage that changes asks its own questions again."""
    child, answered = form.child, set(form.answered)
    if said.stage:
        if said.stage != child.stage:
            answered -= {"boarding", "school"}
            child = replace(child, boarding=None, school=None)
        child = replace(child, stage=said.stage)
        answered.add("stage")
    if said.boarding is not None:
        child = replace(child, boarding=said.boarding)
        answered.add("boarding")
    if said.school:
        child = replace(child, school=said.school)
        answered.add("school")
    if none_of_them:
        child = replace(child, situations=())
        answered.add("situation")
    elif said.situations:
        merged = tuple(dict.fromkeys((*child.situations, *said.situations)))
        child = replace(child, situations=merged)
        answered.add("situation")
    form = replace(form, child=child, answered=tuple(q for q in QUESTIONS if q in answered), paused=False)
    return replace(form, asking=next_question(form))
