"""Who may look: users with a role and maybe one region, their sessions, the tokens of programs, the audit trail.

Passwords are kept by argon2; every other secret is 256 random bits, shown once and kept as its sha256.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, Engine, delete, func, select

from hq.database import HqError, insert, reading, writing
from hq.tables import audit, pass_, person
from hq.words import utc_text

ROLES = ("admin", "reader")
LIVES = {"session": timedelta(days=14), "token": timedelta(days=3650), "first": timedelta(days=7)}
SHORTEST = 10
_NAME = re.compile(r"[a-z0-9][a-z0-9.@_-]{0,39}")
_REGION = re.compile(r"([a-z0-9][a-z0-9-]{0,39})?")
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_urlsafe())  # an unknown name takes as long as a wrong password


@dataclass(frozen=True, slots=True)
class User:
    """A user: an admin changes users and stores, a reader looks; `region` is the only one seen, "" is all."""

    name: str
    role: str
    region: str


def any_user(engine: Engine) -> bool:
    """Say whether the first user was made."""
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(person)).scalar_one() > 0


def known(engine: Engine, name: str) -> bool:
    """Say whether there is a user of that name."""
    with reading(engine) as connection:
        return connection.execute(select(person.c.name).where(person.c.name == name)).first() is not None


def add_user(engine: Engine, user: User, password: str, by: str, now: datetime) -> None:
    """Make a user. Raises ValueError for what can't be one, HqError where the name is taken."""
    if not _NAME.fullmatch(user.name):
        raise ValueError("name: must be 1 to 40 of a-z, 0-9 and .@_-")
    if user.role not in ROLES:
        raise ValueError(f"role: must be one of {', '.join(ROLES)}")
    if not _REGION.fullmatch(user.region):
        raise ValueError("region: must be 1 to 40 of a-z, 0-9 and -")
    if not SHORTEST <= len(password) <= 200:
        raise ValueError(f"password: must have {SHORTEST} to 200 characters")
    row = {"name": user.name, "password_hash": _hasher.hash(password), "role": user.role, "region": user.region}
    with writing(engine) as connection:
        if connection.execute(insert(connection, person).values(row).on_conflict_do_nothing()).rowcount != 1:
            raise HqError(f"{user.name} is a user already; nothing was changed")
        note(connection, by, f"added {user.role} {user.name}{f' of {user.region}' if user.region else ''}", now)


def remove_user(engine: Engine, name: str, by: str, now: datetime) -> None:
    """Remove a user with all sessions and tokens. Raises HqError for one who is unknown."""
    with writing(engine) as connection:
        if connection.execute(delete(person).where(person.c.name == name)).rowcount != 1:
            raise HqError(f"{name} is no user; nothing was changed")
        connection.execute(delete(pass_).where(pass_.c.person == name))
        note(connection, by, f"removed {name}", now)


def everybody(engine: Engine) -> list[User]:
    """Return every user, in order of names."""
    with reading(engine) as connection:
        rows = connection.execute(select(person.c.name, person.c.role, person.c.region).order_by(person.c.name))
        return [User(*row) for row in rows]


def by_password(engine: Engine, name: str, password: str) -> User | None:
    """Return the user of this name and password, or None."""
    kept = person.c
    with reading(engine) as connection:
        row = connection.execute(select(kept.password_hash, kept.role, kept.region).where(kept.name == name)).first()
    try:
        _hasher.verify(row[0] if row else _NOBODY, password[:200])
    except VerificationError:
        return None
    return User(name, row[1], row[2]) if row else None


def give_pass(engine: Engine, kind: str, name: str, now: datetime, label: str = "") -> str:
    """Return a new secret of a user: a session's, a token's, or the one that makes the first user."""
    secret = secrets.token_urlsafe(32)
    row = {"kind": kind, "person": name, "label": label[:80], "dies_at": utc_text(now + LIVES[kind])}
    with writing(engine) as connection:
        connection.execute(delete(pass_).where(pass_.c.dies_at < utc_text(now)))
        if kind == "first":
            connection.execute(delete(pass_).where(pass_.c.kind == "first"))
        connection.execute(insert(connection, pass_).values(secret_hash=_hash(secret), **row))
        if kind == "token":
            note(connection, name, f"made a token: {label[:80]}", now)
    return secret


def by_pass(engine: Engine, kind: str, secret: str, now: datetime) -> User | None:
    """Return the user whose living secret this is, or None."""
    kept, of = pass_.c, person.c
    query = (
        select(of.name, of.role, of.region)
        .join_from(pass_, person, kept.person == of.name)
        .where(kept.secret_hash == _hash(secret), kept.kind == kind, kept.dies_at > utc_text(now))
    )
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return User(*row) if row else None


def is_first(engine: Engine, secret: str, now: datetime) -> bool:
    """Say whether this is the living secret that makes the first user."""
    kept = pass_.c
    living = (kept.secret_hash == _hash(secret), kept.kind == "first", kept.dies_at > utc_text(now))
    with reading(engine) as connection:
        return connection.execute(select(kept.kind).where(*living)).first() is not None


def take_back(engine: Engine, secret: str) -> None:
    """Let a secret be worth nothing from now on."""
    with writing(engine) as connection:
        connection.execute(delete(pass_).where(pass_.c.secret_hash == _hash(secret)))


def note(connection: Connection, by: str, what: str, now: datetime) -> None:
    """Write a change into the audit trail, in the transaction that makes it."""
    row = {"id": secrets.token_hex(16), "at": utc_text(now), "person": by, "what": what[:400]}
    connection.execute(insert(connection, audit).values(row))


def trail(engine: Engine, most: int = 200) -> list[tuple[str, str, str]]:
    """Return moment, user and what was changed, the newest first."""
    query = select(audit.c.at, audit.c.person, audit.c.what).order_by(audit.c.at.desc()).limit(most)
    with reading(engine) as connection:
        return [(at, by, what) for at, by, what in connection.execute(query)]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
