"""The one place that puts everything together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from actions.registry import executor
from outreach.assistant import Assistant, RasaAssistant
from outreach.content.calibration import thresholds
from outreach.content.catalogue import load
from outreach.domain.clock import Clock, SystemClock
from outreach.services.context import Services
from outreach.services.conversation import Conversations, Pace
from outreach.settings import Settings
from outreach.storage.session import UnitOfWork, create_engine
from outreach.storage.upgrade import upgrade
from outreach.web.action_route import action_app
from outreach.web.app import public_app


@dataclass(frozen=True)
class System:
    """The wired service: the two applications, what they stand on, and the assistant."""

    services: Services
    conversations: Conversations
    assistant: Assistant
    public: web.Application
    actions: web.Application


def build_services(settings: Settings, work: UnitOfWork, clock: Clock | None = None) -> Services:
    """Return the services on ``work``; raises ContentError when the content is wrong."""
    catalogue = load(settings.content_dir)
    return Services(
        work=work,
        catalogue=catalogue,
        guide=catalogue.guide(thresholds(settings.content_dir)),
        clock=clock or SystemClock(),
        key=settings.secret.encode(),
        turns_per_session=settings.turns_per_session,
    )


@asynccontextmanager
async def system(settings: Settings, action_token: str, assistant: Assistant | None = None) -> AsyncIterator[System]:
    """Yield the whole service on a migrated database; closes what it opened."""
    if settings.database_url.startswith("sqlite+aiosqlite:///"):
        Path(settings.database_url.removeprefix("sqlite+aiosqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(settings.database_url)
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(connector=connector) as http:
        try:
            await upgrade(engine)
            services = build_services(settings, UnitOfWork(engine))
            asked = assistant or RasaAssistant(http, settings.rasa_url, settings.rasa_timeout_s)
            conversations = Conversations(services, asked, Pace(settings.sender_rate_per_s, settings.sender_burst))
            yield System(
                services=services,
                conversations=conversations,
                assistant=asked,
                public=public_app(settings, services, conversations, asked),
                actions=action_app(executor(services), action_token),
            )
        finally:
            await engine.dispose()
