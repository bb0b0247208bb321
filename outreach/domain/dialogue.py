"""Decide what to do with an understood question: answer, ask which, or decline. Pure; thresholds are arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from outreach.domain.memory import Memory
from outreach.domain.understanding import Ranked, Understanding

# policy stage of each stage a child can be in
POLICY_STAGE = {"primary": "compulsory", "junior": "compulsory"}


def policy_stage(stage: str) -> str:
    """Return the stage of the policies for the stage a child is in: primary and junior are compulsory."""
    return POLICY_STAGE.get(stage, stage)


# A message this short can move on from what was said before; one a little longer can lean on it (normalised characters).
ELLIPTICAL = 12
LEANING = 16
# A message this short that names only a kind of benefit leaves the stage open, whatever the ranking guesses.
BARE = 7


# Situations that make even a bare question about something else than the amount of the usual benefit.
SPECIAL = frozenset(
    (
        "private_school",
        "younger",
        "sudden",
        "transfer",
        "elsewhere",
        "duplicate",
        "deduct",
        "third_year",
        "appeal",
        "fake",
        "pressure",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Thresholds:
    """Probabilities, chosen on the calibration set (`make calibrate`), which is neither training nor held-out."""

    answer: float = 0.30
    offer: float = 0.05
    decline: float = 0.12


@dataclass(frozen=True)
class TopicSketch:
    """What the dialogue needs of a topic: its stage, its main aspect and the aspects its facts speak of."""

    stage: str
    aspect: str
    aspects: frozenset[str]


@dataclass(frozen=True)
class Families:
    """Topics that are each other's counterpart in another stage: family name → stage → topic id."""

    by_name: Mapping[str, Mapping[str, str]]

    def counterpart(self, topic: str, stage: str, *, boarding: bool | None = None) -> str | None:
        """Return the topic of the same family in ``stage``, or None; day pupils get the family's day topic."""
        for members in self.by_name.values():
            if topic in members.values():
                if boarding is False and f"{stage}_day" in members:
                    return members[f"{stage}_day"]
                return members.get(stage)
        return None


@dataclass(frozen=True)
class Answer:
    """Answer these topics, one bubble each; ``also`` are likely next guesses; ``aspect`` is what was asked for."""

    topics: tuple[Ranked, ...]
    also: tuple[str, ...] = ()
    aspect: str | None = None


@dataclass(frozen=True)
class Clarify:
    """Ask which of these topics is meant, at most four."""

    topics: tuple[Ranked, ...]


@dataclass(frozen=True)
class Decline:
    """Say that this is not known here; ``maybe`` are up to three guesses."""

    maybe: tuple[Ranked, ...] = ()


Decision = Answer | Clarify | Decline


