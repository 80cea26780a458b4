"""Invitations and what boxes make of them: a one-time code lets a box's key speak for a store."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Connection, Engine, select, update

from appliance.documents import DocumentError, SignatureError, enrolment
from appliance.documents.enrolment import Enrolment, KeyChange
from hq.database import insert, reading, writing
from hq.keys import StoreKey, add_key, add_store, keys_of, require_name
from hq.receiving import RefusalError
from hq.tables import invitation
from hq.users import note
from hq.words import utc_text

LIFE = timedelta(days=7)
MOST_TRIES = 1000  # then the invitation is dead; a code is one of 31**10
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def invite(engine: Engine, name: str, now: datetime) -> str:
    """Return a code that enrols one box for the store within a week; an earlier one is dead. Raises ValueError."""
    require_name(name)
    code = "".join(secrets.choice(enrolment.ALPHABET) for _ in range(enrolment.CODE_LENGTH))
    row = {"code_hash": _hasher.hash(code), "used_by": None, "dies_at": utc_text(now + LIFE), "tries": 0}
    with writing(engine) as connection:
        add_store(connection, name, now)
        made = insert(connection, invitation).values(store=name, **row)
        connection.execute(made.on_conflict_do_update(index_elements=["store"], set_=row))
        note(connection, "shell", f"invited {name}", now)
    return code


def link(url: str, name: str, code: str, pin: str = "") -> str:
    """Return what the QR code of an invitation says; `pin` is the sha256 of headquarters' public key, in hex."""
    return f"tallybox-enrol:{url}?{urlencode({'store': name, 'code': code} | ({'pin': pin} if pin else {}))}"


def pin_of(certificate: bytes) -> str:
    """Return the pin of a PEM certificate: the sha256 of its public key. Raises ValueError."""
    try:
        key = x509.load_pem_x509_certificate(certificate).public_key()
    except ValueError:
        raise ValueError("certificate: must be a PEM file") from None
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def enrol(engine: Engine, body: bytes, now: datetime) -> bool:
    """Let the box speak for the store, if its code is right; say whether that was new. Raises RefusalError."""
    try:
        asked = enrolment.read(body, Enrolment)
        enrolment.require_proof(asked)
    except DocumentError as error:
        raise RefusalError(400, "enrolment", str(error)) from None
    code_hash = _try(engine, asked.store, now)
    try:
        _hasher.verify(code_hash, asked.code)
    except VerifyMismatchError:
        raise _wrong() from None
    with writing(engine) as connection:
        used_by = _use(connection, asked, code_hash)
        known = [key for key in keys_of(connection, asked.store) if key.text == asked.public_key]
        if used_by == asked.public_key:
            return False  # its answer was lost
        if used_by is not None:
            raise _wrong()
        if known:
            raise RefusalError(409, "enrolment", "that key was known before: the box must make a new one")
        add_key(connection, asked.store, asked.public_key, now)
    return True


def change_key(engine: Engine, name: str, body: bytes, now: datetime) -> bool:
    """Let a new key go on where the store's was, signed by that one; say whether it was new. Raises RefusalError."""
    with reading(engine) as connection:
        keys = keys_of(connection, name)
    if not keys:
        raise RefusalError(404, "unknown store", "unknown store: it must be enrolled first")
    try:
        asked = enrolment.read(body, KeyChange)
        old = _owner(name, asked, keys)
    except SignatureError as error:
        raise RefusalError(401, "signature", str(error)) from None
    except DocumentError as error:
        raise RefusalError(400, "enrolment", str(error)) from None
    with writing(engine) as connection:
        keys = keys_of(connection, name)
        current = keys[0]
        if old.revoked or current.revoked:
            raise RefusalError(401, "revoked key", f"key {old.id} was revoked: the store must be invited anew")
        if current.text == asked.new_key:
            return False
        if current.text != old.text or asked.new_key in {key.text for key in keys}:
            raise RefusalError(409, "enrolment", "another key took over: the store must be invited anew")
        add_key(connection, name, asked.new_key, now, current.first_day, rotated=True)
    return True


def _owner(name: str, asked: KeyChange, keys: tuple[StoreKey, ...]) -> StoreKey:
    """Return the key that signed the change. Raises DocumentError."""
    for key in keys:
        try:
            enrolment.require_owner(name, asked, key.key)
        except SignatureError:
            continue
        return key
    raise SignatureError("signature: is not by a key of this store")


def _try(engine: Engine, name: str, now: datetime) -> str:
    """Return the hash of the store's living invitation and count the try. Raises RefusalError."""
    columns = invitation.c
    living = (columns.store == name, columns.dies_at > utc_text(now), columns.tries < MOST_TRIES)
    with writing(engine, lasting=False) as connection:
        code_hash: str | None = connection.execute(select(columns.code_hash).where(*living)).scalar()
        if code_hash is None:
            raise _wrong()
        connection.execute(update(invitation).where(columns.store == name).values(tries=columns.tries + 1))
    return code_hash


def _use(connection: Connection, asked: Enrolment, code_hash: str) -> str | None:
    """Mark the invitation as used by this key; return the key that used it before, or None. Raises RefusalError."""
    columns = invitation.c
    mine = (columns.store == asked.store, columns.code_hash == code_hash)
    done = connection.execute(
        update(invitation).where(*mine, columns.used_by.is_(None)).values(used_by=asked.public_key)
    )
    if done.rowcount == 1:
        return None
    used_by: str | None = connection.execute(select(columns.used_by).where(*mine)).scalar()
    if used_by is None:
        raise _wrong()  # invited anew meanwhile
    return used_by


def _wrong() -> RefusalError:
    return RefusalError(403, "code", "code: is wrong, was used, or is older than a week")
