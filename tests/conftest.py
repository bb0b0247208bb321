"""What all tests share: a clock that stands still, the content, real databases, and a service wired without Rasa."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from outreach.content.calibration import thresholds
from outreach.content.catalogue import Catalogue, load
from outreach.domain.messages import Inbound, Reply
from outreach.services.context import Services
from outreach.services.conversation import Conversations, Pace
from outreach.storage.session import UnitOfWork, create_engine
from outreach.storage.tables import Consultation, metadata
from outreach.storage.upgrade import upgrade
from tests import postgres, redis_server
from tests.assistant import FakeAssistant
from tests.builders import CONTENT, SECRET, FixedClock

# Fixtures of one test are shared by its examples on purpose: they hold nothing an example changes.
settings.register_profile(
    "house", max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
settings.load_profile("house")


@pytest.fixture
def clock() -> FixedClock:
    """Return a clock at NOW."""
    return FixedClock()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Return the content, read once."""
    return load(CONTENT)


@pytest.fixture(scope="session")
async def sqlite_shape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file that the real migrations made; each test gets a copy."""
    path = tmp_path_factory.mktemp("shape") / "empty.db"
    engine = create_engine(f"sqlite+aiosqlite:///{path}")
    await upgrade(engine)
    await engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Yield the address of a PostgreSQL of this run; without one the test fails, it is never skipped."""
    try:
        with postgres.running() as url:
            yield url
    except postgres.Missing as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Yield the address of a Redis of this run; without one the test fails, it is never skipped."""
    try:
        with redis_server.running() as url:
            yield url
    except redis_server.Missing as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
async def postgres_engine(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    """Yield an engine on the PostgreSQL, brought up by the real migrations."""
    engine = create_engine(postgres_url)
    await upgrade(engine)
    yield engine
    await engine.dispose()


@pytest.fixture
async def sqlite_work(sqlite_shape: Path, tmp_path: Path) -> AsyncIterator[UnitOfWork]:
    """Yield the unit of work on an empty SQLite file."""
    path = Path(shutil.copy(sqlite_shape, tmp_path / "outreach.db"))
    engine = create_engine(f"sqlite+aiosqlite:///{path}")
    yield UnitOfWork(engine)
    await engine.dispose()


@pytest.fixture
async def postgres_work(postgres_engine: AsyncEngine) -> UnitOfWork:
    """Return the unit of work on an emptied PostgreSQL."""
    names = ", ".join(table.name for table in metadata.sorted_tables)
    async with postgres_engine.begin() as connection:
        await connection.execute(text(f"TRUNCATE {names} CASCADE"))
    return UnitOfWork(postgres_engine)


@pytest.fixture(params=["sqlite", "postgresql"])
def work(request: pytest.FixtureRequest) -> UnitOfWork:
    """Return the unit of work on an empty database, of each kind we support."""
    found: UnitOfWork = request.getfixturevalue("sqlite_work" if request.param == "sqlite" else "postgres_work")
    return found


@dataclass
class House:
    """The wired service with its fake assistant, its clock, and short words for what tests do most."""

    services: Services
    conversations: Conversations
    assistant: FakeAssistant
    clock: FixedClock

    async def say(self, words: str, *, sender: str = "anna", channel: str = "web") -> Reply:
        """Return the reply to a typed message."""
        return await self.conversations.converse(Inbound(channel, sender, words))

    async def tap(self, act: str, *, sender: str = "anna", signed_for: str | None = None) -> Reply:
        """Return the reply to a tapped button, signed for the sender unless said otherwise."""
        payload = self.services.sign(self.key(signed_for or sender), act)
        return await self.conversations.converse(Inbound("web", sender, payload=payload))

    def key(self, sender: str = "anna") -> str:
        """Return the key a sender is remembered under."""
        return self.services.sender_key("web", sender)

    async def rows(self, table: type[Any] = Consultation) -> list[Any]:
        """Return all rows of a table in order of their primary key, consultations in the order they were asked."""
        order = Consultation.asked_at if table is Consultation else list(table.__table__.primary_key)[0]
        async with self.services.work.read() as session:
            return list(await session.scalars(select(table).order_by(order)))


def build_house(work: UnitOfWork, catalogue: Catalogue, clock: FixedClock, *, pace: Pace | None = None, **changes: Any) -> House:
    """Return the service wired on ``work``; senders may be as fast as they like unless a ``pace`` is given."""
    guide = catalogue.guide(thresholds(CONTENT))
    services = Services(work=work, catalogue=catalogue, guide=guide, clock=clock, key=SECRET.encode(), **changes)
    assistant = FakeAssistant(services)
    return House(services, Conversations(services, assistant, pace or Pace(1e6, 10**6)), assistant, clock)


@pytest.fixture
def house(work: UnitOfWork, catalogue: Catalogue, clock: FixedClock) -> House:
    """Return the service on each kind of database."""
    return build_house(work, catalogue, clock)


@pytest.fixture
def small_house(sqlite_work: UnitOfWork, catalogue: Catalogue, clock: FixedClock) -> House:
    """Return the service on SQLite alone, where the kind of database does not matter."""
    return build_house(sqlite_work, catalogue, clock)
