"""Fetches the version that headquarters means for this box, if the release key vouches for it.

Headquarters names a version with each acknowledgement and hands out files; what they are is said by an index that is
signed with the release key, which it does not have. What lies in the data folder's updates is whole and as announced;
installing it is `tallybox update`'s, and the image checks the bundle's own signature again.
"""

import logging
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlite_utils import Database

from appliance import __version__
from appliance.clock import now
from appliance.documents import DocumentError, release, signing
from appliance.documents.release import Bundle
from appliance.nightly.paced import Announced, TransferError, fetch
from appliance.nightly.pacer import Pacer
from appliance.storage import Folder
from appliance.whole import write_whole

log = logging.getLogger(__name__)

# Made by the image: the release key (43 characters of base64url), and what RAUC says this board is.
KEY, BOARD = Path("/etc/tallybox/release.pub"), Path("/etc/rauc/system.conf")
MARGIN = 200_000_000  # bytes that must be left free beside a bundle
INDEX = "/v1/releases/index"
REVOKED = "revoked"  # a version a line; the image's installer reads it
REFUSED = "no update"  # how a refusal begins: it is looked at again a day later
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class State:
    """What is known of updates: the version meant, the newest index's serial, the version fetched, what came of it."""

    meant: str
    serial: int
    fetched: str
    said: str
    tries: int
    last_try: float


class UnfitError(RuntimeError):
    """What was meant is not to be fetched; the message is the one line to show."""


def state(db: Database) -> State:
    """Return what is known."""
    return State(*db.execute("SELECT meant, serial, fetched, state, tries, last_try FROM release").fetchone())


def hear(db: Database, meant: str) -> None:
    """Keep the version that headquarters named for this box; a new one is tried at once."""
    if meant and meant[:40] != state(db).meant:
        _set(db, meant=meant[:40], state="", tries=0, last_try=0.0)


def waiting(folder: Folder) -> list[Path]:
    """Return the bundles that wait to be installed."""
    return sorted(folder.updates.glob("*.raucb"))


def due(db: Database, folder: Folder) -> str:
    """Return the version that is to be fetched, or "". A box that is no flashed image fetches none."""
    known = state(db)
    here = known.fetched == known.meant and waiting(folder)
    if not known.meant or known.meant == __version__ or here or not (KEY.exists() and BOARD.exists()):
        return ""
    again = known.last_try + (DAY if known.said.startswith(REFUSED) else 0.0)
    return known.meant if now() >= again else ""


def tidy(db: Database, folder: Folder) -> None:
    """Forget a bundle that was installed."""
    if state(db).fetched == __version__:
        for path in waiting(folder):
            path.unlink()


def fetch_meant(
    db: Database, folder: Folder, http: httpx.Client, pacer: Pacer, go_on: Callable[[], bool] = lambda: True
) -> str:
    """Fetch the version that is meant, whole or the next part of it; return one line that says what came of it."""
    known = state(db)
    try:
        said = _fetch(db, folder, http, known, pacer, go_on)
        _note(db, said, tries=0)
    except (UnfitError, DocumentError) as error:
        said = f"{REFUSED} {known.meant}: {error}"
        _note(db, said, tries=known.tries + 1)
    except (httpx.HTTPError, TransferError, OSError) as error:
        said = f"update {known.meant} can't be fetched yet: {str(error) or type(error).__name__}"
        _note(db, said, tries=known.tries + 1)
    log.info("%s", said)
    return said


def _fetch(
    db: Database, folder: Folder, http: httpx.Client, known: State, pacer: Pacer, go_on: Callable[[], bool]
) -> str:
    if release.order(known.meant) < release.order(__version__):
        raise UnfitError(f"it is older than {__version__}, which runs")
    key, compatible = _identity()
    index = release.from_bytes(_index(http), key)
    if index.serial < known.serial:
        raise UnfitError(f"headquarters handed out index {index.serial} after {known.serial}")
    _set(db, serial=index.serial)
    _keep_revoked(folder, index.revoked)
    if known.meant in index.revoked:
        raise UnfitError("it was revoked")
    bundle = index.find(known.meant, compatible)
    if bundle is None:
        raise UnfitError(f"the release index {index.serial} has none for {compatible}")
    target = _make_room(folder, bundle)
    if not fetch(http, f"/v1/releases/{bundle.name}", target, Announced(bundle.size, bundle.sha256), pacer, go_on):
        return f"update {bundle.version} is fetched in parts"
    _set(db, fetched=bundle.version)
    return f"update {bundle.version} was fetched, {bundle.size / 1e6:.0f} MB, and waits to be installed"


def _identity() -> tuple[Ed25519PublicKey, str]:
    """Return the release key and what kind of board this is."""
    key = signing.read_public_key(KEY.read_text(encoding="ascii").strip())
    told = dict(line.partition("=")[::2] for line in BOARD.read_text(encoding="utf-8").splitlines())
    return key, told.get("compatible", "").strip()


def _index(http: httpx.Client) -> bytes:
    """Return the index as it was handed out, without reading more than one can be long."""
    data = b""
    with http.stream("GET", INDEX) as response:
        if response.status_code != 200:
            raise TransferError(f"{INDEX}: answered {response.status_code}")
        for chunk in response.iter_bytes():
            data += chunk
            if len(data) > 100_000:
                raise TransferError(f"{INDEX}: has no end")
    return data


def _keep_revoked(folder: Folder, versions: Iterable[str]) -> None:
    """Leave for the installer what must never run again, by whatever way it comes: a stick, or last week's bundle."""
    folder.updates.mkdir(exist_ok=True)
    write_whole(folder.updates / REVOKED, "".join(f"{version}\n" for version in sorted(versions)).encode())


def _make_room(folder: Folder, bundle: Bundle) -> Path:
    """Return where the bundle will lie; what was fetched before and is not it goes away."""
    target = folder.updates / bundle.name
    folder.updates.mkdir(exist_ok=True)
    for path in folder.updates.glob("*.raucb*"):
        if path.name not in (target.name, f"{target.name}.part"):
            path.unlink()
    if shutil.disk_usage(folder.updates).free < bundle.size + MARGIN:
        raise TransferError(f"{bundle.size / 1e6:.0f} MB and some room are needed on the disk")
    return target


def _note(db: Database, said: str, tries: int) -> None:
    _set(db, state=said[:200], tries=tries, last_try=now())


def _set(db: Database, **values: str | float) -> None:
    with db.conn:
        db.conn.execute(f"UPDATE release SET {', '.join(f'{name} = ?' for name in values)}", list(values.values()))
