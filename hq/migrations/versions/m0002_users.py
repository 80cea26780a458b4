"""Users, their sessions, tokens of programs, and what users changed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "person",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("region", sa.String(40), nullable=False, server_default=""),
    )
    op.create_table(
        "pass",
        sa.Column("secret_hash", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("label", sa.String(80), nullable=False, server_default=""),
        sa.Column("dies_at", sa.String(20), nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("at", sa.String(20), nullable=False),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("what", sa.String(400), nullable=False),
    )
    op.create_index("audit_at", "audit", ["at"])
