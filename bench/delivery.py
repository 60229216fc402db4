"""How fast do messages get out, against the vendor's own client and the bare wire?

    python bench/delivery.py [--json] [--messages 2400] [--tasks 200]

Ways of sending a mail to one TLS server, in one run, in three interleaved rounds, the median of each:
`ours`: `Courier.deliver` (gate, claim, render, build, TLS, record) for parties of a hundred, the shipped journeys and
templates, SQLite with synchronous=FULL, one process; `alone`: the same, a task a message, as journeys that an event
starts send;
`stock`: `SendGridAPIClient.send` as the package ships it, one thread, with the system's certificate authorities;
`wire`: a POST of a constant body of the same size through our transport, as many at once. The figures to look at are
the ratios: both ways of a ratio had the same machine in the same minute.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sendgrid import SendGridAPIClient
from sqlalchemy import func, select

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from authority import Authority, make_authority  # noqa: E402

from regulars import process  # noqa: E402
from regulars.clock import identity  # noqa: E402
from regulars.customers.person import ConsentFact, Person  # noqa: E402
from regulars.delivery import book  # noqa: E402
from regulars.delivery.asked import answering  # noqa: E402
from regulars.delivery.compose import Composer  # noqa: E402
from regulars.delivery.courier import Courier, Line  # noqa: E402
from regulars.delivery.ledger import Ledger  # noqa: E402
from regulars.delivery.live_templates import LiveTemplates  # noqa: E402
from regulars.delivery.providers.base import WireRequest, WireResponse  # noqa: E402
from regulars.delivery.providers.sendgrid import SendGrid  # noqa: E402
from regulars.delivery.transport import PooledTransport  # noqa: E402
from regulars.delivery.want import Want  # noqa: E402
from regulars.intake.accept import Delivery, Intake  # noqa: E402
from regulars.intake.arrival import Arrival, Happened  # noqa: E402
from regulars.intake.sent import SentEvents  # noqa: E402
from regulars.store import migrate, shelf  # noqa: E402
from regulars.store.database import Database  # noqa: E402
from regulars.store.enrollments import Enrollment  # noqa: E402
from regulars.store.messages import Message, MessageState  # noqa: E402
from regulars.store.shelf import Shelf  # noqa: E402
from regulars.store.statements import table  # noqa: E402
from regulars.store.writer import Writer  # noqa: E402
from regulars.walks.record import Opening, Record  # noqa: E402

ROUNDS = 3
RATIO, OF_WIRE = 25.0, 0.3  # what is promised
STOCK = 25  # messages a round: it takes a second or two
PARTY, PARTIES = 100, 8  # members of one send, and sends at once
KEY = "SG.bench"
JOURNEY, STEP = "abandoned_cart", "reminder"


@contextmanager
def vendor(authority: Authority) -> Iterator[tuple[str, Callable[[], int]]]:
    """Its address, and what ends it and tells how many requests it took."""
    command = [sys.executable, str(ROOT / "bench" / "tls_vendor.py"), str(authority.server_pem)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        if not port:
            raise RuntimeError("the TLS server did not start")
        yield f"https://127.0.0.1:{port}", lambda: int(process.communicate(timeout=30)[0])
    finally:
        process.kill()
        process.wait()


@dataclass
class Shop:
    """A shop whose customers have each left a cart behind, and are due a reminder."""

    database: Database
    shelf: Shelf
    wants: list[Want]

    @staticmethod
    def of(folder: Path, people: int) -> Shop:
        database, found = Database(f"sqlite:///{folder / 'shop.db'}"), Shelf()
        migrate.upgrade(database)
        journeys, templates = book.read(ROOT / "journeys.yaml", ROOT / "templates")
        now = identity().now()
        with database.write() as connection:
            shelf.apply(connection, journeys, now - timedelta(days=1), templates.sources)
        for start in range(0, people, 100):
            arrivals = [_arrival(number, now) for number in range(start, min(people, start + 100))]
            with database.write() as connection:
                Intake(found).accept(connection, arrivals)
        return Shop(database, found, _wants(database, found, now))

    def accepted(self) -> int:
        of = table(Message)
        query = select(func.count()).where(of.c.state == MessageState.accepted)
        with self.database.read() as connection:
            return int(connection.execute(query).scalar_one())


def _arrival(number: int, now: Any) -> Delivery:
    at, who = now - timedelta(hours=1), f"customer{number}"
    person = Person((("bench", who),), at, email=f"{who}@example.com", first_name="Mei", country="US", locale="en-US")
    lines = [{"title": "Sencha", "quantity": 2, "price": 1400}, {"title": "Kyusu", "quantity": 1, "price": 5200}]
    cart = {"checkout_id": who, "currency": "USD", "total": 8000, "products": lines}
    consent = ConsentFact("email", True, at, "bench")
    return Delivery(Arrival("bench", who, "cart", person, (Happened("Checkout Started", at, cart),), (consent,)), now)


def _wants(database: Database, found: Shelf, now: Any) -> list[Want]:
    of = table(Enrollment)
    query = select(of.c.id, of.c.version).where(of.c.journey == JOURNEY).order_by(of.c.id)
    with database.write() as connection:
        rows = connection.execute(query).all()
        Record(found).open(connection, [Opening(row.id, row.id, now) for row in rows])
    return [Want(row.id, JOURNEY, row.version, STEP, STEP, 1, now, "bench/1/1", now) for row in rows]


@dataclass
class Ways:
    """The ways of sending."""

    shop: Shop
    courier: Courier
    transport: PooledTransport
    stock: SendGridAPIClient
    request: WireRequest
    tasks: int

    async def ours(self, wants: Sequence[Want], party: int, tasks: int) -> float:
        """Messages a second: `tasks` sends at once, each for the members of a party."""
        waiting = iter([wants[start : start + party] for start in range(0, len(wants), party)])

        async def work() -> None:
            for members in waiting:
                for said in await self.courier.deliver(members, identity().now, lambda: None):
                    if said.result != "done":
                        raise RuntimeError(f"a message was not sent: {said}")

        return await _rate(work, tasks, len(wants))

    async def wire(self, count: int) -> float:
        waiting = iter(range(count))

        async def work() -> None:
            for _ in waiting:
                answer = await self.transport.carry(self.request)
                if not isinstance(answer, WireResponse) or answer.status != 202:
                    raise RuntimeError(f"the wire did not carry: {answer}")

        return await _rate(work, self.tasks, count)

    def stocked(self, count: int) -> float:
        body, begun = _Body(json.loads(self.request.body or b"")), time.perf_counter()
        for _ in range(count):
            if self.stock.send(body).status_code != 202:
                raise RuntimeError("the stock client did not send")
        return count / (time.perf_counter() - begun)


@dataclass(frozen=True)
class _Body:
    """What the stock client's `send` takes: it asks a mail for its body."""

    body: dict[str, Any]

    def get(self) -> dict[str, Any]:
        return self.body


