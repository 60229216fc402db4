"""What does the demo's page show in tests? The desk's shop, a process that may be killed, and books of vendors."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from desk_shop import NOW, Shop, opened

from regulars.clock import identity
from regulars.demo.killing import Killer
from regulars.demo.live import Watcher
from regulars.demo.page import Booth, create_app
from regulars.demo.page_views import Links
from regulars.demo.people import TOM
from regulars.demo.stage import Stage
from regulars.store.database import Database
from regulars.store.shelf import Shelf
from regulars.web.__main__ import server

_NOBODY = "import time; time.sleep(600)"


@dataclass
class Shown:
    """The page, over the desk's shop. `worker`: the process that the button may kill. `had`: what the vendors have."""

    url: str
    shop: Shop
    booth: Booth
    worker: subprocess.Popen[bytes]
    had: dict[str, int]

    def get(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        return self.call("GET", path, None, headers)

    def live(self) -> dict[str, Any]:
        time.sleep(0.9)  # whoever asks within the second gets the same
        found: dict[str, Any] = json.loads(self.get("/demo/live")[1])
        return found

    def press(self, token: str, **headers: str) -> int:
        return self.call("POST", "/demo/kill", f"token={token}".encode(), headers)[0]

    def call(
        self, method: str, path: str, raw: bytes | None, headers: dict[str, str]
    ) -> tuple[int, str, dict[str, str]]:
        """Status, body and headers (in small letters); a redirect is not followed."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = urllib.request.Request(self.url + path, raw, given, method=method)
        opener = urllib.request.build_opener(_Still)
        try:
            with opener.open(asked, timeout=10) as answer:
                return answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.headers.items()}
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), {k.lower(): v for k, v in error.headers.items()}


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@contextmanager
def shown(database: Database) -> Iterator[Shown]:
    """Tom of the desk's shop is the one who is followed."""
    worker = subprocess.Popen([sys.executable, "-c", _NOBODY])
    had: dict[str, int] = {}
    with opened(database) as shop, _vendors(had) as vendors:
        shop.decision("d3", customer_id="tom1", enrollment_id="w1", verdict="entered", seen={"customer.orders": 1})
        stage = Stage(identity(), 120, 10, 10, "days", opening=NOW)
        tom = replace(TOM, email="tom.old@example.com")
        killer = Killer(database, stage.clock, lambda: worker.pid if worker.poll() is None else None, _watch)
        links = Links(f"http://127.0.0.1:{shop.web.port}", vendors, "http://127.0.0.1:8233/namespaces/default")
        booth = Booth(stage, Watcher(stage, database, Shelf(), vendors, [tom]), killer, database, links)
        process = server(create_app(booth), "127.0.0.1", 0)
        process.config.loop = "asyncio"
        thread = threading.Thread(target=process.run, daemon=True)
        thread.start()
        try:
            while not process.started:
                assert thread.is_alive(), "the page did not start"
                time.sleep(0.01)
            port = process.servers[0].sockets[0].getsockname()[1]
            yield Shown(f"http://127.0.0.1:{port}", shop, booth, worker, had)
        finally:
            process.should_exit = True
            thread.join(timeout=20)
            worker.kill()
            worker.wait()


def _watch() -> Any:
    """The next worker works at the third look."""
    looks = iter((False, False, True))

    async def back() -> bool:
        return next(looks, True)

    return back


@contextmanager
def _vendors(had: dict[str, int]) -> Iterator[str]:
    """The books of a sandbox, which has what `had` says."""

    class Books(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            rows = [{"message_id": name, "accepted_count": times} for name, times in had.items()]
            raw = json.dumps({"messages": rows}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Books) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join(timeout=10)
