"""Which class reads which net: by `decoder` in models.toml, tallybox's own where it says nothing."""

from typing import Protocol

from appliance.config import ConfigError
from appliance.frame import Detections, Pixels
from appliance.nets.catalogue import Entry
from appliance.nets.others import FastestDet, NanodetPlus, Yolox
from appliance.nets.person import PersonDetector
from appliance.nets.session import USUAL, Engine


class Detector(Protocol):
    """What the spine asks of a net."""

    def detect(self, image: Pixels) -> Detections:
        """Return the people in a picture."""


DECODERS = {"yolox": Yolox, "nanodet-plus": NanodetPlus, "fastestdet": FastestDet, "tallybox": PersonDetector}


def open_detector(entry: Entry, size: tuple[int, int], engine: Engine = USUAL, least: float = 0.05) -> Detector:
    """Load a net that finds people. Raises ConfigError for one that finds something else, and NetError."""
    if entry.kind != "person":
        raise ConfigError(f"net {entry.name!r}: finds no people (it is a net of kind {entry.kind!r})")
    detector: Detector = DECODERS[entry.decoder](entry, size, engine, least)
    return detector
