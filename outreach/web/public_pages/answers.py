"""One answer in full, for channels that had to cut it: the address itself is the right to read it."""

from aiohttp import web

from outreach.domain.errors import NotFound
from outreach.services import consultations
from outreach.services.answer_pages import PATH, consultation_of
from outreach.services.context import Services
from outreach.web.templating import render


def routes(services: Services) -> list[web.RouteDef]:
    """Return GET /answers/{signed id}; an unknown or altered address raises NotFound."""

    async def show_answer(request: web.Request) -> web.Response:
        consultation_id = consultation_of(services, request.match_info["signed"])
        reply = await consultations.answered(services, consultation_id) if consultation_id else None
        if reply is None:
            raise NotFound()
        catalogue = services.catalogue
        page = render("answer.html", office=catalogue.office.office, fills=catalogue.fills, messages=reply.messages)
        page.headers["Cache-Control"] = "no-store"
        page.headers["X-Robots-Tag"] = "noindex"
        return page

    return [web.get(PATH + "{signed}", show_answer)]
