"""Errors at the edge: which status, which words, and as a page or as JSON."""

from dataclasses import dataclass, field

from aiohttp import web

from outreach.content.catalogue import Catalogue
from outreach.domain.errors import Conflict, Invalid, NotAllowed, NotFound, OutreachError, TooFast
from outreach.services.wording import told
from outreach.web.templating import render

STATUS: dict[type[OutreachError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 400, TooFast: 429}


@dataclass(frozen=True)
class Failure:
    """``status``, a stable ``code``, the ``message`` in Chinese and extra headers."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)


def of_error(catalogue: Catalogue, error: OutreachError) -> Failure:
    """Return how an error of ours is told."""
    words = told(catalogue, error)
    if isinstance(error, TooFast):
        return Failure(429, error.code, words, {"Retry-After": str(error.data["retry_after_s"])})
    if isinstance(error, Invalid):
        reason = str(error.data.get("reason", error.code))
        return Failure(413 if reason == "too_large" else 400, reason, words)
    return Failure(next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500), error.code, words)


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
