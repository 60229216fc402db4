"""May this address be called? Only what is reachable from anywhere, unless the house names it.

A journey's file, or a name server that answers otherwise the second time, must not make us ask our own network.
Which networks are not global: https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 kin.
"""

from __future__ import annotations

import errno
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from yarl import URL

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: how a host without IPv4 reaches one of IPv4
_ALLOWED = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")


class Barred(OSError):
    """An address that must not be connected to."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The hosts with their ports that may be called wherever they are, and by plain HTTP."""

    hosts: frozenset[tuple[str, int]] = frozenset()

    @staticmethod
    def of(written: Iterable[str]) -> Allowed:
        """As "erp.internal:8080" or "[::1]:80". Raises ValueError, which names the one that is none."""
        return Allowed(frozenset(_host_and_port(one) for one in written))

    def has(self, url: URL) -> bool:
        """Is the URL's host one of them?"""
        return (url.host or "", url.port or 0) in self.hosts


def _host_and_port(written: str) -> tuple[str, int]:
    try:
        url = URL(f"http://{written if _ALLOWED.fullmatch(written) else ''}")
        host, port = url.host, url.explicit_port
    except ValueError:
        host, port = None, None
    if not host or not port:
        raise ValueError(f"expected a host and its port like erp.internal:8080, found {written!r}")
    return host, port


def is_global(address: str) -> bool:
    """Is it an address of the open internet? So is not what holds an IPv4 address that is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found in _NAT64:
        found = IPv4Address(int(found) & 0xFFFFFFFF)
    inner = found.sixtofour if isinstance(found, IPv6Address) else None
    return _is_open(found) and (inner is None or _is_open(inner))


def _is_open(found: IPv4Address | IPv6Address) -> bool:
    site_local = isinstance(found, IPv6Address) and found.is_site_local
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified or site_local)


def guarded_socket(address: tuple[Any, ...]) -> socket.socket:
    """A socket for one entry of `getaddrinfo`, asked for right before that very entry is connected to.

    Raises Barred.
    """
    family, kind, protocol, _, where = address
    if not is_global(str(where[0])):
        raise Barred(errno.EACCES, "address not allowed")
    return socket.socket(family, kind, protocol)
