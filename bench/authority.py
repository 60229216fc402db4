"""Who vouches for a bench's TLS server? A certificate authority of its own, beside the system's."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from certificate import vouched  # beside this file


@dataclass(frozen=True, slots=True)
class Authority:
    """PEM files: the authority alone, the system's authorities with it, and the server's certificate with its key."""

    ca_file: Path
    bundle: Path
    server_pem: Path


def make_authority(folder: Path) -> Authority:
    """Make one for a server on 127.0.0.1, with files in `folder`."""
    of = vouched("127.0.0.1")
    made = Authority(folder / "ca.pem", folder / "bundle.pem", folder / "server.pem")
    made.ca_file.write_bytes(of.authority)
    made.bundle.write_bytes(_system() + b"\n" + of.authority)
    made.server_pem.write_bytes(of.server)
    return made


def _system() -> bytes:
    """The system's bundle, which the stock client loads for every message. Raises FileNotFoundError without one."""
    paths = ssl.get_default_verify_paths()
    for place in (paths.cafile, paths.openssl_cafile, "/etc/ssl/certs/ca-certificates.crt"):
        if place and Path(place).is_file():
            return Path(place).read_bytes()
    raise FileNotFoundError(f"no bundle of certificate authorities at {paths.openssl_cafile}")
