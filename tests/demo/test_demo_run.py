"""Do the books balance when a worker is killed while messages go out, and does nothing tell who the customers are?"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from demo_commands import NAMES, Command, get_json, is_alive, post_json, wait_for
from google.protobuf.message import Message
from privacy import patterns, personal_data, personal_data_in
from temporalio.client import Client
from temporalio.common import RawValue

from regulars.demo.player import sign
from regulars.temporal import client as temporal_client

_UNTOLD = {"kind": "callbacks_off"}  # of one, no callback tells: it has to be looked up
_SLOW = {"kind": "slow", "seconds": 8}  # the vendor takes it, and its answer meets nobody
_SILENT = {"kind": "hang", "seconds": 8}  # the vendor never takes it
_QUERIES = ("__temporal_workflow_metadata", "progress")  # the first is what the Temporal UI asks a run for
_PROCESS = re.compile(r"\b\d+@\S+")  # a process and its host, as Temporal's server names who calls


@dataclass
class Demo:
    """A demo whose worker was killed and whose days are over; it is still up. `told`: its result; `pids`: all."""

    command: Command
    data: Path
    told: dict[str, Any]
    pids: set[int]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the shop's database."""
        with closing(sqlite3.connect(f"file:{self.data / 'regulars.db'}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    def people(self) -> set[str]:
        """Every name and address of every customer."""
        known = self.rows("SELECT first_name, last_name, email, phone FROM customer")
        named = self.rows("SELECT value, NULL, NULL, NULL FROM identity WHERE kind IN ('email', 'phone')")
        return {value for row in known + named for value in row if value}


@pytest.fixture(scope="module")
def killed(lasting_regulars: Callable[..., Command], tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A demo whose worker was killed with messages on the wire, after it told its result."""
    data = tmp_path_factory.mktemp("demo") / "shop"
    demo = lasting_regulars("demo", "--days", "2", "--pace", "6", "--customers", "30", "--json", data=data)
    vendors = demo.address("inbox").removesuffix("/inbox")
    wait_for(lambda: accepted(vendors) >= 3, "message at the vendor")
    post_json(f"{vendors}/_sandbox/faults", [_UNTOLD, _SLOW, _SILENT, _SLOW, _SILENT])
    wait_for(lambda: on_the_wire(data) >= 2, "two messages on the wire")
    pids = demo.pids()
    os.kill(pids["worker"], signal.SIGKILL)
    again = wait_for(lambda: (now := demo.pids()).get("worker") != pids["worker"] and now, "second worker")
    told = wait_for(demo.out.read_text, "result", 120)
    assert set(pids) == set(again) == set(NAMES)
    assert told.count("\n") == 1, told
    return Demo(demo, data, json.loads(told), {*pids.values(), *again.values()})


def test_a_worker_killed_amid_sends_loses_nothing_and_sends_nothing_twice(killed: Demo) -> None:
    told = killed.told
    assert told["books"] == {"duplicates": 0, "lost": 0, "unknown": 0}, killed.command.err.read_text()
    for numbers in told["journeys"].values():
        ways = ("active", "goals", "finished")
        assert numbers["entered"] == sum(numbers[way] for way in ways) + sum(numbers["left"].values())
    assert sum(numbers["entered"] for numbers in told["journeys"].values()) >= 25
    assert sum(sum(numbers["sent"].values()) for numbers in told["journeys"].values()) >= 20


def test_half_a_year_of_the_past_is_there_and_started_nothing(killed: Demo) -> None:
    ((orders, first),) = killed.rows(
        "SELECT COUNT(*), MIN(occurred_at) FROM event WHERE name = 'Order Completed' AND id IN"
        " (SELECT id FROM event WHERE julianday(received_at) - julianday(occurred_at) > 3)"
    )
    ((opening,),) = killed.rows("SELECT origin FROM shop_clock")
    assert orders >= 20
    assert 150 < (datetime.fromisoformat(opening) - datetime.fromisoformat(first)).days <= 181
    assert (
        killed.rows(
            "SELECT event.name FROM enrollment JOIN event ON event.id = start_event_id"
            " WHERE julianday(received_at) - julianday(occurred_at) > 3"
        )
        == []
    )
    assert killed.rows("SELECT COUNT(*) FROM decision WHERE verdict = 'too long ago'") >= [(orders,)]


async def test_nothing_in_temporal_tells_who_a_customer_is(killed: Demo) -> None:
    """Every run, open and closed: its history, its description, its memo and attributes, and what it answers."""
    people = killed.people()
    assert len(people) > 60
    ports = json.loads((killed.data / "ports.json").read_text())
    client = await temporal_client.connect(f"127.0.0.1:{ports['temporal']}")
    written = killed.rows("SELECT DISTINCT party_id FROM enrollment JOIN message ON enrollment_id = enrollment.id")
    walked = {party for (party,) in written}
    seen, states, found = set(), set(), []
    async for run, state, message in told_by_temporal(client):
        seen.add(run)
        states.add(state)
        found += personal_data_in(message, people)
    assert found == []
    assert walked and walked <= seen
    assert {"RUNNING", "COMPLETED"} <= states


async def told_by_temporal(client: Client) -> AsyncIterator[tuple[str, str, Message]]:
    """(workflow id, state, message) for everything that the server holds of its runs, or that these tell."""
    async for run in client.list_workflows():
        state = run.status.name if run.status else ""
        handle = client.get_workflow_handle(run.id, run_id=run.run_id)
        yield run.id, state, run.raw_info
        yield run.id, state, (await handle.describe()).raw_description
        for event in (await handle.fetch_history()).events:
            yield run.id, state, event
        for query in _QUERIES if run.workflow_type == "Journey" else _QUERIES[:1]:
            answer: Any = await handle.query(query, result_type=RawValue)
            yield run.id, state, answer.payload


def test_the_logs_of_worker_web_and_temporal_tell_nobodys_name_or_address(killed: Demo) -> None:
    words, at = patterns([*killed.people(), "Meiling"]), json.loads((killed.data / "ports.json").read_text())
    statuses = [refuse(f"http://127.0.0.1:{at['web']}/webhooks/shopify", killed.data, **one) for one in _REFUSED]
    assert statuses == [401, 422, 422, 422]
    logs = {name: (killed.data / "logs" / f"{name}.log").read_text() for name in ("web", "worker", "temporal")}
    found = {name: personal_data(_PROCESS.sub("", text), words) for name, text in logs.items()}
    assert found == {"web": [], "worker": [], "temporal": []}
    assert logs["web"].count(" 422, ") == 3
    assert "working" in logs["worker"]


_CUSTOMER = {"id": 1, "email": "mei.ling@example.com", "first_name": "Meiling", "phone": "+14155550123"}
_REFUSED: list[dict[str, Any]] = [
    {"body": {"id": 1, "customer": _CUSTOMER}, "signed": False},
    {"body": {"id": 1, "customer": "Meiling <mei.ling@example.com>"}},
    {"body": {"id": 1, "created_at": "Meiling", "currency": "USD", "total_price": "1.00", "customer": _CUSTOMER}},
    {"body": {"id": 1, "currency": "Meiling", "total_price": "mei.ling@example.com", "customer": _CUSTOMER}},
]


def refuse(url: str, data: Path, body: Any, signed: bool = True) -> int:
    """The status that a webhook gets which cannot be taken."""
    raw = json.dumps(body).encode()
    secret = json.loads((data / "secrets.json").read_text())["SHOPIFY_WEBHOOK_SECRET"] if signed else "another"
    headers = {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Event-Id": "e1",
        "X-Shopify-Hmac-Sha256": sign(raw, secret),
    }
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(urllib.request.Request(url, raw, headers), timeout=5)
    error.value.close()
    return error.value.code


def test_a_demo_that_played_to_its_end_is_stopped_with_its_verdict(killed: Demo) -> None:
    """The last of these tests: after it nothing runs any more."""
    assert killed.command.stop(patience=40) == (killed.told["late_p95_s"] > 3600)  # what waited for its fate was late
    assert not [pid for pid in killed.pids if is_alive(pid)]
    assert not (killed.data / "pids.json").exists()
    assert killed.command.out.read_text().count("\n") == 1


def test_a_demo_told_to_exit_ends_by_itself(regulars: Callable[..., Command], tmp_path: Path) -> None:
    command = ("demo", "--days", "0.5", "--pace", "2", "--customers", "1", "--json", "--exit")
    demo = regulars(*command, data=tmp_path / "shop")
    code = demo.finish(patience=120)
    assert code in (0, 1)
    assert json.loads(demo.out.read_text())["books"] == {"duplicates": 0, "lost": 0, "unknown": 0}


def accepted(vendors: str) -> int:
    found = get_json(f"{vendors}/_sandbox/books")
    assert isinstance(found, dict)
    return sum(found["accepted"].values())


def on_the_wire(data: Path) -> int:
    with closing(sqlite3.connect(f"file:{data / 'regulars.db'}?mode=ro", uri=True)) as connection:
        count: int = connection.execute("SELECT COUNT(*) FROM message WHERE state = 'dispatching'").fetchone()[0]
    return count
