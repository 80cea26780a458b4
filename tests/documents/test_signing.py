import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.documents import DocumentError, SignatureError, signing, store_day
from tests.documents.examples import example_day

KEY = signing.read_private_key("A" * 42 + "E")
DATA = store_day.to_bytes(example_day())
SIGNATURE = signing.sign(KEY, DATA)


def test_a_signature_holds_for_the_bytes_that_were_signed() -> None:
    assert len(SIGNATURE) == 86
    signing.verify(KEY.public_key(), DATA, SIGNATURE)


@settings(deadline=None)
@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_any_flipped_byte_is_refused(position: int, flip: int) -> None:
    data = DATA[:position] + bytes([DATA[position] ^ flip]) + DATA[position + 1 :]
    with pytest.raises(SignatureError):
        signing.verify(KEY.public_key(), data, SIGNATURE)


@settings(deadline=None)
@given(st.integers(0, len(SIGNATURE) - 1), st.characters())
def test_any_other_character_in_a_signature_is_refused(position: int, character: str) -> None:
    signature = SIGNATURE[:position] + character + SIGNATURE[position + 1 :]
    if signature == SIGNATURE:
        return
    with pytest.raises(SignatureError):
        signing.verify(KEY.public_key(), DATA, signature)


@pytest.mark.parametrize(
    "signature", ["", "=", "A", "A" * 86, SIGNATURE + "=", SIGNATURE + "\n", "é" * 86, "A" * 100_000]
)
def test_what_is_no_signature_is_refused(signature: str) -> None:
    with pytest.raises(SignatureError, match="is not that of these bytes by the store's key"):
        signing.verify(KEY.public_key(), DATA, signature)


def test_another_stores_signature_is_refused() -> None:
    with pytest.raises(SignatureError):
        signing.verify(KEY.public_key(), DATA, signing.sign(Ed25519PrivateKey.generate(), DATA))


def test_a_signature_without_its_domain_is_refused() -> None:
    bare = signing._to_text(KEY.sign(DATA))
    with pytest.raises(SignatureError):
        signing.verify(KEY.public_key(), DATA, bare)


@settings(deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_a_key_comes_back_from_its_text(raw: bytes) -> None:
    private = Ed25519PrivateKey.from_private_bytes(raw)
    assert signing.read_private_key(signing.private_key_text(private)).private_bytes_raw() == raw
    text = signing.public_key_text(private.public_key())
    assert signing.public_key_text(signing.read_public_key(text)) == text


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "A" * 42 + "B", "A" * 42 + "=", "A" * 42 + "/", "é" * 43])
def test_what_is_no_key_is_refused_without_repeating_it(text: str) -> None:
    for read in (signing.read_public_key, signing.read_private_key):
        with pytest.raises(DocumentError) as refused:
            read(text)
        assert str(refused.value) == "key: must be 43 characters of base64url"


def test_a_key_is_named_by_the_hash_of_its_public_half() -> None:
    # RFC 8032, test 1
    key = signing.read_private_key("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
    assert signing.public_key_text(key.public_key()) == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert signing.key_id(key.public_key()) == "21fe31dfa154a261"
