"""The one client with which the box speaks to headquarters, and whom it trusts to be that.

Trusted is the certificate file that the configuration names, or the system's authorities; or, where the box was
enrolled with a pin, the server's own public key and nothing else. No proxy and no certificate of the environment is
asked, and no redirect is followed.
"""

import hashlib
import re
import ssl

import httpcore
import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from appliance import __version__
from appliance.config import Headquarters
from appliance.nightly.small_socket import SmallBackend

PATIENCE = httpx.Timeout(20.0, connect=10.0)


class TrustError(RuntimeError):
    """The certificate to trust can't be used; the message is one line."""


def client(told: Headquarters, pin: str = "", patience: httpx.Timeout = PATIENCE) -> httpx.Client:
    """Return a client for headquarters alone, to be used as a context manager. Raises TrustError."""
    context = trust(told.ca, pin) if told.url.startswith("https") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def known(server: ssl.SSLSocket) -> None:
        if not pin:
            return
        try:
            found = pin_of(server.getpeercert(binary_form=True) or b"")
        except ValueError:
            raise ConnectionError("its certificate can't be read") from None
        if found != pin:
            raise ConnectionError(f"its key is {found[:16]}…, not {pin[:16]}… as when the box was enrolled")

    transport = httpx.HTTPTransport(verify=context, trust_env=False)
    transport._pool = httpcore.ConnectionPool(context, network_backend=SmallBackend(known))  # httpx has no other way
    headers = {"User-Agent": f"tallybox/{__version__}"}
    return httpx.Client(base_url=told.url, transport=transport, timeout=patience, headers=headers)


def trust(ca: str, pin: str) -> ssl.SSLContext:
    """Return whom to believe. With a pin no authority is asked, nor the box's clock, which may be wrong."""
    if pin:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context
    try:
        return ssl.create_default_context(cafile=ca or None)
    except OSError as error:
        raise TrustError(f"{ca}: the certificate can't be used: {error.strerror or error}") from None


def pin_of(certificate: bytes) -> str:
    """Return the pin of a certificate (DER or PEM): the sha256 of its public key, in hex. Raises ValueError."""
    load = x509.load_pem_x509_certificate if b"-----BEGIN" in certificate else x509.load_der_x509_certificate
    key = load(certificate).public_key()
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def is_pin(text: str) -> bool:
    """Say whether a text can be a pin."""
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None
