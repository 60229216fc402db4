"""On which ports? The usual ones where they are free, others where they are taken."""

from __future__ import annotations

import contextlib
import socket


class Ports:
    """Ports that one shop has for itself, from before anything listens there: two that start at the same moment find
    the same ports free. Kept until `release`."""

    def __init__(self) -> None:
        self._kept: dict[int, socket.socket | None] = {}

    def free(self, preferred: int) -> int:
        """`preferred` where nobody listens and nobody means to, else any free one; none twice. Raises OSError."""
        for candidate in (preferred, 0, 0, 0, 0, 0):
            port = None if candidate in self._kept else _unused(candidate)
            if port is not None and port not in self._kept and self._keep(port):
                return port
        raise OSError(f"no free port on 127.0.0.1 (wanted {preferred})")

    def release(self) -> None:
        for name in self._kept.values():
            if name is not None:
                name.close()
        self._kept.clear()

    def _keep(self, port: int) -> bool:
        """By a name that the system gives to one process at a time and takes back at its end. Where it knows no such
        names (they are Linux's), what listens first has the port."""
        name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            name.bind(f"\0regulars port {port}")
        except FileNotFoundError:
            name.close()
            self._kept[port] = None
            return True
        except OSError:
            name.close()
            return False
        self._kept[port] = name
        return True


def _unused(candidate: int) -> int | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", candidate))
            port: int = probe.getsockname()[1]
            return port
    return None


def answers(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
