"""The unit of work on both databases: all or nothing, and writers that wait for one another."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, update

from outreach.domain.memory import Memory
from outreach.storage.conversations import Conversation
from outreach.storage.session import UnitOfWork
from tests.builders import NOW


def _conversation(sender_key: str = "k", **changes: Any) -> Conversation:
    given = {"channel": "web", "turns": 0, "memory": Memory().to_json(), "updated_at": NOW}
    return Conversation(sender_key=sender_key, **{**given, **changes})


async def _count(work: UnitOfWork) -> int:
    async with work.read() as session:
        return int(await session.scalar(select(func.count()).select_from(Conversation)) or 0)


async def test_what_was_committed_is_there(work: UnitOfWork) -> None:
    async with work.begin() as session:
        session.add(_conversation())
        await session.commit()
    assert await _count(work) == 1


async def test_leaving_the_block_without_a_commit_writes_nothing(work: UnitOfWork) -> None:
    async with work.begin() as session:
        session.add(_conversation())
        await session.flush()
    assert await _count(work) == 0


async def test_an_exception_in_the_block_rolls_everything_back(work: UnitOfWork) -> None:
    with pytest.raises(ZeroDivisionError):
        async with work.begin() as session:
            session.add(_conversation())
            await session.flush()
            raise ZeroDivisionError
    assert await _count(work) == 0


async def test_moments_come_back_aware_and_in_utc(work: UnitOfWork) -> None:
    async with work.begin() as session:
        session.add(_conversation())
        await session.commit()
    async with work.read() as session:
        moment = await session.scalar(select(Conversation.updated_at))
    assert moment == NOW
    assert moment is not None and moment.utcoffset() is not None


async def test_a_naive_moment_is_refused(work: UnitOfWork) -> None:
    with pytest.raises(Exception, match="naive datetime"):
        async with work.begin() as session:
            session.add(_conversation(updated_at=NOW.replace(tzinfo=None)))
            await session.commit()


async def test_two_writers_at_once_both_succeed(work: UnitOfWork) -> None:
    async with work.begin() as session:
        session.add(_conversation())
        await session.commit()

    async def count_up() -> None:
        async with work.begin() as session:
            row = await session.scalar(select(Conversation).with_for_update())
            assert row is not None
            await asyncio.sleep(0)
            row.turns += 1
            await session.commit()

    await asyncio.gather(*(count_up() for _ in range(12)))
    async with work.read() as session:
        assert await session.scalar(select(Conversation.turns)) == 12


async def test_a_reader_is_not_held_up_by_a_writer(work: UnitOfWork) -> None:
    async with work.begin() as session:
        session.add(_conversation(turns=7))
        await session.commit()
    async with work.begin() as writer:
        await writer.execute(update(Conversation).values(turns=8))
        async with asyncio.timeout(2), work.read() as reader:
            assert await reader.scalar(select(Conversation.turns)) == 7
        await writer.commit()


async def test_a_writer_that_gives_up_leaves_the_way_free(work: UnitOfWork) -> None:
    for _ in range(8):
        with pytest.raises(ZeroDivisionError):
            async with work.begin() as session:
                session.add(_conversation())
                await session.flush()
                raise ZeroDivisionError
    async with asyncio.timeout(2), work.begin() as session:
        session.add(_conversation())
        await session.commit()
    assert await _count(work) == 1


async def test_sixty_writers_of_one_process_are_served_in_the_order_they_came(sqlite_work: UnitOfWork) -> None:
    served: list[int] = []

    async def write(number: int) -> None:
        async with sqlite_work.begin() as session:
            session.add(_conversation(sender_key=f"k{number}"))
            await session.flush()
            served.append(number)
            await session.commit()

    await asyncio.gather(*(write(number) for number in range(60)))
    assert served == list(range(60))
    assert await _count(sqlite_work) == 60


async def test_a_checkpoint_moves_the_log_into_the_file_beside_a_writer(work: UnitOfWork) -> None:
    async with work.begin() as session:
        session.add(_conversation())
        await session.commit()
    async with work.begin() as writer:
        await writer.execute(update(Conversation).values(turns=8))
        async with asyncio.timeout(2):
            await work.checkpoint()
        await writer.commit()
    async with work.read() as session:
        assert await session.scalar(select(Conversation.turns)) == 8
