"""The address of one answer in full: it names nobody, and nobody can guess it."""

from outreach.services.context import Services

PATH = "/answers/"


def path_of(services: Services, consultation_id: str) -> str:
    """Return the path of a consultation's answer, signed."""
    return PATH + services.sign("answer", consultation_id)


def consultation_of(services: Services, signed: str) -> str | None:
    """Return the consultation of a path's last part, None for one that was not made here."""
    return services.open("answer", signed)
