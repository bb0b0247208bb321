"""The errors a use case may raise. Each has a stable code and data; the edge chooses the words and the status."""


class OutreachError(Exception):
    """Base of all errors of ours; ``code`` is stable, ``data`` holds what the words at the edge need."""

    code = "error"

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data


class NotFound(OutreachError):
    """What was asked for does not exist, or not for this person."""

    code = "not_found"


class NotAllowed(OutreachError):
    """The person may not do this."""

    code = "not_allowed"


class Conflict(OutreachError):
    """The state moved before we could."""

    code = "conflict"


class Invalid(OutreachError):
    """Input from outside that cannot be taken; ``data["reason"]`` is a stable word."""

    code = "invalid"


class TooFast(OutreachError):
    """One sender asks faster than a person can; ``data["retry_after_s"]`` in seconds."""

    code = "too_fast"


class ContentError(OutreachError):
    """A content file is wrong: ``file``, ``key`` and ``cure`` are in ``data``."""

    code = "content"


class SealBroken(OutreachError):
    """A sealed text does not open: another secret, another context, or it was changed."""

    code = "seal_broken"


class Unavailable(OutreachError):
    """A part we stand on does not answer for now; ``data["part"]`` names it."""

    code = "unavailable"


class AssistantUnavailable(OutreachError):
    """Rasa did not answer, or answered with nothing."""

    code = "assistant_unavailable"
