"""The eligibility rules of the content as domain values."""

from outreach.content.schema import BenefitRule
from outreach.domain.eligibility import Rule


def rule_of(entry: BenefitRule) -> Rule:
    """Return the rule that ``entry`` of ``eligibility.yml`` states."""
    return Rule(
        id=entry.id,
        stages=entry.stages,
        boarding=entry.boarding,
        schools=entry.schools,
        any_situation=entry.any_situation,
        needs_hardship=entry.needs_hardship,
        likelihood=entry.likelihood,
        per_year=entry.per_year,
        certain=entry.certainty == "verified",
    )
