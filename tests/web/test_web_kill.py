"""Does a 2xx mean that it is on disk? The process is killed right after a burst of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from ports import free_port
from web_shop import ROOT, SECRET, SENT, Web, order

from regulars.journeys.load import load_book
from regulars.store import shelf
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment, Outbox
from regulars.store.orders import Order


@contextmanager
def process(database: Database) -> Iterator[tuple[Web, subprocess.Popen[bytes]]]:
    """`python -m regulars.web` on a free port."""
    with database.write() as connection:
        shelf.apply(connection, load_book(ROOT / "journeys.yaml"), SENT)
    port = free_port()
    told = {"DATABASE_URL": database.url.render_as_string(hide_password=False), "SHOPIFY_WEBHOOK_SECRET": SECRET}
    environment = {**os.environ, **told, "REGULARS_SECRET": "k", "PYTHONPATH": str(ROOT)}
    started = subprocess.Popen([sys.executable, "-m", "regulars.web", "--port", str(port)], env=environment)
    web = Web(port, database)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                if web.call("GET", "/readyz").status == 204:
                    break
            except OSError:
                assert started.poll() is None, "the web process ended"
            assert time.monotonic() < deadline, "the web process does not answer"
            time.sleep(0.05)
        yield web, started
    finally:
        started.kill()
        started.wait(timeout=20)


def test_what_was_answered_is_there_after_a_kill(database: Database) -> None:
    answered: list[int] = []
    with process(database) as (web, started), ThreadPoolExecutor(16) as pool:

        def deliver(number: int) -> None:
            try:
                if web.shopify(order(number)).status == 200:
                    answered.append(1000 + number)
            except OSError:
                return  # not answered: nothing was promised
            if len(answered) >= 60:
                os.kill(started.pid, signal.SIGKILL)

        list(pool.map(deliver, range(200)))
        assert started.wait(timeout=20) == -signal.SIGKILL
        assert len(answered) >= 60
        found = {int(row["external_id"]) for row in web.rows(Order)}
        assert set(answered) <= found
        assert len(web.rows(Enrollment)) == len(web.rows(Outbox)) == len(found), "an order without what it causes"


def test_a_stop_finishes_what_was_asked(sqlite_database: Database) -> None:
    with process(sqlite_database) as (web, started), ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(web.shopify, order(number)) for number in range(24)]
        while not any(answer.done() for answer in answers):
            time.sleep(0.005)
        started.terminate()
        done = []
        for answer in answers:
            try:
                done.append(answer.result().status)
            except OSError:
                continue  # came after the door was shut
        started.wait(timeout=20)
        assert set(done) == {200}
        assert len(web.rows(Order)) == len(done)
