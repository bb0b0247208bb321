"""The platform's domain file, served under our own address so that the console accepts the domain for pages and the JS-SDK."""

from aiohttp import web


def verify_routes(name: str, text: str) -> list[web.RouteDef]:
    """Return the route of the file ``name``, which answers ``text``."""

    async def get(_request: web.Request) -> web.Response:
        return web.Response(text=text)

    return [web.get(f"/{name}", get)]
