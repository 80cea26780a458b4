"""Writes the signed index of a folder of update bundles, to be handed out by `tallybox hq serve --releases FOLDER`.

    python -m scripts.release_index FOLDER --key release.key [--revoke 0.2.0]

Bundles are named tallybox-VERSION-BOARD.raucb. The key is made at first use, readable by its owner alone, and belongs
nowhere near headquarters; its public half goes into the image as /etc/tallybox/release.pub.
"""

import hashlib
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.documents import DocumentError, release, signing
from appliance.documents.release import Bundle, Index

_NAME = re.compile(r"tallybox-([0-9.]+)-([a-z0-9-]+)\.raucb")


def bundle(path: Path) -> Bundle:
    """Describe a bundle by its name and bytes. Raises ValueError."""
    found = _NAME.fullmatch(path.name)
    if not found:
        raise ValueError(f"{path.name}: must be named tallybox-VERSION-BOARD.raucb")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Bundle(path.name, found[1], f"tallybox-{found[2]}", path.stat().st_size, digest)


def read_key(path: Path) -> Ed25519PrivateKey:
    """Return the release key; make it where there is none."""
    if not path.exists():
        text = signing.private_key_text(Ed25519PrivateKey.generate())
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(text + "\n")
    return signing.read_private_key(path.read_text(encoding="ascii").strip())


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--key", "key_file", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--revoke", multiple=True, help="A version that is not to be installed any more; may be given again.")
def index(folder: Path, key_file: Path, revoke: tuple[str, ...]) -> None:
    try:
        key, target = read_key(key_file), folder / "index"
        before = release.from_bytes(target.read_bytes(), key.public_key()) if target.exists() else None
        bundles = tuple(bundle(path) for path in sorted(folder.glob("*.raucb")))
        revoked = tuple(sorted({*revoke, *(before.revoked if before else ())}, key=release.order))
        made = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        signed = release.to_bytes(Index(before.serial + 1 if before else 1, made, bundles, revoked), key)
    except (DocumentError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    fresh = target.with_name(".index")
    fresh.write_bytes(signed)
    fresh.replace(target)
    click.echo(f"{target}: {len(bundles)} bundles, {len(revoked)} revoked")
    click.echo(f"the box's /etc/tallybox/release.pub: {signing.public_key_text(key.public_key())}")


if __name__ == "__main__":
    index()
