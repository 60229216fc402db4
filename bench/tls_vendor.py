"""What is the least that a vendor's TLS server can do? Take each request and answer 202, in a process of its own.

`python bench/tls_vendor.py server.pem` prints its port; once its standard input ends, how many requests it took.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from typing import cast

_ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nX-Message-Id: bench\r\n\r\n"


class Vendor(asyncio.Protocol):
    """One connection."""

    taken = 0

    def __init__(self) -> None:
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head := self._buffer.find(b"\r\n\r\n")) >= 0:
            lines = self._buffer[:head].lower().split(b"\r\n")
            length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
            if len(self._buffer) < head + 4 + length:
                return
            del self._buffer[: head + 4 + length]
            Vendor.taken += 1
            self._transport.write(_ANSWER)


async def serve(pem: str) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(pem)
    server = await asyncio.get_running_loop().create_server(Vendor, "127.0.0.1", 0, ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(Vendor.taken, flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
