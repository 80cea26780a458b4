"""The box introduces itself to headquarters with the one-time code that was given out for its store."""

import ssl
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.config import Headquarters
from appliance.documents import enrolment
from appliance.nightly.connection import client, is_pin, pin_of

_SCHEME = "tallybox-enrol:"


class EnrolmentError(RuntimeError):
    """Headquarters was not reached or did not take the box; the message is the one line to show."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation's link says; `pin` is the sha256 of headquarters' public key, or "" where it names none."""

    url: str
    store: str
    code: str
    pin: str = ""


def enrol(told: Headquarters, store: str, code: str, key: Ed25519PrivateKey, pin: str = "") -> None:
    """Enrol the box with this key at headquarters. Asked again after a lost answer it does no harm.

    Raises EnrolmentError, or TrustError where the certificate to trust can't be used.
    """
    _post(told, "/v1/enrol", enrolment.to_bytes(enrolment.ask(store, code, key)), pin)


def change_key(told: Headquarters, store: str, old: Ed25519PrivateKey, new: Ed25519PrivateKey, pin: str = "") -> None:
    """Let headquarters know the store's new key, signed by the old one. Raises as `enrol` does."""
    asked = enrolment.change(store, old, new.public_key())
    _post(told, f"/v1/stores/{store}/key", enrolment.to_bytes(asked), pin)


def read_link(text: str) -> Invitation:
    """Read the link that the invitation's QR code has. Raises ValueError."""
    address, _, query = text.strip().removeprefix(_SCHEME).partition("?")
    given = parse_qs(query)
    if not text.strip().startswith(_SCHEME) or urlsplit(address).scheme not in ("http", "https"):
        raise ValueError(f"link: must begin with {_SCHEME}https://")
    try:
        (store,), (code,), (pin,) = given["store"], given["code"], given.get("pin", [""])
    except (KeyError, ValueError):
        raise ValueError("link: must name one store and one code") from None
    if pin and not is_pin(pin):
        raise ValueError("link: its pin must be 64 hex digits")
    return Invitation(address, store, code, pin)


def look_at_key(url: str) -> str:
    """Return the pin of whoever answers at an https address, believing nobody. Raises EnrolmentError.

    To be shown to the user, who knows the right one: what is trusted on first use is trusted from then on.
    """
    parts = urlsplit(url)
    try:
        return pin_of(ssl.get_server_certificate((parts.hostname or "", parts.port or 443), timeout=10).encode())
    except (OSError, ValueError) as error:
        raise EnrolmentError(f"headquarters can't be reached: {error}") from None


def _post(told: Headquarters, path: str, body: bytes, pin: str) -> None:
    try:
        with client(told, pin) as http:
            answer = http.post(path, content=body, headers={"Content-Type": "application/json"})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise EnrolmentError(f"headquarters can't be reached: {str(error) or type(error).__name__}") from None
    if answer.status_code not in (200, 201):
        raise EnrolmentError(f"headquarters refused: {' '.join(answer.text[:200].split())}")
