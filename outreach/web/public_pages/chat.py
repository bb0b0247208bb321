"""The chat page. The talk itself goes through the web channel; this page only opens it, with a question if one was given."""

from aiohttp import web

from outreach.content.catalogue import Catalogue
from outreach.web.templating import render

# Longest question, in characters, that the input takes.
LONGEST_QUESTION = 1000


def routes(catalogue: Catalogue) -> list[web.RouteDef]:
    """Return GET / — with ``?q=`` the input is filled in, never sent."""

    async def show_chat(request: web.Request) -> web.Response:
        return render(
            "chat.html",
            office=catalogue.office.office,
            fills=catalogue.fills,
            question=request.query.get("q", "").strip()[:LONGEST_QUESTION],
            longest=LONGEST_QUESTION,
        )

    return [web.get("/", show_chat)]
