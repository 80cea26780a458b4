"""Stores, their keys and calendars, the days as they came and as they are looked at, refusals, alarms."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from hq.database import partitioned

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables; on PostgreSQL those of days are partitioned by month."""
    by_month: dict[str, Any] = {"postgresql_partition_by": "RANGE (day)"} if partitioned(op.get_bind()) else {}
    _stores()
    _days(by_month)
    op.create_table(
        "refusal",
        sa.Column("reason", sa.String(40), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", sa.String(20), nullable=False),
    )
    op.create_table(
        "alarm",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("store", sa.String(40), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("revision", sa.SmallInteger, primary_key=True),
        sa.Column("digest", sa.String(71), primary_key=True),
        sa.Column("at", sa.String(20), nullable=False),
    )


def _stores() -> None:
    op.create_table(
        "store",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("region", sa.String(40), nullable=False, server_default=""),
        sa.Column("ring", sa.String(10), nullable=False, server_default="all"),
        sa.Column("weekdays", sa.SmallInteger, nullable=False, server_default="127"),
        sa.Column("hours", sa.Text, nullable=False, server_default=""),
        sa.Column("opened", sa.Date),
        sa.Column("closed", sa.Date),
        sa.Column("enrolled_at", sa.String(20), nullable=False),
    )
    op.create_index("store_region", "store", ["region", "name"])
    op.create_table(
        "store_key",
        sa.Column("store", sa.String(40), primary_key=True),
        sa.Column("public_key", sa.String(43), primary_key=True),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("first_day", sa.Date),
        sa.Column("last_day", sa.Date),
        sa.Column("enrolled_at", sa.String(20), nullable=False),
        sa.Column("replaced_at", sa.String(20)),
        sa.Column("revoked_at", sa.String(20)),
    )
    op.create_table(
        "invitation",
        sa.Column("store", sa.String(40), primary_key=True),
        sa.Column("code_hash", sa.String(120), nullable=False),
        sa.Column("used_by", sa.String(43)),
        sa.Column("dies_at", sa.String(20), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        "holiday",
        sa.Column("region", sa.String(40), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, server_default=""),
    )


def _days(by_month: dict[str, Any]) -> None:
    op.create_table(
        "store_day",
        sa.Column("store", sa.String(40), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("revision", sa.SmallInteger, primary_key=True),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.String(86), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("received_at", sa.String(20), nullable=False),
        **by_month,
    )
    op.create_table(
        "latest_day",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("store", sa.String(40), primary_key=True),
        sa.Column("revision", sa.SmallInteger, nullable=False),
        sa.Column("in_count", sa.Integer),
        sa.Column("out_count", sa.Integer),
        sa.Column("seen_share", sa.Float),
        sa.Column("first_received_at", sa.String(20), nullable=False),
        sa.Column("received_at", sa.String(20), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("ills", sa.String(200), nullable=False, server_default=""),
        sqlite_with_rowid=False,
        **by_month,
    )
    op.create_index("latest_day_by_store", "latest_day", ["store", "day"])
