"""The policy pages: the list with its search, and one page a topic."""

import asyncio

from aiohttp import web

from outreach.content.catalogue import Catalogue
from outreach.domain.clock import Clock, day_of
from outreach.web.public_pages.listing import STAGES, sections
from outreach.web.public_pages.policy_view import view
from outreach.web.public_pages.search import search
from outreach.web.templating import render

# Longest query, in characters; what is beyond is cut off.
LONGEST_QUERY = 60


def routes(catalogue: Catalogue, clock: Clock) -> list[web.RouteDef]:
    """Return GET /policies (``q``, ``stage``) and GET /policies/{topic_id}; an unknown topic raises NotFound."""
    office, fills = catalogue.office.office, catalogue.fills

    async def list_policies(request: web.Request) -> web.Response:
        query = request.query.get("q", "").strip()[:LONGEST_QUERY]
        stage = request.query.get("stage")
        stage = stage if stage in STAGES else None
        among = [topic for topic in catalogue.topics.values() if stage in (None, topic.stage)]
        # In a thread: the first search reads jieba's dictionary, which takes about a second.
        hits = await asyncio.to_thread(search, among, query, catalogue.lexicon) if query else ()
        return render(
            "policies.html",
            office=office,
            fills=fills,
            query=query,
            stage=stage,
            hits=hits,
            all_sections=sections(catalogue.topics.values()),
            sections=sections(among, stage),
        )

    async def show_policy(request: web.Request) -> web.Response:
        topic = catalogue.topic(request.match_info["topic_id"])
        today = day_of(clock.now())
        return render("policy.html", office=office, fills=fills, page=view(topic, catalogue.topics, today))

    return [web.get("/policies", list_policies), web.get("/policies/{topic_id}", show_policy)]
