"""What if the worker is killed in the middle of a call? It is made again, under the same id, and the walk goes on."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from real_processes import ROOT, Process, ending, temporal_server
from receiver import SECRET, Receiver
from shop_books import HERE, Notary, eventually
from sqlalchemy import select

from regulars.intake import standard_webhooks
from regulars.store.database import Database
from regulars.store.enrollments import Decision
from regulars.store.statements import table

_UNTIL_RETRIED = 90  # seconds: a call that no longer beats is made again after 30


def _worker(folder: Path, database: Database, temporal: Process, receiver: Receiver) -> Process:
    """worker.py, as it runs anywhere."""
    told = {
        "DATABASE_URL": database.url.render_as_string(),
        "REGULARS_SECRET": "secret" * 6,
        "SENDGRID_API_KEY": "SG.test",
        "TWILIO_ACCOUNT_SID": "AC" + "5a" * 16,
        "TWILIO_AUTH_TOKEN": "token",
        "WEBHOOK_SIGNING_SECRET": SECRET,
        "WEBHOOK_ALLOW": f"127.0.0.1:{receiver.port}",
        "TEMPORAL_ADDRESS": f"127.0.0.1:{temporal.port}",
        "TEMPORAL_NAMESPACE": "default",
        "PYTHONPATH": str(ROOT),
    }
    return Process([sys.executable, str(ROOT / "worker.py")], folder / "worker.log", told)


def _journeys(folder: Path, receiver: Receiver) -> Path:
    """A file with one journey, which calls the receiver where it is."""
    house = (HERE / "journeys.yaml").read_text().partition("journeys:\n")[0]
    step = f"{{webhook: {receiver.url}/hangs_once, id: tell_erp}}"
    journey = f"journeys:\n  hook:\n    start: {{event: Began Hook, again: always}}\n    steps: [{step}]\n"
    (folder / "templates").mkdir()
    (folder / "journeys.yaml").write_text(house + journey)
    return folder / "journeys.yaml"


async def test_a_call_whose_worker_is_killed_is_made_again_under_the_same_id(
    sqlite_database: Database, tmp_path: Path
) -> None:
    temporal = temporal_server(tmp_path)
    async with Receiver() as receiver:
        notary = Notary(sqlite_database, _journeys(tmp_path, receiver))
        worker = _worker(tmp_path, sqlite_database, temporal, receiver)
        with ending(worker, temporal):
            await temporal.start()
            await worker.start(b"worker: working")
            guest = notary.guest()
            await notary.tell_only(guest, "Began Hook")
            await eventually(lambda: receiver.calls)
            worker.end(signal.SIGKILL)
            await worker.start(b"worker: working")
            await eventually(notary.all_closed, _UNTIL_RETRIED)
        (walk,) = notary.enrollments(guest)
        assert [one.id for one in receiver.calls] == [f"{walk['id']}/tell_erp/1"] * 2
        assert receiver.calls[0].raw == receiver.calls[1].raw
        assert all(standard_webhooks.verify(one.raw, one.headers, [SECRET]) for one in receiver.calls)
    of = table(Decision)
    calls = notary.rows(select(of).where(of.c.enrollment_id == walk["id"], of.c.gate == "webhook"))
    assert [(one["verdict"], one["seen"]["attempt"]) for one in calls] == [("200", 1)]
    assert walk["outcome"] == "finished"
    notary.writer.close()
