"""Is every address refused that is not of the open internet, in whatever dress?"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from regulars.calls.addresses import Allowed, Barred, guarded_socket, is_global

OWN_4 = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24"),
    *("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
]
OWN_6 = ["::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "2001:db8::/32", "64:ff9b:1::/48", "100::/64"]
DRESSES = ["::ffff:0:0", "64:ff9b::", "::"]  # mapped, NAT64, compatible


def within_4(network: str) -> st.SearchStrategy[IPv4Address | IPv6Address]:
    return st.ip_addresses(v=4, network=IPv4Network(network))


own_4 = st.sampled_from(OWN_4).flatmap(within_4)


@given(own_4)
def test_no_address_of_an_own_network_is_global(address: IPv4Address) -> None:
    assert not is_global(str(address))


@given(st.sampled_from(OWN_6).flatmap(lambda network: st.ip_addresses(network=IPv6Network(network))))
def test_no_ipv6_address_of_an_own_network_is_global(address: IPv6Address) -> None:
    assert not is_global(str(address))
    assert not is_global(f"{address}%eth0")


@given(own_4, st.sampled_from(DRESSES))
def test_an_own_address_is_not_global_in_an_ipv6_dress(address: IPv4Address, dress: str) -> None:
    assert not is_global(str(IPv6Address(int(IPv6Address(dress)) | int(address))))


@given(own_4)
def test_an_own_address_is_not_reached_through_a_tunnel(address: IPv4Address) -> None:
    assert not is_global(str(IPv6Address((0x2002 << 112) | (int(address) << 80))))  # 6to4
    assert not is_global(str(IPv6Address((0x20010000 << 96) | (0x08080808 << 64) | (int(address) ^ 0xFFFFFFFF))))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808"])
def test_what_anybody_reaches_is_global(address: str) -> None:
    assert is_global(address)


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "2130706433", "0x7f.1", "8.8.8.8 "])
def test_what_is_no_address_is_not_global(text: str) -> None:
    assert not is_global(text)


def test_a_socket_is_made_for_a_global_address_alone() -> None:
    with guarded_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))) as made:
        assert made.family == socket.AF_INET
    with pytest.raises(Barred):
        guarded_socket((socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 443, 0, 0)))


def test_a_host_is_allowed_with_its_port_and_not_with_another() -> None:
    allowed = Allowed.of(["erp.internal:8080", "LOCALHOST:80", "[::1]:443"])
    has = ["http://erp.internal:8080/a", "http://ERP.internal:8080", "http://localhost/", "https://[::1]/"]
    assert [url for url in has if not allowed.has(URL(url))] == []
    has_not = ["http://erp.internal/", "https://localhost/", "http://[::1]/", "http://erp.internal.evil.example:8080/"]
    assert [url for url in has_not if allowed.has(URL(url))] == []


@pytest.mark.parametrize("written", ["erp", "http://a:80", "a:99999", "a:0", "u@b:3", "a:80/x", ":80", "*:80"])
def test_what_is_no_host_with_its_port_is_named(written: str) -> None:
    with pytest.raises(ValueError, match=r"expected a host and its port like erp\.internal:8080, found ") as caught:
        Allowed.of(["a:1", written])
    assert repr(written) in str(caught.value)
