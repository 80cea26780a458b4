"""What parent and child say to each other: JSON, a message each, over a socket that keeps messages apart."""

from dataclasses import dataclass

from appliance.cameras.source import Kind

MESSAGE = 65536


@dataclass(frozen=True, slots=True)
class Order:
    """What the child is to decode. `lossless`: every picture once; else the newest, at most `rate` a second."""

    kind: Kind
    address: str
    width: int
    rate: float
    lossless: bool


@dataclass(frozen=True, slots=True)
class Header:
    """The child's answer: what lies in the shared memory now. `skipped`: how many newer ones replaced before this."""

    width: int
    height: int
    pts: float | None
    received: float
    decode_ms: float
    skipped: int