async def _rate(work: Any, tasks: int, count: int) -> float:
    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(tasks)))
    return count / (time.perf_counter() - begun)


async def _sample(shop: Shop, composer: Composer, mail: SendGrid) -> WireRequest:
    """The very request that a message makes: what the others send too."""
    with shop.database.write() as connection:
        (claim,) = Ledger(shop.shelf).claim(connection, shop.wants[:1])
        connection.rollback()
    with answering(shop.database) as connection:
        return mail.build(composer.compose(claim, connection).outgoing)  # type: ignore[arg-type]


async def measure(shop: Shop, authority: Authority, url: str, messages: int, tasks: int) -> dict[str, list[float]]:
    mail = SendGrid(KEY, url)
    composer = Composer(LiveTemplates(shop.database, shop.shelf), "https://mori.example", "a secret of the bench")
    writer, transport = Writer(shop.database), PooledTransport(ca_file=authority.ca_file)
    lines = {"email": Line(mail, transport, per_second=1e6)}
    courier = Courier(writer, Ledger(shop.shelf, teller=SentEvents(shop.shelf)), composer, lines, identity())  # type: ignore[arg-type]
    stock = SendGridAPIClient(KEY, host=url)
    stock.client.timeout = 10
    ways = Ways(shop, courier, transport, stock, await _sample(shop, composer, mail), tasks)
    found: dict[str, list[float]] = {"ours": [], "wire": [], "stock": [], "alone": []}
    unsent = iter(shop.wants)
    process.keep_loaded()  # as the worker does
    try:
        await ways.ours(list(islice(unsent, tasks)), 1, tasks)  # connections, statements and templates are warm
        for _ in range(ROUNDS):
            found["stock"].append(ways.stocked(STOCK))
            found["wire"].append(await ways.wire(messages))
            found["ours"].append(await ways.ours(list(islice(unsent, messages)), PARTY, PARTIES))
            found["alone"].append(await ways.ours(list(islice(unsent, messages // 2)), 1, tasks))
    finally:
        await transport.close()
        writer.close()
    return found


def run(messages: int, tasks: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        authority = make_authority(folder)
        os.environ["SSL_CERT_FILE"] = str(authority.bundle)  # for the stock client, which takes no other word
        people = tasks + ROUNDS * (messages + messages // 2)
        shop = Shop.of(folder, people)
        try:
            with vendor(authority) as (url, end):
                found = asyncio.run(measure(shop, authority, url, messages, tasks))
                taken = end()
            if shop.accepted() != people or taken != people + ROUNDS * (messages + STOCK):
                raise RuntimeError(f"{people} wanted, {shop.accepted()} on record, {taken} taken in all")
        finally:
            shop.database.close()
    middle = {name: statistics.median(rates) for name, rates in found.items()}
    ratio, of_wire = middle["ours"] / middle["stock"], middle["ours"] / middle["wire"]
    return {
        "messages_per_second": round(middle["ours"], 1),
        "alone_per_second": round(middle["alone"], 1),
        "wire_per_second": round(middle["wire"], 1),
        "stock_per_second": round(middle["stock"], 1),
        "ratio": round(ratio, 1),
        "of_wire": round(of_wire, 3),
        "holds": ratio >= RATIO and of_wire >= OF_WIRE,
        "rounds": {name: [round(rate, 1) for rate in rates] for name, rates in found.items()},
        "messages": messages,
        "party": PARTY,
        "parties_at_once": PARTIES,
        "tasks": tasks,
        "synchronous": "FULL",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument("--messages", type=int, default=2400, help="messages a round")
    parser.add_argument("--tasks", type=int, default=200, help="messages under way at once")
    asked = parser.parse_args()
    found = run(asked.messages, asked.tasks)
    if asked.json:
        print(json.dumps(found))
        return
    print(f"ours   {found['messages_per_second']:8.1f} messages/s, {asked.tasks} at once, SQLite synchronous=FULL")
    print(f"stock  {found['stock_per_second']:8.1f} messages/s: {found['ratio']} times (promised: {RATIO:g})")
    print(f"wire   {found['wire_per_second']:8.1f} requests/s: {found['of_wire']} of it (promised: {OF_WIRE:g})")


if __name__ == "__main__":
    main()
