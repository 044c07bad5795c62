"""The house: every table of the first landing."""

from alembic import op

from services.migrations.metadata import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
