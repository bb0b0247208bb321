"""Alembic's entry: runs the migrations on the connection it is handed (see ``upgrade.py``)."""

from alembic import context
from sqlalchemy.engine import Connection

from outreach.storage.tables import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
