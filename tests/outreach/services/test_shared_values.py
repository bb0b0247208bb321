"""Shared values, on SQLite, PostgreSQL and Redis: one holder at a time, sealed at rest, a dead holder's lease runs out."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from sqlalchemy import select

from channels.base import SharedValues
from outreach.domain.errors import SealBroken, Unavailable
from outreach.services.redis_values import RedisValues
from outreach.services.sealing import Sealer
from outreach.services.shared_values import DatabaseValues
from outreach.storage.session import UnitOfWork, create_engine
from outreach.storage.shared_values import SharedValue
from tests.builders import NOW, SECRET, FixedClock

SEALER = Sealer(SECRET.encode())
LATER = NOW + timedelta(hours=2)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """Yield a client of an emptied Redis."""
    client: Redis = Redis.from_url(redis_url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def values(request: pytest.FixtureRequest, clock: FixedClock) -> SharedValues:
    """Return the values of each kind."""
    if request.param == "redis":
        return RedisValues(request.getfixturevalue("redis"), SEALER, clock)
    work = request.getfixturevalue("sqlite_work" if request.param == "sqlite" else "postgres_work")
    return DatabaseValues(work, SEALER, clock)


async def test_a_value_is_stored_by_its_holder_and_read_by_all(values: SharedValues) -> None:
    assert await values.get("token") is None
    assert await values.hold("token", "anna", 30)
    assert await values.get("token") is None
    assert await values.put("token", "anna", "the token", LATER)
    assert await values.get("token") == ("the token", LATER)
    assert await values.get("ticket") is None


async def test_while_a_lease_runs_no_other_may_hold_or_store(values: SharedValues) -> None:
    assert await values.hold("token", "anna", 30)
    assert not await values.hold("token", "bert", 30)
    assert await values.hold("token", "anna", 30)
    assert not await values.put("token", "bert", "a false one", LATER)
    await values.release("token", "bert")
    assert not await values.hold("token", "bert", 30)
    assert await values.hold("ticket", "bert", 30)


async def test_a_stored_value_and_a_release_both_end_the_lease(values: SharedValues) -> None:
    await values.hold("token", "anna", 30)
    await values.put("token", "anna", "first", LATER)
    assert await values.hold("token", "bert", 30)
    await values.release("token", "bert")
    assert await values.hold("token", "carl", 30)
    assert await values.get("token") == ("first", LATER)
    assert not await values.put("token", "anna", "late", LATER)


async def test_a_dead_holders_lease_runs_out_and_its_late_value_is_refused(values: SharedValues, clock: FixedClock) -> None:
    assert await values.hold("token", "anna", 0.05)
    clock.advance(seconds=1)
    await asyncio.sleep(0.06)  # Redis counts by its own clock
    assert await values.hold("token", "bert", 30)
    assert not await values.put("token", "anna", "late", LATER)
    assert await values.put("token", "bert", "new", LATER)
    assert await values.get("token") == ("new", LATER)


async def test_an_expired_value_is_returned_with_its_moment(values: SharedValues, clock: FixedClock) -> None:
    await values.hold("token", "anna", 30)
    await values.put("token", "anna", "old", NOW + timedelta(seconds=1))
    clock.advance(hours=1)
    assert await values.get("token") == ("old", NOW + timedelta(seconds=1))


async def test_of_many_who_race_exactly_one_holds(values: SharedValues) -> None:
    for name in ("new", "known"):
        won = await asyncio.gather(*(values.hold(name, f"holder-{n}", 30) for n in range(20)))
        assert sum(won) == 1
        winner = f"holder-{won.index(True)}"
        stored = await asyncio.gather(*(values.put(name, f"holder-{n}", f"value of {n}", LATER) for n in range(20)))
        assert stored == won
        assert await values.get(name) == (f"value of {winner.removeprefix('holder-')}", LATER)


async def test_two_processes_race_over_a_row_that_is_there(values: SharedValues) -> None:
    await values.hold("token", "first", 30)
    await values.release("token", "first")
    for _ in range(10):
        won = await asyncio.gather(values.hold("token", "anna", 30), values.hold("token", "bert", 30))
        assert sorted(won) == [False, True]
        await values.release("token", "anna" if won[0] else "bert")


async def test_the_database_never_holds_the_value_itself(work: UnitOfWork, clock: FixedClock) -> None:
    values = DatabaseValues(work, SEALER, clock)
    await values.hold("token", "anna", 30)
    await values.put("token", "anna", "the token", LATER)
    async with work.read() as session:
        row = (await session.scalars(select(SharedValue))).one()
    assert row.sealed is not None and "the token" not in row.sealed
    with pytest.raises(SealBroken):
        await DatabaseValues(work, Sealer(b"another"), clock).get("token")


async def test_redis_never_holds_the_value_itself_and_forgets_it_in_time(redis: Redis, clock: FixedClock) -> None:
    values = RedisValues(redis, SEALER, clock)
    await values.hold("token", "anna", 30)
    await values.put("token", "anna", "the token", LATER)
    raw = await redis.get("outreach:value:token")
    assert raw is not None and b"the token" not in bytes(raw)
    assert 0 < await redis.ttl("outreach:value:token") <= 26 * 3600
    assert await redis.exists("outreach:lease:token") == 0


async def test_what_does_not_answer_is_said_in_our_own_words(clock: FixedClock) -> None:
    dead: Redis = Redis(host="127.0.0.1", port=9, socket_connect_timeout=1)
    with pytest.raises(Unavailable):
        await RedisValues(dead, SEALER, clock).hold("token", "anna", 30)
    await dead.aclose()
    nowhere = UnitOfWork(create_engine("sqlite+aiosqlite:////nowhere/nothing.db"))
    with pytest.raises(Unavailable):
        await DatabaseValues(nowhere, SEALER, clock).get("token")
