"""Alembic runs inside the connection that `migrate` hands over, as the owner of all tables."""

from alembic import context

from services.migrations.metadata import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
    compare_type=True,
    # Checks too, by their names: else one that is added to an older table would be lost.
    autogenerate_plugins=["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
)
with context.begin_transaction():
    context.run_migrations()
