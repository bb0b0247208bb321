"""The list of policies as the page shows it: by stage, and by kind of benefit where a stage has many. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from outreach.domain.topics import Topic

# In the order of a child's life; what concerns everyone comes last.
STAGES = ("preschool", "compulsory", "senior", "vocational", "college", "general")
# Within a stage: what one gets, then how to get it, then rights and rules.
BENEFITS = (
    "overview", "grant", "fee-free", "tuition", "living-subsidy", "meal", "books", "boarding-fee", "scholarship", "loan",
    "travel", "work", "military", "employment", "training", "temp", "hardship", "identity", "payout", "contact",
    "fraud-guard", "rights", "waiver", "archive", "school-duty", "other",
)  # fmt: skip
# A stage with more topics than this is divided by benefit.
LONG = 12


@dataclass(frozen=True)
class Group:
    """Topics of one kind of ``benefit``; None when the stage is not divided."""

    benefit: str | None
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Section:
    """All topics of one ``stage``."""

    stage: str
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """Return how many topics the stage has."""
        return sum(len(group.topics) for group in self.groups)


def sections(topics: Iterable[Topic], stage: str | None = None) -> tuple[Section, ...]:
    """Return the topics by stage, only ``stage`` if given; stages without topics are left out."""
    everything = sorted(topics, key=lambda topic: (BENEFITS.index(topic.benefit), topic.id))
    wanted = STAGES if stage is None else (stage,)
    by_stage = {name: [topic for topic in everything if topic.stage == name] for name in wanted}
    return tuple(Section(name, _groups(found)) for name, found in by_stage.items() if found)


def _groups(topics: list[Topic]) -> tuple[Group, ...]:
    if len(topics) <= LONG:
        return (Group(None, tuple(topics)),)
    divided = {benefit: tuple(topic for topic in topics if topic.benefit == benefit) for benefit in BENEFITS}
    return tuple(Group(benefit, found) for benefit, found in divided.items() if found)
