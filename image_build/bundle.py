"""Update bundles: both images of a slot, signed, as RAUC's verity format.

The keys are whoever releases' (TALLYBOX_KEYS: ca.pem, sign.pem and sign.key for bundles; release.key and release.pub
for the index, which scripts/release_index.py writes). Without any, test keys are made once; an image built with them
takes nobody else's bundles.
"""

import os
import shutil
from pathlib import Path

from appliance.documents import signing
from image_build import settings
from image_build.settings import KEYS, BuildError
from scripts.release_index import read_key

_MANIFEST = """[update]
compatible=tallybox-{board}
version={version}

[bundle]
format=verity

[image.rootfs]
filename=rootfs.squashfs

[image.boot]
filename=boot.vfat
"""


def bundle(folder: Path, board: str, version: str, target: Path, keys: Path | None = None) -> Path:
    """Write the bundle of the slot images in a folder."""
    keys = keys or signing_keys()
    content = folder / "bundle"
    shutil.rmtree(content, ignore_errors=True)
    content.mkdir()
    for name in ("rootfs.squashfs", "boot.vfat"):
        os.link(folder / name, content / name)
    (content / "manifest.raucm").write_text(_MANIFEST.format(board=board, version=version))
    target.unlink(missing_ok=True)
    settings.run("rauc", "bundle", f"--cert={keys / 'sign.pem'}", f"--key={keys / 'sign.key'}", content, target)
    shutil.rmtree(content)
    return target


def signing_keys(folder: Path = KEYS, name: str = "test") -> Path:
    """Return the folder of the keys that sign bundles and the index; test keys are made where there are none."""
    if not (folder / "ca.pem").exists():
        if "TALLYBOX_KEYS" in os.environ and name == "test":
            raise BuildError(f"{folder}: no ca.pem, sign.pem and sign.key")
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
        new = ["-newkey", "rsa:3072", "-nodes"]
        root = [
            "-x509",
            *new,
            "-days",
            "7300",
            "-subj",
            f"/CN=tallybox {name} root",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
        ]
        settings.run("openssl", "req", *root, cwd=part)
        request = ["-subj", f"/CN=tallybox {name} signer", "-keyout", "sign.key", "-out", "request"]
        settings.run("openssl", "req", *new, *request, cwd=part)
        signed = ["-req", "-in", "request", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "7300"]
        settings.run("openssl", "x509", *signed, "-out", "sign.pem", cwd=part)
        key = read_key(part / "release.key")
        (part / "release.pub").write_text(signing.public_key_text(key.public_key()) + "\n")
        part.rename(folder)
    return folder
