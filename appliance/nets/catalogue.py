"""The catalogue: models/models.toml says of each net where its file lies, its sha256, its licence and its figures.

Some come with the box. Others are named with their public address and lie, once pulled, in the data folder; so do
those that were calibrated on the shop's own pictures, named in `own.toml` beside them: NET-own, with all that
models.toml says of NET. Every file is held to its sha256 whenever it is loaded.
"""

import hashlib
import logging
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.config import ConfigError

log = logging.getLogger(__name__)
OWN = "own.toml"
# Another folder is for those who train: `TALLYBOX_MODELS=runs/models tallybox replay ...`
MODELS = Path(os.environ.get("TALLYBOX_MODELS") or Path(__file__).resolve().parents[2] / "models")


class NetError(RuntimeError):
    """A net can't be used; the message is one line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One net of the catalogue. `figures` is everything else that its table says."""

    name: str
    path: Path
    sha256: str
    twin: Path | None
    twin_sha256: str
    figures: dict[str, Any]

    @property
    def kind(self) -> str:
        """What it finds: person, face, or age-gender."""
        return str(self.figures["kind"])

    @property
    def decoder(self) -> str:
        """Who reads its answers."""
        return str(self.figures.get("decoder", "tallybox"))

    @property
    def calibrated_from(self) -> str:
        """The net whose twin was calibrated here, or nothing."""
        return str(self.figures.get("calibrated_from", ""))

    @property
    def bundled(self) -> bool:
        """Whether it comes with the box; else it has to be pulled."""
        return "bytes" not in self.figures

    @property
    def is_here(self) -> bool:
        """Whether its file is there; what is in it is checked when it is read."""
        return self.path.exists()

    def is_file(self, path: Path) -> bool:
        """Say whether a file is the one that models.toml describes."""
        try:
            held_to(path, self.sha256)
        except NetError:
            return False
        return True

    def read(self) -> bytes:
        """Return the file's bytes, checked against their sha256. Raises NetError."""
        if not self.bundled and not self.is_here:
            if self.calibrated_from:
                raise NetError(f"net {self.name} is gone: tallybox models calibrate {self.calibrated_from}")
            raise NetError(f"net {self.name} is not here yet: tallybox models pull {self.name}")
        return held_to(self.path, self.sha256)

    def read_beside(self, key: str) -> bytes:
        """Return the bytes of a file that belongs to the net, named in its table with KEY and KEY_sha256."""
        return held_to(self.path.parent / self.figures[key], self.figures[f"{key}_sha256"])

    def read_twin(self) -> bytes | None:
        """Return the fp32 twin's bytes, or None where it was not brought along (the wheel leaves it out)."""
        return held_to(self.twin, self.twin_sha256) if self.twin is not None and self.twin.exists() else None

    def score_line(self, size: tuple[int, int]) -> tuple[float, float]:
        """Return (a, b) of probability = sigmoid(a * logit + b) at that size or the nearest measured."""
        measured: dict[str, list[float]] = self.figures["score"]
        a, b = measured[min(measured, key=lambda text: abs(int(text.split("x")[0]) - size[0]))]
        return a, b


class Catalogue:
    """The nets that can be named in the configuration; what was pulled lies in `pulled`."""

    def __init__(self, folder: Path = MODELS, pulled: Path | None = None) -> None:
        path = folder / "models.toml"
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise NetError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
        tables |= {name: table for name, table in self._own(tables, pulled) if table["kind"] == "person"}
        self._entries = {name: self._entry(name, table, folder, pulled) for name, table in tables.items()}

    def __iter__(self) -> Any:
        return iter(self._entries.values())

    def find(self, name: str) -> Entry:
        """Return the net of that name. Raises ConfigError where there is none."""
        base = name.removesuffix("-own")
        if name not in self._entries and base in self._entries:  # after an update that brought another twin
            log.warning("net %s is not here or was calibrated from another %s: %s stands in for it", name, base, base)
            return self._entries[base]
        if name not in self._entries:
            raise ConfigError(f"net {name!r}: not in the catalogue; known: {', '.join(self._entries)}")
        return self._entries[name]

    @staticmethod
    def _own(tables: dict[str, Any], pulled: Path | None) -> list[tuple[str, dict[str, Any]]]:
        """Return the tables of the nets that were calibrated here from twins that are still the same."""
        path = pulled / OWN if pulled else None
        if path is None or not path.exists():
            return []
        try:
            own = tomllib.loads(path.read_text(encoding="utf-8"))
            rows = [(name, tables[table["calibrated_from"]] | table) for name, table in own.items()]
            return [(n, t) for n, t in rows if t["fp32_sha256"] == tables[t["calibrated_from"]]["fp32_sha256"]]
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            log.warning("%s: can't be read (%s): nets calibrated here are left out", path, error)
            return []

    @staticmethod
    def _entry(name: str, table: dict[str, Any], folder: Path, pulled: Path | None) -> Entry:
        twin = table.get("fp32")
        where = (pulled or folder) if "bytes" in table else folder
        return Entry(
            name=name,
            path=where / table["file"],
            sha256=table["sha256"],
            twin=folder / twin if twin else None,
            twin_sha256=table.get("fp32_sha256", ""),
            figures=table,
        )


def held_to(path: Path, sha256: str) -> bytes:
    """Return a file's bytes, checked against their sha256. Raises NetError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NetError(f"{path}: {error.strerror}") from None
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise NetError(f"{path}: is not the file that models.toml describes (sha256 {found[:12]}…, not {sha256[:12]}…)")
    return data
