"""The one unit of work. Nothing is written unless the block commits in sight."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

# SQLite waits this long for another writer before it gives up; one write takes well under a millisecond.
BUSY_TIMEOUT_S = 15


def create_engine(url: str) -> AsyncEngine:
    """Return an engine for ``sqlite+aiosqlite:///…`` or ``postgresql+asyncpg://…``.

    Its errors do not repeat the parameters: they are what people wrote, and errors go to the log.
    """
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True)
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        hide_parameters=True,
        pool_size=4,
        max_overflow=0,
        # a block that did not commit is rolled back when its connection is closed; once more for every commit is wasted
        pool_reset_on_return=None,
        connect_args={"timeout": BUSY_TIMEOUT_S},
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    cursor = connection.cursor()
    # Moving the log into the file syncs the disk; left to whoever commits next it stops all writers. So a tick does it beside
    # them (``UnitOfWork.checkpoint``), and 80 MB are only the bound for programs without ticks.
    checkpoint = f"wal_autocheckpoint={80 * 1024 * 1024 // 4096}"
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY", checkpoint):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A transaction that reads first and writes later fails at once with "database is locked" when another has written in
    # between; taking the write lock at the start waits instead. Readers of the unit of work say so and stay deferred.
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN DEFERRED" if reads_only else "BEGIN IMMEDIATE")


class UnitOfWork:
    """Opens sessions on one engine. ``begin`` writes and must be committed; ``read`` never writes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        # SQLite lets one write at a time and makes the others poll for the lock with growing pauses, which is where the tail of
        # a busy hour came from (p99 a third with this line). Writers of this process queue here instead, first come first served.
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """Yield a session; leaving the block without ``await session.commit()`` rolls everything back."""
        async with self._turn, self._sessions() as session:
            yield session

    @asynccontextmanager
    async def begin_core(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection for prepared statements, where an ORM session would cost more than the statements themselves.

        As with ``begin``, leaving the block without ``await connection.commit()`` rolls everything back.
        """
        async with self._turn, self.engine.connect() as connection:
            yield connection

    async def checkpoint(self) -> None:
        """Move SQLite's write-ahead log into its file without holding up writers; nothing to do on other databases."""
        if self.engine.dialect.name != "sqlite":
            return
        raw = await self.engine.raw_connection()
        try:
            connection: Any = raw.driver_connection
            await (await connection.execute("PRAGMA wal_checkpoint(PASSIVE)")).close()
        finally:
            raw.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Yield a session for reading; other writers are not held up."""
        async with self._sessions() as session:
            await session.connection(execution_options={"reads_only": True})
            yield session
