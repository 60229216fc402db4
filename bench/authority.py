"""Who vouches for a bench's TLS server? A certificate authority of its own, beside the system's."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Authority:
    """PEM files: the authority alone, the system's authorities with it, and the server's certificate with its key."""

    ca_file: Path
    bundle: Path
    server_pem: Path


def make_authority(folder: Path) -> Authority:
    """Make one for a server on 127.0.0.1, with files in `folder`."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench authority")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    ca = _certificate(ca_name, ca_name, ca_key, ca_key, x509.BasicConstraints(ca=True, path_length=0))
    place = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    server = _certificate(subject, ca_name, key, ca_key, place)
    made = Authority(folder / "ca.pem", folder / "bundle.pem", folder / "server.pem")
    made.ca_file.write_bytes(_pem(ca))
    made.bundle.write_bytes(_system() + b"\n" + _pem(ca))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made.server_pem.write_bytes(_pem(server) + private)
    return made


def _system() -> bytes:
    """The system's bundle, which the stock client loads for every message. Raises FileNotFoundError without one."""
    paths = ssl.get_default_verify_paths()
    for place in (paths.cafile, paths.openssl_cafile, "/etc/ssl/certs/ca-certificates.crt"):
        if place and Path(place).is_file():
            return Path(place).read_bytes()
    raise FileNotFoundError(f"no bundle of certificate authorities at {paths.openssl_cafile}")


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    today = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .sign(issuer_key, hashes.SHA256())
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
