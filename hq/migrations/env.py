"""Alembic's entry: migrates over the connection, and in the transaction, that headquarters hands it."""

from alembic import context

from hq.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
