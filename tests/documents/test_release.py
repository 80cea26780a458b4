"""The release index: only the release key's word counts, and versions are numbers."""

import itertools

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from appliance.documents import DocumentError, release, signing
from appliance.documents.release import Bundle, Index

KEY = Ed25519PrivateKey.generate()
BUNDLE = Bundle("tallybox-0.2.0-rpi4.raucb", "0.2.0", "tallybox-rpi4", 170_000_000, "ab" * 32)
INDEX = Index(7, "2026-11-25T08:00:00Z", (BUNDLE,), ("0.1.9",))
GOOD = release.to_bytes(INDEX, KEY)


def test_what_was_signed_is_read_as_it_was():
    assert release.from_bytes(GOOD, KEY.public_key()) == INDEX
    assert INDEX.find("0.2.0", "tallybox-rpi4") == BUNDLE
    assert INDEX.find("0.2.0", "tallybox-rpi5") is None


def test_another_key_or_another_kind_of_document_is_refused():
    body = GOOD.partition(b"\n")[2]
    for data, key in (
        (GOOD, Ed25519PrivateKey.generate()),
        (f"{signing.sign(KEY, body)}\n".encode() + body, KEY),  # signed as a store-day
    ):
        with pytest.raises(DocumentError, match="is not signed by the release key"):
            release.from_bytes(data, key.public_key())


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_one_changed_byte_is_refused(at, change):
    bent = GOOD[:at] + bytes([GOOD[at] ^ change]) + GOOD[at + 1 :]
    if at != 86:  # the line feed between
        with pytest.raises(DocumentError):
            release.from_bytes(bent, KEY.public_key())


@given(st.binary(max_size=300))
def test_anything_else_is_refused(data):
    with pytest.raises(DocumentError):
        release.from_bytes(data, KEY.public_key())


@pytest.mark.parametrize(
    "strange",
    [
        Bundle("../../etc/passwd.raucb", "1", "b", 1, "ab" * 32),
        Bundle("a.sh", "1", "b", 1, "ab" * 32),
        Bundle("a.raucb", "1-rc", "b", 1, "ab" * 32),
        Bundle("a.raucb", "1", "b", 10**12, "ab" * 32),
        Bundle("a.raucb", "1", "b", 1, "AB" * 32),
    ],
)
def test_what_no_bundle_is_can_not_even_be_signed(strange):
    with pytest.raises(DocumentError):
        release.to_bytes(Index(1, "2026-11-25T08:00:00Z", (strange,), ()), KEY)


def test_versions_are_in_order_of_their_numbers():
    versions = ["0.1", "0.1.1", "0.2", "0.9", "0.10", "1", "1.0.0.1"]
    assert all(release.order(a) < release.order(b) for a, b in itertools.pairwise(versions))
    assert release.order("1") == release.order("1.0.0")
    for text in ("", "1.", "v1", "1.2.3.4.5", "1-rc", "٣", "9" * 9):
        with pytest.raises(DocumentError, match="must be numbers"):
            release.order(text)
