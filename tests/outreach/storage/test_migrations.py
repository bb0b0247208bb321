"""The migrations, from nothing to the newest shape and back, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from outreach.storage import upgrade as upgrading
from outreach.storage.session import create_engine
from outreach.storage.tables import metadata
from outreach.storage.upgrade import revisions, upgrade


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Yield an engine on a database without any table."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
        yield engine
        await engine.dispose()
        return
    shared: AsyncEngine = create_engine(request.getfixturevalue("postgres_url"))
    async with shared.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("DROP DATABASE IF EXISTS fresh"))
        await connection.execute(text("CREATE DATABASE fresh"))
    engine = create_engine(str(shared.url.set(database="fresh").render_as_string()))
    yield engine
    await engine.dispose()
    await shared.dispose()


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


async def test_the_migrations_make_exactly_the_tables_of_the_code(empty: AsyncEngine) -> None:
    await upgrade(empty)

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))

    async with empty.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_an_empty_database_has_no_revision_and_an_upgraded_one_the_newest(empty: AsyncEngine) -> None:
    before, newest = await revisions(empty)
    assert before is None
    await upgrade(empty)
    assert await revisions(empty) == (newest, newest)


async def test_upgrading_twice_changes_nothing(empty: AsyncEngine) -> None:
    await upgrade(empty)
    await upgrade(empty)
    async with empty.connect() as connection:
        assert await connection.run_sync(_tables) == set(metadata.tables)


async def test_every_migration_can_be_taken_back(empty: AsyncEngine) -> None:
    await upgrade(empty)

    def back(connection: Connection) -> None:
        command.downgrade(upgrading._config(connection), "base")

    async with empty.begin() as connection:
        await connection.run_sync(back)
    async with empty.connect() as connection:
        assert await connection.run_sync(_tables) == set()


def test_migrations_are_numbered_without_gaps_and_named_by_their_intention() -> None:
    folder = Path(upgrading.__file__).parent / "migrations" / "versions"
    names = sorted(path.stem for path in folder.glob("[0-9]*.py"))
    assert [name[:4] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)]
    assert all(len(name) > 5 for name in names)
    heads = ScriptDirectory.from_config(upgrading._config()).get_heads()
    assert list(heads) == [names[-1][:4]]
