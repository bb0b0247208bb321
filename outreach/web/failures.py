"""Errors at the edge: which status, which words, and as a page or as JSON."""

from dataclasses import dataclass, field

from aiohttp import web

from outreach.content.catalogue import Catalogue
from outreach.domain.errors import Conflict, Invalid, NotAllowed, NotFound, OutreachError, TooFast
from outreach.web.templating import render

STATUS: dict[type[OutreachError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 400, TooFast: 429}
# What was typed but cannot be answered is told in the chat's own words; the rest is a fault of the caller's program.
TYPED = ("empty", "no_words", "other_script", "too_long")


@dataclass(frozen=True)
class Failure:
    """``status``, a stable ``code``, the ``message`` in Chinese and extra headers."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)


def of_error(catalogue: Catalogue, error: OutreachError) -> Failure:
    """Return how an error of ours is told."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    reason = str(error.data.get("reason", error.code))
    if isinstance(error, TooFast):
        return Failure(429, error.code, catalogue.say("input.too_fast"), {"Retry-After": str(error.data["retry_after_s"])})
    if isinstance(error, Invalid):
        if reason in TYPED:
            return Failure(400, reason, catalogue.say(f"input.{reason}", limit=error.data.get("limit", "")))
        if reason == "too_large":
            return Failure(413, reason, catalogue.say("errors.too_large"))
        return Failure(400, reason, catalogue.say(f"errors.{reason}"))
    return Failure(status, error.code, catalogue.say("errors.not_found" if status == 404 else "errors.refused"))


def of_http(catalogue: Catalogue, error: web.HTTPException) -> Failure:
    """Return how an error of the HTTP layer is told."""
    codes = {404: "not_found", 405: "method", 413: "too_large"}
    code = codes.get(error.status, "refused")
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return Failure(error.status, code, catalogue.say(f"errors.{code}"), headers)


def unexpected(catalogue: Catalogue, error_id: str) -> Failure:
    """Return how a defect of ours is told: with an id, never with its trace."""
    return Failure(500, "unexpected", catalogue.say("errors.unexpected", error_id=error_id))


def response(request: web.Request, failure: Failure, catalogue: Catalogue) -> web.Response:
    """Return the failure as JSON to programs, as a page to people."""
    wants_page = request.method in ("GET", "HEAD") and not request.path.startswith(("/channels/", "/healthz"))
    if wants_page:
        page = render(
            "error.html",
            status=failure.status,
            code=failure.code,
            message=failure.message,
            office=catalogue.office.office,
            fills=catalogue.fills,
        )
        page.headers.update(failure.headers)
        return page
    body = {"error": {"code": failure.code, "message": failure.message}}
    return web.json_response(body, status=failure.status, headers=failure.headers)
