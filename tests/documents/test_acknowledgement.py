from dataclasses import fields

import pytest

from appliance.documents import Acknowledgement, DocumentError, acknowledge, acknowledgement, digest, store_day
from appliance.documents.wire import load_schema
from tests.documents.examples import example_day

DATA = store_day.to_bytes(example_day())
WORD = acknowledge(example_day(), DATA)


def test_an_acknowledgement_names_what_was_committed() -> None:
    assert acknowledge(example_day(), DATA) == Acknowledgement("corner-shop", "2026-11-24", 1, digest(DATA))
    assert acknowledgement.from_bytes(acknowledgement.to_bytes(WORD)) == WORD


def test_schema_and_dataclass_have_the_same_fields() -> None:
    schema = load_schema("acknowledgement")
    assert set(schema["properties"]) == set(schema["required"]) == {field.name for field in fields(Acknowledgement)}
    assert schema["additionalProperties"] is False


def test_a_digest_is_the_sha256_of_the_bytes() -> None:
    assert digest(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<html>Welcome to the hotel's Wi-Fi</html>", "is not JSON"),
        (b"{}", "'store' is a required property"),
        (acknowledgement.to_bytes(WORD).replace(b"sha256:", b"sha512:"), "digest: 'sha512:"),
        (acknowledgement.to_bytes(WORD) + b" ", "is not canonical JSON"),
    ],
)
def test_an_answer_that_is_no_acknowledgement_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(DocumentError) as refused:
        acknowledgement.from_bytes(data)
    assert says in str(refused.value)
