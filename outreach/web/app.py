"""The public application: middleware that turns errors into words, headers that keep pages closed, and all routes."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Middleware

from outreach.assistant import Assistant
from outreach.content.catalogue import Catalogue
from outreach.domain.errors import OutreachError
from outreach.services.context import Services
from outreach.services.conversation import Conversations
from outreach.settings import Settings
from outreach.web import failures
from outreach.web.channel_routes import WebChannel
from outreach.web.public_pages import answers, chat, policies
from outreach.web.vendored import vendored
from outreach.web.visitor import Visitors

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
STATIC = Path(__file__).parent / "static"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def public_app(
    settings: Settings,
    services: Services,
    conversations: Conversations,
    assistant: Assistant,
    channel_routes: Sequence[web.RouteDef] = (),
) -> web.Application:
    """Return the application for families; ``channel_routes`` are those of channels that call us."""
    visitors = Visitors(settings.secret, secure=settings.production)
    app = web.Application(middlewares=[_guard(services.catalogue)])
    app.on_response_prepare.append(_add_headers)
    app.add_routes(
        [
            *chat.routes(services.catalogue),
            *policies.routes(services.catalogue, services.clock),
            *WebChannel(services, conversations, visitors, accept_sender=settings.accept_sender).routes(),
            *answers.routes(services),
            *channel_routes,
            web.get("/healthz", _health(assistant)),
        ]
    )
    app.add_routes(vendored(settings.vendor_dir))
    app.router.add_static("/static/", STATIC)
    return app


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    if request.path.startswith("/static/"):
        # asked again each time, answered 304: old and new scripts never mix after an update
        response.headers.setdefault("Cache-Control", "no-cache")
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _guard(catalogue: Catalogue) -> Middleware:
    """Return the middleware that answers every error in the reader's form (page or JSON) and language."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            failure = failures.of_http(catalogue, error)
        except OutreachError as error:
            failure = failures.of_error(catalogue, error)
        except Exception:
            error_id = secrets.token_hex(4).upper()
            log.exception("request failed error_id=%s path=%s", error_id, request.path)
            failure = failures.unexpected(catalogue, error_id)
        return failures.response(request, failure, catalogue)

    return guard


def _health(assistant: Assistant) -> Handler:
    async def health(_request: web.Request) -> web.Response:
        ready = await assistant.ready()
        return web.json_response({"status": "ok" if ready else "assistant_away"}, status=200 if ready else 503)

    return health
