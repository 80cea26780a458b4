"""What goes with an image: its list of parts (CycloneDX), and the entry that Raspberry Pi Imager reads (os_list)."""

import hashlib
import json
import lzma
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from image_build import base as debian
from image_build import kernel, settings, wheels
from image_build.settings import EPOCH, Board

_DEVICES = {"pi4": ["pi4-64bit"], "pi5": ["pi5-64bit"], "zero2w": ["pi3-64bit"]}
_NAMES = {"pi4": "Raspberry Pi 4", "pi5": "Raspberry Pi 5", "zero2w": "Raspberry Pi Zero 2 W", "bench": "QEMU"}


def write_sbom(board: Board, version: str, target: Path) -> Path:
    """Write every part of the image with its version: Debian packages, kernels, wheels, nets."""
    told: dict[str, Any] = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1}
    about = {"type": "firmware", "name": f"tallybox-{board.name}", "version": version}
    told["metadata"] = {"timestamp": _date(), "component": about}
    told["components"] = sorted(_components(board), key=lambda part: (part["type"], part["name"]))
    target.write_text(json.dumps(told, indent=1) + "\n")
    return target


def _components(board: Board) -> list[dict[str, Any]]:
    rows = [line.split() for line in (debian.base(board) / "packages").read_text().splitlines()]
    parts = [_part("library", name, version, "deb/debian") for _, name, version in rows]
    for name in board.kernels.values():
        modules = kernel.Modules(kernel.package(board, name))
        parts.append(_part("operating-system", name, modules.version, "deb/debian"))
    for name, line in wheels.locked().items():
        parts.append(_part("library", name, line.split()[0].partition("==")[2], "pypi"))
    nets = tomllib.loads((wheels.source() / "models/models.toml").read_text())
    for name, net in nets.items():
        hashes = [{"alg": "SHA-256", "content": net["sha256"]}]
        licences = [{"license": {"name": net["licence"]}}]
        parts.append({"type": "machine-learning-model", "name": name, "hashes": hashes, "licenses": licences})
    return parts


def _part(kind: str, name: str, version: str, registry: str) -> dict[str, Any]:
    return {"type": kind, "name": name, "version": version, "purl": f"pkg:{registry}/{name}@{version}"}


def write_imager_list(board: Board, version: str, card: Path) -> Path:
    """Pack the card as .xz and write os_list.json for Imager, which checks both hashes and offers its customisation.

    The address is relative to where the list lies: TALLYBOX_RELEASES names the folder on the web.
    """
    packed, size, extracted = _pack(card)
    entry = {
        "name": f"tallybox {version} for {_NAMES[board.name]}",
        "description": "Counts the people who come into a shop",
        "icon": "icon.svg",
        "url": f"{settings.RELEASES}{packed.name}",
        "extract_size": size,
        "extract_sha256": extracted,
        "image_download_size": packed.stat().st_size,
        "image_download_sha256": hashlib.sha256(packed.read_bytes()).hexdigest(),
        "release_date": _date()[:10],
        "init_format": "cloudinit",
        "devices": _DEVICES.get(board.name, []),
    }
    target = card.parent / "os_list.json"
    target.write_text(json.dumps({"os_list": [entry]}, indent=1) + "\n")
    return target


def _pack(card: Path) -> tuple[Path, int, str]:
    """Return the packed card, and the plain one's size and sha256."""
    packed, size, digest, packer = card.with_suffix(".img.xz"), 0, hashlib.sha256(), lzma.LZMACompressor(preset=1)
    with card.open("rb") as source, packed.open("wb") as file:
        while block := source.read(1 << 20):
            size += len(block)
            digest.update(block)
            file.write(packer.compress(block))
        file.write(packer.flush())
    return packed, size, digest.hexdigest()


def _date() -> str:
    return datetime.fromtimestamp(EPOCH, UTC).isoformat()
