"""On which ports? The usual ones where they are free, others where they are taken."""

from __future__ import annotations

import socket


def free_port(preferred: int, taken: set[int]) -> int:
    """`preferred` where nothing listens there, else any free one; never one of `taken`, which grows by the result."""
    for candidate in (preferred, 0, 0, 0, 0, 0):
        if candidate in taken:
            continue
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
            if port not in taken:
                taken.add(port)
                return port
    raise OSError(f"no free port on 127.0.0.1 (wanted {preferred})")


def answers(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
