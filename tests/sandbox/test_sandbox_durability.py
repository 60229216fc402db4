"""Does the sandbox keep what it accepted, whatever happens to it?"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sandbox_servers import Process, Receiver, ask, mail, send_mail, twilio_client, until

from regulars.sandbox.__main__ import read
from regulars.sandbox.app import SandboxSettings, create_app
from regulars.sandbox.settings import TWILIO_AUTH_TOKEN
from regulars.sandbox.signing import PUBLIC_KEY_FILE
from regulars.sandbox.store import Store

Make = Callable[..., Process]
QUICK = ("--delivery-seconds", "0", "--open-share", "0", "--click-share", "0", "--machine-open-share", "0")


def _books(process: Process) -> dict[str, int]:
    full = ask(f"{process.url}/_sandbox/books?full=1").json()
    return {each["message_id"]: each["accepted_count"] for each in full["messages"]}


def test_whatever_was_answered_survives_kill_nine_under_load(process: Make) -> None:
    vendor = process(*QUICK)
    vendor.start()
    answered: list[str] = []
    enough = threading.Event()

    def load(sender: int) -> None:
        with suppress(OSError):
            for number in range(10_000):
                send_mail(vendor.url, mail(own_id=f"{sender}-{number}"))
                answered.append(f"{sender}-{number}")
                if len(answered) > 60:
                    enough.set()

    senders = [threading.Thread(target=load, args=(sender,)) for sender in range(4)]
    for sender in senders:
        sender.start()
    assert enough.wait(15)
    vendor.kill()
    for sender in senders:
        sender.join()
    vendor.start()
    books = _books(vendor)
    assert set(answered) <= set(books)
    # At most what was on the wire was taken without an answer; nothing is there twice.
    assert len(books) - len(answered) <= len(senders)
    assert set(books.values()) == {1}


def test_what_was_not_told_before_the_kill_is_told_after(process: Make, receiver: Receiver) -> None:
    receiver.refusals.extend([503] * 1000)
    vendor = process(*QUICK, "--event-webhook-url", f"{receiver.url}/events", "--retry-seconds", "60")
    vendor.start()
    send_mail(vendor.url, mail())
    client = twilio_client(vendor.url)
    client.messages.create(
        to="+14155550100", from_="+15017122661", body="x", status_callback=f"{receiver.url}/status?m=t1"
    )
    until(lambda: receiver.at("/events") and receiver.at("/status"))
    vendor.kill()
    receiver.refusals.clear()
    receiver.arrived.clear()
    vendor.start()
    until(lambda: len(receiver.mail_events()) >= 2 and len(receiver.at("/status")) >= 3)
    assert {event["event"] for event in receiver.mail_events()} == {"processed", "delivered"}
    assert [each.status for each in client.messages.list()] == ["delivered"]
    client.http_client.close()


def test_the_signing_key_stays_the_same_after_a_restart(process: Make, tmp_path: Path) -> None:
    vendor = process()
    vendor.start()
    key = (tmp_path / "vendor" / PUBLIC_KEY_FILE).read_text()
    vendor.kill()
    vendor.start()
    assert (tmp_path / "vendor" / PUBLIC_KEY_FILE).read_text() == key
    assert vendor.stop() in (0, -15)


def test_one_folder_belongs_to_one_sandbox(process: Make, tmp_path: Path) -> None:
    vendor = process()
    vendor.start()
    with pytest.raises(RuntimeError, match="another sandbox is running on this folder"):
        create_app(SandboxSettings(data=tmp_path / "vendor"))


def test_accepting_one_message_twice_is_on_the_books(process: Make) -> None:
    vendor = process(*QUICK)
    vendor.start()
    for own_id in ("m1", "m2", "m1", "m1"):
        send_mail(vendor.url, mail(own_id=own_id))
    send_mail(vendor.url, mail(own_id=None))
    books = ask(f"{vendor.url}/_sandbox/books?full=1").json()
    assert books == {
        "accepted": {"email": 5, "sms": 0},
        "duplicates": 1,
        "messages": [
            {"message_id": "m1", "accepted_count": 3},
            {"message_id": "m2", "accepted_count": 1},
        ],
    }
    assert "messages" not in ask(f"{vendor.url}/_sandbox/books").json()


def test_a_text_is_known_by_the_m_of_its_status_callback(process: Make) -> None:
    vendor = process("--twilio-auth-token", TWILIO_AUTH_TOKEN)
    vendor.start()
    client = twilio_client(vendor.url)
    for url in ("http://127.0.0.1:9/s?x=1&m=t1", "http://127.0.0.1:9/s?m=t1#rc=2", "http://127.0.0.1:9/s?m="):
        client.messages.create(to="+14155550100", from_="+15017122661", body="x", status_callback=url)
    client.http_client.close()
    assert _books(vendor) == {"t1": 2}


def test_one_write_that_fails_takes_nothing_from_its_neighbours(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")

    def note(reason: str) -> Callable[[sqlite3.Connection], None]:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO suppression VALUES ('sms', ?, '', 'x')", (reason,))
            if reason.startswith("bad"):
                raise LookupError(reason)

        return write

    async def all_at_once() -> list[BaseException | None]:
        names = [f"{'bad' if number % 3 == 0 else 'good'}-{number}" for number in range(30)]
        return await asyncio.gather(*(store.write(note(name)) for name in names), return_exceptions=True)

    try:
        outcomes = asyncio.run(all_at_once())
    finally:
        store.close()
    assert [type(outcome) for outcome in outcomes[:3]] == [LookupError, type(None), type(None)]
    with sqlite3.connect(tmp_path / "store.sqlite") as kept:
        names = [name for (name,) in kept.execute("SELECT recipient FROM suppression")]
    kept.close()
    assert len(names) == 20
    assert all(name.startswith("good") for name in names)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ((), "--data or REGULARS_SANDBOX_DATA is missing"),
        (("--data", "x", "--host", "192.0.2.1"), "--host 192.0.2.1 is open to other machines"),
        (("--data", "x", "--open-share", "2"), "a share from 0 to 1 was expected"),
        (("--data", "x", "--twilio-account-sid", "AC1"), "32 hexadecimal digits were expected"),
    ],
)  # fmt: skip
def test_flags_that_make_no_sense_are_refused(
    flags: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        read(flags, {})
    assert words in capsys.readouterr().err


def test_the_environment_fills_in_for_flags(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment = {
        "REGULARS_SANDBOX_DATA": str(tmp_path), "REGULARS_SANDBOX_PORT": "9001", "REGULARS_SANDBOX_OPEN_SHARE": "0.25",
        "REGULARS_SANDBOX_TWILIO_SENDERS": "+15017122661, MORI", "REGULARS_SANDBOX_ALLOW_REMOTE": "true", "OTHER": "x",
    }  # fmt: skip
    host, port, settings = read(["--port", "9002"], environment)
    assert (host, port, settings.data, settings.open_share) == ("127.0.0.1", 9002, tmp_path, 0.25)
    assert (settings.twilio_senders, settings.allow_remote) == (("+15017122661", "MORI"), True)
    with pytest.raises(SystemExit):
        read([], environment | {"REGULARS_SANDBOX_OPENSHARE": "1"})
    assert "did you mean REGULARS_SANDBOX_OPEN_SHARE?" in capsys.readouterr().err
