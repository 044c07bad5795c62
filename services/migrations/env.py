"""Alembic runs inside the connection that `migrate` hands over, as the owner of all tables."""

from alembic import context

from services.migrations.metadata import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
