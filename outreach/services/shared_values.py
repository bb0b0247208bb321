"""Values that all processes share, kept in the database and sealed. Who renews one is decided by a conditional update."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from outreach.domain.clock import Clock
from outreach.domain.errors import Unavailable
from outreach.services.sealing import Sealer
from outreach.storage.session import UnitOfWork
from outreach.storage.shared_values import SharedValue


class DatabaseValues:
    """``channels.base.SharedValues`` on the database.

    Leases are measured by the clocks of the machines that share it, so these should agree to a few seconds. Besides what the
    protocol says, every call may raise Unavailable (the database does not answer) and ``get`` SealBroken (another secret).
    """

    def __init__(self, work: UnitOfWork, sealer: Sealer, clock: Clock) -> None:
        self._work = work
        self._sealer = sealer
        self._clock = clock

    async def get(self, name: str) -> tuple[str, datetime] | None:
        """Return (value, the moment it expires), or None; an expired value is returned too."""
        async with self._session(writes=False) as session:
            row = await session.get(SharedValue, name)
        if row is None or row.sealed is None or row.expires_at is None:
            return None
        return self._sealer.open(row.sealed, _context(name)), row.expires_at

    async def hold(self, name: str, holder: str, lease_s: float) -> bool:
        """Try to become the one who renews ``name``; False while another's lease runs. The holder itself may extend its lease."""
        now = self._clock.now()
        lease = {"holder": holder, "held_until": now + timedelta(seconds=lease_s)}
        free = or_(SharedValue.holder.is_(None), SharedValue.held_until <= now, SharedValue.holder == holder)
        async with self._session() as session:
            if await session.scalar(select(SharedValue.name).where(SharedValue.name == name)) is None:
                try:
                    await session.execute(insert(SharedValue).values(name=name, **lease))
                    await session.commit()
                    return True
                except IntegrityError:
                    return False  # another made the row this very moment, and holds it
            changed = await session.execute(update(SharedValue).where(SharedValue.name == name, free).values(**lease))
            await session.commit()
            return getattr(changed, "rowcount", 0) == 1

    async def put(self, name: str, holder: str, value: str, expires_at: datetime) -> bool:
        """Store the value and end the lease; False when another took the lease meanwhile and nothing was stored."""
        sealed = self._sealer.seal(value, _context(name))
        return await self._end(name, holder, sealed=sealed, expires_at=expires_at)

    async def release(self, name: str, holder: str) -> None:
        """End the lease without a new value."""
        await self._end(name, holder)

    async def _end(self, name: str, holder: str, **stored: object) -> bool:
        async with self._session() as session:
            changed = await session.execute(
                update(SharedValue)
                .where(SharedValue.name == name, SharedValue.holder == holder)
                .values(holder=None, held_until=None, **stored)
            )
            await session.commit()
            return getattr(changed, "rowcount", 0) == 1

    @asynccontextmanager
    async def _session(self, *, writes: bool = True) -> AsyncIterator[AsyncSession]:
        try:
            async with self._work.begin() if writes else self._work.read() as session:
                yield session
        except (SQLAlchemyError, OSError) as error:
            raise Unavailable(part="database") from error


def _context(name: str) -> str:
    return f"shared_values:{name}"
