"""The one place that puts everything together."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import aiohttp
from aiohttp import web
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.registry import executor
from channels.base import Channel, Link, Message, SharedValues
from channels.showing import Phrases, Showing
from channels.wechat import menu
from channels.wechat.callback import Callback
from channels.wechat.channel import CAPABILITIES, CustomerService, WeChatChannel, anchor
from channels.wechat.client import WeChatClient
from channels.wechat.routes import CallbackRoutes
from channels.wechat.tokens import Tokens
from channels.wechat.verify import verify_routes
from outreach.assistant import Assistant, RasaAssistant
from outreach.content.calibration import thresholds
from outreach.content.catalogue import load
from outreach.domain.clock import Clock, SystemClock
from outreach.services.answer_pages import path_of
from outreach.services.context import Services
from outreach.services.conversation import Conversations, Pace
from outreach.services.inbox import TurnInbox
from outreach.services.redis_values import RedisValues
from outreach.services.shared_values import DatabaseValues
from outreach.settings import Settings
from outreach.storage.session import UnitOfWork, create_engine
from outreach.storage.upgrade import upgrade
from outreach.web.action_route import action_app
from outreach.web.app import public_app
from outreach.wechat_settings import WeChat, with_templates

# Calls to the messaging platform at once; see channels/wechat/pace.py for why not more.
PLATFORM_CONNECTIONS = 64


@dataclass(frozen=True)
class System:
    """The wired service: the two applications, what they stand on, and the assistant."""

    services: Services
    conversations: Conversations
    inbox: TurnInbox
    assistant: Assistant
    public: web.Application
    actions: web.Application
    # puts the menu of the content on the messaging platform; raises DeliveryError
    push_menu: Callable[[], Awaitable[None]] | None = None


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
async def system(
    settings: Settings, action_token: str, assistant: Assistant | None = None, *, wechat: WeChat | None = None
) -> AsyncIterator[System]:
    """Yield the whole service on a migrated database; closes what it opened."""
    async with AsyncExitStack() as opened:
        engine = await opened.enter_async_context(database(settings))
        http = await opened.enter_async_context(_session(64))
        services = build_services(settings, UnitOfWork(engine))
        asked = assistant or RasaAssistant(http, settings.rasa_url, settings.rasa_timeout_s)
        conversations = Conversations(services, asked, Pace(settings.sender_rate_per_s, settings.sender_burst))
        channels: dict[str, Channel] = {}
        inbox = TurnInbox(services, conversations, channels)
        routes: list[web.RouteDef] = []
        push_menu: Callable[[], Awaitable[None]] | None = None
        if wechat:
            wechat = with_templates(wechat, services.catalogue.account.ids)
            platform = await opened.enter_async_context(_session(PLATFORM_CONNECTIONS))
            values = await opened.enter_async_context(shared_values(settings, services))
            client = wechat_client(wechat, platform, values, services.clock)
            channel = wechat_channel(services, wechat, client)
            channels[channel.kind] = channel
            callback = Callback(wechat.account, lambda: services.clock.now().timestamp())
            routes += CallbackRoutes(callback, inbox, channel).routes()
            routes += verify_routes(*wechat.verify) if wechat.verify else []
            push_menu = partial(menu.push, client, services.catalogue.account.entries())
        yield System(
            services=services,
            conversations=conversations,
            inbox=inbox,
            assistant=asked,
            public=public_app(settings, services, conversations, asked, routes),
            actions=action_app(executor(services), action_token),
            push_menu=push_menu,
        )


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """Yield an engine on the database of the settings, brought up to the newest shape."""
    if settings.database_url.startswith("sqlite+aiosqlite:///"):
        Path(settings.database_url.removeprefix("sqlite+aiosqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(settings.database_url)
    try:
        await upgrade(engine)
        yield engine
    finally:
        await engine.dispose()


def _session(connections: int) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections))


@asynccontextmanager
async def shared_values(settings: Settings, services: Services) -> AsyncIterator[SharedValues]:
    """Yield where the processes of this deployment share small values: Redis if one is set, else the database."""
    if not settings.redis_url:
        yield DatabaseValues(services.work, services.sealer, services.clock)
        return
    async with Redis.from_url(settings.redis_url) as redis:
        yield RedisValues(redis, services.sealer, services.clock)


def wechat_client(wechat: WeChat, http: aiohttp.ClientSession, values: SharedValues, clock: Clock) -> WeChatClient:
    """Return the client of the platform."""
    return WeChatClient(wechat.account, http, Tokens(wechat.account, http, values, clock), clock)


def wechat_channel(services: Services, wechat: WeChat, client: WeChatClient) -> WeChatChannel:
    """Return WeChat as a channel of this house: its words from the content, its links to our own pages."""
    say = services.catalogue.say
    phrases = Phrases(say("shown.also"), say("shown.rate"), say("shown.whole"), say("shown.cut"))

    def whole(message: Message) -> Link:
        path = path_of(services, message.consultation_id) if message.consultation_id else "/"
        return Link(phrases.whole, path)

    showing = Showing(CAPABILITIES, phrases, lambda path: wechat.account.origin + path, anchor, whole)
    return WeChatChannel(showing, CustomerService(client))
