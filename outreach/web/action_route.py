"""The route that Rasa calls for custom actions: loopback only, with a secret of this run, through rasa_sdk's executor."""

import hmac
import json
import logging
from typing import Any

from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

log = logging.getLogger(__name__)

PATH = "/webhook"
# A tracker of a bounded session with the domain is about 100 KB; see Settings.turns_per_session.
LARGEST_CALL = 8 * 1024 * 1024


def action_app(executor: ActionExecutor, token: str) -> web.Application:
    """Return the application to be bound to loopback; calls without ``token`` in the query are refused."""

    async def run(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.query.get("token", "").encode(), token.encode()):
            return web.json_response({"error": "forbidden"}, status=403)
        call: dict[str, Any] = json.loads(await request.read())
        try:
            result = await executor.run(call)
        except ActionNotFoundException as error:
            log.error("unknown action %s", error.action_name)
            return web.json_response({"error": str(error), "action_name": error.action_name}, status=404)
        if result is None:
            return web.json_response({"events": [], "responses": []})
        return web.json_response(result if isinstance(result, dict) else result.model_dump())

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    app = web.Application(client_max_size=LARGEST_CALL)
    app.add_routes([web.post(PATH, run), web.get("/health", health)])
    return app
