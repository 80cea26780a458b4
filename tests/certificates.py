"""Certificates for the tests' servers, made when they are needed: right, of another name, expired."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from appliance.nightly.connection import pin_of


@dataclass(frozen=True)
class Server:
    """A self-signed certificate and its key, as files; `pin` is its public key's."""

    certificate: Path
    key: Path
    pin: str


def make(
    folder: Path, name: str = "server", address: str = "127.0.0.1", days: int = 30, key: Path | None = None
) -> Server:
    """Make a certificate for an address that is good for so many days from now; less than none: it has expired."""
    private = ec.generate_private_key(ec.SECP256R1()) if key is None else _read(key)
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, SHA256())
    )
    pem = made.public_bytes(Encoding.PEM)
    files = Server(folder / f"{name}.pem", folder / f"{name}.key", pin_of(pem))
    files.certificate.write_bytes(pem)
    files.key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def _read(key: Path) -> ec.EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    private = load_pem_private_key(key.read_bytes(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return private
