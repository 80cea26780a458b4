"""The version that each ring is meant to run."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "release",
        sa.Column("ring", sa.String(10), primary_key=True),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("named_at", sa.String(20), nullable=False),
        sa.Column("stopped_at", sa.String(20)),
        sa.Column("why", sa.String(200), nullable=False, server_default=""),
    )
