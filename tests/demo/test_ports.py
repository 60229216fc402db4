"""Which ports does a shop get, where others start beside it?"""

from __future__ import annotations

import socket

from regulars.cli.ports import Ports


def test_two_shops_that_start_at_the_same_moment_get_different_ports() -> None:
    one, other = Ports(), Ports()
    first = one.free(0)
    second = other.free(first)
    assert second != first
    assert one.free(first) not in (first, second)
    one.release()
    assert other.free(first) == first
    other.release()


def test_a_port_where_somebody_listens_is_left_to_them() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ports = Ports()
        assert ports.free(port) != port
        ports.release()
