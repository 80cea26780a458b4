"""The box introduces itself to headquarters with the one-time code that was given out for its store."""

import ssl
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance import __version__
from appliance.documents import enrolment

PATIENCE = httpx.Timeout(20.0, connect=10.0)
_SCHEME = "tallybox-enrol:"


class EnrolmentError(RuntimeError):
    """Headquarters was not reached or did not take the box; the message is the one line to show."""


def enrol(url: str, store: str, code: str, key: Ed25519PrivateKey, ca: str = "") -> None:
    """Enrol the box with this key at headquarters; `ca` is a file with the certificate to trust.

    Asked again after a lost answer it does no harm. Raises EnrolmentError.
    """
    _post(url, "/v1/enrol", enrolment.to_bytes(enrolment.ask(store, code, key)), ca)


def change_key(url: str, store: str, old: Ed25519PrivateKey, new: Ed25519PrivateKey, ca: str = "") -> None:
    """Let headquarters know the store's new key, signed by the old one. Raises EnrolmentError."""
    asked = enrolment.change(store, old, new.public_key())
    _post(url, f"/v1/stores/{store}/key", enrolment.to_bytes(asked), ca)


def read_link(text: str) -> tuple[str, str, str]:
    """Return address, store and code of a link as the invitation's QR code has it. Raises ValueError."""
    address, _, query = text.strip().removeprefix(_SCHEME).partition("?")
    given = parse_qs(query)
    if not text.strip().startswith(_SCHEME) or urlsplit(address).scheme not in ("http", "https"):
        raise ValueError(f"link: must begin with {_SCHEME}https://")
    try:
        (store,), (code,) = given["store"], given["code"]
    except (KeyError, ValueError):
        raise ValueError("link: must name one store and one code") from None
    return address, store, code


def _post(url: str, path: str, body: bytes, ca: str) -> None:
    """Send to headquarters alone: no proxy or certificate from the environment, no redirects."""
    try:
        trust = ssl.create_default_context(cafile=ca or None) if url.startswith("https") else True
        transport = httpx.HTTPTransport(verify=trust, trust_env=False)
        headers = {"Content-Type": "application/json", "User-Agent": f"tallybox/{__version__}"}
        with httpx.Client(base_url=url, transport=transport, timeout=PATIENCE, headers=headers) as http:
            answer = http.post(path, content=body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise EnrolmentError(f"headquarters can't be reached: {str(error) or type(error).__name__}") from None
    except OSError as error:
        raise EnrolmentError(f"{ca}: the certificate can't be used: {error.strerror or error}") from None
    if answer.status_code not in (200, 201):
        raise EnrolmentError(f"headquarters refused: {' '.join(answer.text[:200].split())}")