@dataclass(frozen=True)
class Guide:
    """The decision maker with what it knows of the topics."""

    sketches: Mapping[str, TopicSketch]
    families: Families
    thresholds: Thresholds = Thresholds()

    def decide(self, heard: Understanding, memory: Memory) -> Decision:
        """Return the decision for ``heard`` after ``memory``."""
        if len(heard.parts) > 1:
            best = tuple(part.topics[0] for part in heard.parts[:2])
            return Answer(best, aspect=None)
        aspect = self._asked_aspect(heard)
        picked = self._picked(heard, memory)
        if picked:
            return Answer((Ranked(picked, 1.0),), aspect=aspect)
        shifted = self._shift(heard, memory, aspect)
        if shifted:
            return Answer((Ranked(shifted, 1.0),), also=_others(heard.topics, shifted), aspect=aspect or memory.aspect)
        kin = self._kin(heard, memory)
        if len(kin) == 1:
            return Answer((Ranked(kin[0], 1.0),), also=_others(heard.topics, kin[0]), aspect=aspect)
        if kin:
            return Clarify(tuple(Ranked(topic, 0.25) for topic in kin))
        ranking = self._fit_stage(self._ranking(heard, memory), heard, memory)
        return self._by_score(ranking, memory, aspect)

    def _by_score(self, ranking: tuple[Ranked, ...], memory: Memory, aspect: str | None) -> Decision:
        limits = self.thresholds
        if not ranking:
            return Decline()
        open_acts = {choice.act for choice in memory.choices}
        best = ranking[0]
        if best.score >= limits.answer or (f"topic:{best.topic}" in open_acts and best.score >= limits.decline):
            return Answer((best,), also=_others(ranking, best.topic), aspect=aspect)
        offered = tuple(item for item in ranking if item.score >= limits.offer)[:4]
        if best.score >= limits.decline and len(offered) > 1:
            return Clarify(offered)
        return Decline(offered[:3])

    def _asked_aspect(self, heard: Understanding) -> str | None:
        asked = [name for name in heard.named("aspect") if name not in ("change", "problem")]
        if heard.years or heard.figures:
            return "amount"
        for preferred in ("amount", "when", "where", "materials", "check", "how", "who"):
            if preferred in asked:
                return preferred
        return None

    def _picked(self, heard: Understanding, memory: Memory) -> str | None:
        """Return the one open choice of the stage that a short message names (「普通高中的」)."""
        stages = [policy_stage(name) for name in heard.named("stage")]
        open_topics = [choice.act.removeprefix("topic:") for choice in memory.choices]
        fitting = [topic for topic in open_topics if topic in self.sketches and self.sketches[topic].stage in stages]
        return fitting[0] if len(fitting) == 1 and heard.length <= ELLIPTICAL else None

    def _shift(self, heard: Understanding, memory: Memory, aspect: str | None) -> str | None:
        """Return the topic that an elliptical message moves to: another stage, or another aspect of the same topic."""
        sketch = self.sketches.get(memory.topic or "")
        if memory.topic is None or sketch is None or heard.length > ELLIPTICAL or heard.named("benefit"):
            return None
        stages = [policy_stage(name) for name in heard.named("stage")]
        sure = bool(heard.topics) and heard.topics[0].score >= 0.75 and not heard.moves
        if sure or (heard.named("situation") and not stages) or SPECIAL & set(heard.named("situation")):
            return None
        if stages and stages[-1] != sketch.stage:
            return self.families.counterpart(memory.topic, stages[-1], boarding=_boarding(heard, memory))
        stays = stages or aspect in sketch.aspects or heard.years or heard.figures
        return memory.topic if stays else None

    def _kin(self, heard: Understanding, memory: Memory) -> tuple[str, ...]:
        """Return what a bare 「有啥补助」 may mean: the one topic of the child's stage, or one a stage; empty if it says more."""
        benefits = {name for name in heard.named("benefit") if name in self.families.by_name}
        if len(benefits) != 1 or heard.length > LEANING or len(heard.named("benefit")) > 2:
            return ()
        named = heard.named("stage")
        told = set(heard.named("situation"))
        sure = bool(heard.topics) and heard.topics[0].score >= 0.6
        says_more = named or told or len(heard.named("benefit")) > 1
        bare = heard.length <= BARE and set(heard.named("aspect")) <= {"amount", "who"} and not says_more
        more = not set(heard.named("aspect")) <= {"amount", "who", "problem"}
        if told & SPECIAL or more or (sure and not bare) or heard.years or heard.figures:
            return ()
        family = self.families.by_name[benefits.pop()]
        stage = named[-1] if named else memory.child.stage or self._stage_of_talk(heard, memory)
        if stage is None:
            return tuple(dict.fromkeys(topic for key, topic in family.items() if not key.endswith("_day")))[-4:]
        stage = policy_stage(stage)
        day = _boarding(heard, memory) is False and f"{stage}_day" in family
        topic = family.get(f"{stage}_day" if day else stage)
        return (topic,) if topic else ()

    def _stage_of_talk(self, heard: Understanding, memory: Memory) -> str | None:
        """Return the stage of the topic last answered where a message such as 「国家奖学金呢」 goes on from it."""
        sketch = self.sketches.get(memory.topic or "")
        return sketch.stage if sketch and heard.moves and sketch.stage != "general" else None

    def _ranking(self, heard: Understanding, memory: Memory) -> tuple[Ranked, ...]:
        """Return the ranking, an elliptical message's read with the talk so far where that is surer."""
        if memory.topic is None or heard.length > LEANING or not heard.in_context:
            return heard.topics
        alone = heard.topics[0].score if heard.topics else 0.0
        says_little = not any(heard.named(kind) for kind in ("stage", "benefit"))
        return heard.in_context if alone < (0.85 if says_little else 0.5) and heard.in_context[0].score > alone else heard.topics

    def _fit_stage(self, ranking: tuple[Ranked, ...], heard: Understanding, memory: Memory) -> tuple[Ranked, ...]:
        """Put the counterpart in the child's stage first where the best topic belongs to another stage."""
        named = heard.named("stage")
        stage = named[-1] if named else memory.child.stage
        if not ranking or stage is None:
            return ranking
        stage = policy_stage(stage)
        best = ranking[0]
        sketch = self.sketches.get(best.topic)
        if sketch is None or sketch.stage in ("general", stage) or any(policy_stage(name) == sketch.stage for name in named):
            return ranking
        if named and best.score >= 0.5:
            # the ranking has heard the stage too: 「上小学之前那一年」 is no primary school
            return ranking
        other = self.families.counterpart(best.topic, stage, boarding=_boarding(heard, memory))
        if other is None:
            return ranking
        return (replace(best, topic=other), *(item for item in ranking[1:] if item.topic != other), best)


def _boarding(heard: Understanding, memory: Memory) -> bool | None:
    said = heard.named("situation")
    if "day" in said:
        return False
    return True if "boarding" in said else memory.child.boarding


def _others(ranking: tuple[Ranked, ...], chosen: str) -> tuple[str, ...]:
    return tuple(item.topic for item in ranking[1:5] if item.topic != chosen and item.score >= 0.03)[:3]
