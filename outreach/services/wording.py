"""How an error of ours is told to the person who caused it, on any channel."""

from outreach.content.catalogue import Catalogue
from outreach.domain.errors import Invalid, NotFound, OutreachError, TooFast

# What was typed but cannot be answered is told in the chat's own words; the rest is a fault of the caller's program.
TYPED = ("empty", "no_words", "other_script", "too_long")


def told(catalogue: Catalogue, error: OutreachError) -> str:
    """Return the sentence of ``replies.yml`` for ``error``."""
    if isinstance(error, TooFast):
        return catalogue.say("input.too_fast")
    if isinstance(error, Invalid):
        reason = str(error.data.get("reason", error.code))
        if reason in TYPED:
            return catalogue.say(f"input.{reason}", limit=error.data.get("limit", ""))
        return catalogue.say(f"errors.{reason}")
    return catalogue.say("errors.not_found" if isinstance(error, NotFound) else "errors.refused")
