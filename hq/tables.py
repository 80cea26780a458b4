"""The tables as queries see them. How they came to be stands in migrations/versions.

Moments are UTC text as RFC 3339 has it, so that they read well and sort. No foreign keys: on databases that spread
over machines they cost a journey each; a store is looked up before anything of it is written.
"""

from sqlalchemy import Column, Date, Float, Index, Integer, LargeBinary, MetaData, SmallInteger, String, Table, Text

metadata = MetaData()

store = Table(
    "store",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("region", String(40), nullable=False, server_default=""),
    Column("ring", String(10), nullable=False, server_default="all"),
    Column("weekdays", SmallInteger, nullable=False, server_default="127"),  # bits of open days, Monday is 1
    Column("hours", Text, nullable=False, server_default=""),
    Column("opened", Date),
    Column("closed", Date),
    Column("enrolled_at", String(20), nullable=False),
    Index("store_region", "region", "name"),
)

# Every key that ever spoke for a store. It signs days from first_day to last_day, either open; revoked, none.
store_key = Table(
    "store_key",
    metadata,
    Column("store", String(40), primary_key=True),
    Column("public_key", String(43), primary_key=True),
    Column("key_id", String(16), nullable=False),
    Column("first_day", Date),
    Column("last_day", Date),
    Column("enrolled_at", String(20), nullable=False),
    Column("replaced_at", String(20)),
    Column("revoked_at", String(20)),
)

invitation = Table(
    "invitation",
    metadata,
    Column("store", String(40), primary_key=True),
    Column("code_hash", String(120), nullable=False),
    Column("used_by", String(43)),
    Column("dies_at", String(20), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
)

# Every revision as it came.
store_day = Table(
    "store_day",
    metadata,
    Column("store", String(40), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("revision", SmallInteger, primary_key=True),
    Column("digest", String(71), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("signature", String(86), nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("received_at", String(20), nullable=False),
)

# The view: the highest revision of a day, its numbers taken out of the body.
latest_day = Table(
    "latest_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("store", String(40), primary_key=True),
    Column("revision", SmallInteger, nullable=False),
    Column("in_count", Integer),
    Column("out_count", Integer),
    Column("seen_share", Float),
    Column("first_received_at", String(20), nullable=False),
    Column("received_at", String(20), nullable=False),
    Column("version", String(40), nullable=False),
    Column("ills", String(200), nullable=False, server_default=""),
    Index("latest_day_by_store", "store", "day"),
    sqlite_with_rowid=False,
)

holiday = Table(
    "holiday",
    metadata,
    Column("region", String(40), primary_key=True),  # "" is every region
    Column("day", Date, primary_key=True),
    Column("name", String(80), nullable=False, server_default=""),
)

refusal = Table(
    "refusal",
    metadata,
    Column("reason", String(40), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", String(20), nullable=False),
)

alarm = Table(
    "alarm",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("store", String(40), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("revision", SmallInteger, primary_key=True),
    Column("digest", String(71), primary_key=True),
    Column("at", String(20), nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("password_hash", String(200), nullable=False),
    Column("role", String(10), nullable=False),  # admin or reader
    Column("region", String(40), nullable=False, server_default=""),  # the only one that is seen; "" is all
)

# Sessions, API tokens and the first user's link: secrets of 256 random bits, kept as their sha256.
pass_ = Table(
    "pass",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("person", String(40), nullable=False),
    Column("label", String(80), nullable=False, server_default=""),
    Column("dies_at", String(20), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", String(20), nullable=False),
    Column("person", String(40), nullable=False),
    Column("what", String(400), nullable=False),
    Index("audit_at", "at"),
)

release = Table(
    "release",
    metadata,
    Column("ring", String(10), primary_key=True),
    Column("version", String(40), nullable=False),
    Column("named_at", String(20), nullable=False),
    Column("stopped_at", String(20)),
    Column("why", String(200), nullable=False, server_default=""),
)
