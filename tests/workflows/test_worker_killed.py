"""What if the worker is killed in the middle of a send? One kill, four messages at four points, and right books.

No hook in the product holds them there: the vendor's rate, a vendor that hangs, one that answers late, and a Temporal
server that is stopped in its tracks do.
"""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from real_processes import ROOT, Process, ask, ending, sandbox_server, temporal_server
from shop_books import Guest, Notary, eventually
from sqlalchemy import select

from regulars.store.database import Database
from regulars.store.messages import Message, Rate
from regulars.store.statements import insert, table

TRIES = 4
WANTED = {"claimed": "claimed", "on_the_wire": "dispatching", "taken": "dispatching", "recorded": "accepted"}
_UNTIL_RETRIED = 90  # seconds: a send that no longer beats is tried again after 30


def _being_edited(folder: Path) -> Path:
    """Templates on disk in the middle of an edit: none of a worker's business, which runs what was applied."""
    half = folder / "templates" / "email" / "x" / "y.en.mjml"
    half.parent.mkdir(parents=True)
    half.write_text("---\nsubject: {{")
    return folder / "templates"


def _worker(folder: Path, database: Database, temporal: Process, sandbox: Process) -> Process:
    """worker.py, as it runs anywhere."""
    vendors = f"http://127.0.0.1:{sandbox.port}"
    told = {
        "DATABASE_URL": database.url.render_as_string(),
        "TEMPLATES_FOLDER": str(_being_edited(folder)),
        "PUBLIC_URL": "http://127.0.0.1:9",
        "REGULARS_SECRET": "secret" * 6,
        "SENDGRID_API_KEY": "SG.test",
        "SENDGRID_HOST": vendors,
        "TWILIO_ACCOUNT_SID": "AC" + "5a" * 16,
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_BASE_URL": vendors,
        "LOOKUP_PROVES_ABSENCE_AFTER": "PT2S",
        "UNKNOWN_GIVEN_UP_AFTER": "PT60S",
        "TEMPORAL_ADDRESS": f"127.0.0.1:{temporal.port}",
        "TEMPORAL_NAMESPACE": "default",
        "PYTHONPATH": str(ROOT),
    }
    return Process([sys.executable, str(ROOT / "worker.py")], folder / "worker.log", told)


@dataclass
class Scene:
    """The processes, and a shop's books."""

    notary: Notary
    temporal: Process
    sandbox: Process
    worker: Process

    def state(self, guest: Guest) -> str:
        """Of the customer's only message."""
        of = table(Message)
        ids = [row["id"] for row in self.notary.enrollments(guest)]
        rows = self.notary.rows(select(of.c.state).where(of.c.enrollment_id.in_(ids)))
        return str(rows[0]["state"]) if rows else ""

    def states(self, guests: dict[str, Guest]) -> dict[str, str]:
        return {name: self.state(guest) for name, guest in guests.items()}

    def misbehave(self, kind: str, guest: Guest, seconds: float) -> None:
        rule = {"kind": kind, "channel": "email", "match": {"recipient": guest.person.email}, "seconds": seconds}
        ask(f"http://127.0.0.1:{self.sandbox.port}/_sandbox/faults", [rule])

    def hold_texts(self, seconds: float) -> None:
        """Let the vendor's line be full for so long."""
        row = {"line": "sms", "next_at": time.time() + seconds}
        with self.notary.database.write() as connection:
            statement = insert(connection, Rate).values(row)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["line"], set_={"next_at": row["next_at"]})
            )


async def _kill_with_four_under_way(scene: Scene) -> dict[str, str]:
    """Bring four messages to four points, kill the worker, and tell where they were."""
    notary = scene.notary
    guests = {name: notary.guest() for name in WANTED}
    scene.misbehave("hang", guests["on_the_wire"], 9)
    scene.misbehave("slow", guests["taken"], 9)
    scene.misbehave("slow", guests["recorded"], 0.5)
    for name in ("on_the_wire", "taken"):
        await notary.tell_only(guests[name], "Began Seldom")
    await eventually(lambda: all(scene.state(guests[name]) == "dispatching" for name in ("on_the_wire", "taken")))
    scene.hold_texts(0.99)
    await notary.tell_only(guests["recorded"], "Began Seldom")
    await notary.tell_only(guests["claimed"], "Began Texts")
    await eventually(lambda: scene.state(guests["claimed"]) and scene.state(guests["recorded"]))
    scene.temporal.send(signal.SIGSTOP)  # what is recorded cannot be told
    await eventually(lambda: scene.state(guests["recorded"]) == "accepted")
    scene.worker.end(signal.SIGKILL)
    states = scene.states(guests)
    scene.temporal.send(signal.SIGCONT)
    return states


async def test_a_worker_killed_at_four_points_of_the_send_leaves_nothing_twice_and_nothing_lost(
    sqlite_database: Database, tmp_path: Path
) -> None:
    temporal, sandbox = temporal_server(tmp_path), sandbox_server(tmp_path)
    worker = _worker(tmp_path, sqlite_database, temporal, sandbox)
    notary = Notary(sqlite_database)
    with ending(worker, sandbox, temporal):
        await temporal.start()
        await sandbox.start()
        scene = Scene(notary, temporal, sandbox, worker)
        seen = []
        for _ in range(TRIES):
            await worker.start(b"worker: working")
            seen.append(await _kill_with_four_under_way(scene))
            if seen[-1] == WANTED:
                break
        assert seen[-1] == WANTED, f"the four points were not reached: {seen}"
        await worker.start(b"worker: working")
        await eventually(notary.all_closed, _UNTIL_RETRIED)
        of = table(Message)
        messages = {row["id"]: row["state"] for row in notary.rows(select(of.c.id, of.c.state))}
        books = ask(f"http://127.0.0.1:{sandbox.port}/_sandbox/books?full=1")
    had = {one["message_id"]: one["accepted_count"] for one in books["messages"]}
    assert len(messages) == 4 * len(seen)
    for message, state in messages.items():
        assert (state, had.get(message, 0)) in (("accepted", 1), ("given_up", 0))
    assert sum(state == "accepted" for state in messages.values()) == len(messages)
    assert books["duplicates"] == 0
    notary.writer.close()
