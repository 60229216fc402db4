"""What does one machine need to run the whole shop? Its data folder, secrets, ports and processes."""

from __future__ import annotations

import asyncio
import base64
import fcntl
import json
import os
import secrets
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote, urlsplit

from regulars.cli.ports import Ports, answers
from regulars.cli.supervisor import Child
from regulars.clock import Clock
from regulars.journeys.model import Book
from regulars.sandbox import signing
from regulars.settings import Settings
from regulars.store import migrate, shelf, shop_clock
from regulars.store.database import Database

ROOT = Path(__file__).resolve().parents[2]


_OWN = (
    *("REGULARS_SECRET", "SHOPIFY_WEBHOOK_SECRET", "SEGMENT_WRITE_KEYS", "EVENTS_WEBHOOK_SECRET"),
    "WEBHOOK_SIGNING_SECRET",
)
_USUAL_PORTS = {"web": 8000, "temporal": 7233, "temporal_ui": 8233, "sandbox": 8025}


class AlreadyUp(RuntimeError):
    """Another `regulars up` has this data folder."""


class Unreachable(RuntimeError):
    """Real messages would go out with links that lead nowhere."""


class FolderTaken(RuntimeError):
    """The folder holds a shop already, where a new one is wanted."""


@dataclass(frozen=True)
class Addresses:
    """Where everything answers, on the loopback."""

    web: int
    temporal: int
    temporal_ui: int
    sandbox: int

    @property
    def public_url(self) -> str:
        return f"http://127.0.0.1:{self.web}"

    @property
    def inbox(self) -> str:
        return f"http://127.0.0.1:{self.sandbox}/inbox"

    @property
    def runs(self) -> str:
        return f"http://127.0.0.1:{self.temporal_ui}/namespaces/default/workflows"

    def runs_of(self, journey: str) -> str:
        """The runs of one journey that are under way, in Temporal's UI."""
        wanted = f'Journey="{journey}" and ExecutionStatus="Running"'
        return f"{self.runs}?query={quote(wanted)}"


class DataFolder:
    """A folder that one `up` at a time may hold: database, Temporal's store, the sandbox's, logs and secrets."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        if not self.path.exists():
            self.path.mkdir(mode=0o700, parents=True)  # customers' data: nobody else on this machine reads it
        self._lock: IO[str] | None = None

    def hold(self) -> None:
        """Take it. Raises AlreadyUp, which names the process that has it."""
        lock = (self.path / "up.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise AlreadyUp(f"regulars is already up on {self.path} (process {holder})") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def release(self) -> None:
        """Let others have it."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def secrets(self) -> dict[str, str]:
        """Secrets of this machine, each made at first use and kept; readable by its owner alone."""
        place = self.path / "secrets.json"
        kept: dict[str, str] = json.loads(place.read_text()) if place.exists() else {}
        made = {
            "REGULARS_SECRET": secrets.token_hex(32),
            "SHOPIFY_WEBHOOK_SECRET": secrets.token_hex(16),
            "SENDGRID_API_KEY": f"SG.{secrets.token_urlsafe(16)}",
            "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
            "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
            "SEGMENT_WRITE_KEYS": secrets.token_urlsafe(24),
            "EVENTS_WEBHOOK_SECRET": f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}",
            "WEBHOOK_SIGNING_SECRET": f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}",
        } | kept
        if made != kept:
            _write_whole(place, json.dumps(made, indent=1))
        return made

    def log(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"


def _write_whole(place: Path, text: str) -> None:
    """Written beside and put in place: a kill leaves the old file or the new one. Readable by its owner alone."""
    beside = place.with_suffix(".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place)


def choose_ports(folder: DataFolder, ports: Ports, say: Callable[[str], None]) -> Addresses:
    """The ports this folder had before, else the usual ones; free ones where these are taken. Links in mails that went
    out hold on to the first, so a change is said."""
    place = folder.path / "ports.json"
    try:
        before = json.loads(place.read_text())
    except (FileNotFoundError, ValueError):
        before = {}
    chosen: dict[str, int] = {}
    for name, usual in _USUAL_PORTS.items():
        wanted = before.get(name, usual)
        chosen[name] = ports.free(wanted)
        if chosen[name] != wanted:
            say(f"port {wanted} is taken: {name} gets {chosen[name]}")
    _write_whole(place, json.dumps(chosen))
    return Addresses(**chosen)


def prepare(database_url: str, book: Book, templates: Mapping[str, str], clock: Clock | None) -> Clock:
    """Bring the database's schema up to date, fix its clock, and make `book` live with its templates (sources by path).
    Gives the clock that holds."""
    database = Database(database_url)
    try:
        migrate.upgrade(database)
        with database.write() as connection:
            holds = shop_clock.fix(connection, clock) if clock else shop_clock.read(connection)
            shelf.apply(connection, book, holds.now(), templates)
        return holds
    finally:
        database.close()


def local_database(folder: Path) -> str:
    """The URL of the database that lies in a data folder."""
    return f"sqlite:///{folder.resolve() / 'regulars.db'}"


def environment(folder: DataFolder, at: Addresses, config: Settings) -> dict[str, str]:
    """What the processes are told. A vendor whose keys are set is the real one; otherwise the sandbox stands in."""
    made, given = folder.secrets(), config.model_fields_set
    told = {
        "DATABASE_URL": local_database(folder.path),
        "PUBLIC_URL": at.public_url,
        "TEMPORAL_UI_URL": at.runs.removesuffix("/workflows"),
        **{name: made[name] for name in _OWN},
    }
    sandbox = f"http://127.0.0.1:{at.sandbox}"
    mail = {
        "SENDGRID_API_KEY": made["SENDGRID_API_KEY"],
        "SENDGRID_HOST": sandbox,
        "SENDGRID_WEBHOOK_KEY": signing.public_key(folder.path / "sandbox"),
    }
    texts = {
        "TWILIO_ACCOUNT_SID": made["TWILIO_ACCOUNT_SID"],
        "TWILIO_AUTH_TOKEN": made["TWILIO_AUTH_TOKEN"],
        "TWILIO_BASE_URL": sandbox,
    }
    _check_reachable(config)
    told |= mail if "sendgrid_api_key" not in given else {}
    told |= texts if "twilio_auth_token" not in given else {}
    if not given & {"sendgrid_api_key", "twilio_auth_token"}:
        # Vendors on this machine forget nothing and lag behind nobody: what they do not know they never had.
        told |= {"LOOKUP_PROVES_ABSENCE_AFTER": "PT16S", "UNKNOWN_GIVEN_UP_AFTER": "PT60S"}
    told = {name: value for name, value in told.items() if name.lower() not in given}
    fixed = {
        "TEMPORAL_ADDRESS": f"127.0.0.1:{at.temporal}",
        "TEMPORAL_NAMESPACE": "default",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    return told | fixed


def _check_reachable(config: Settings) -> None:
    """Raises Unreachable where real messages would hold links that nobody can follow."""
    real = [name for name in ("sendgrid_api_key", "twilio_auth_token") if name in config.model_fields_set]
    if real and urlsplit(config.public_url).hostname in (None, "localhost", "127.0.0.1", "::1"):
        keys = " and ".join(name.upper() for name in real)
        raise Unreachable(
            f"{keys} would send real messages, but nobody could unsubscribe from them, nor their vendor report: "
            f"PUBLIC_URL is {config.public_url}. Set it to the https address at which this machine is reached."
        )


def children(folder: DataFolder, at: Addresses, told: Mapping[str, str], sandbox: Mapping[str, str]) -> list[Child]:
    """The processes, in the order in which they start. Each is run by this interpreter, from this checkout."""
    python, binary = sys.executable, Path(sys.executable).with_name("temporal")
    store = folder.path / "temporal.db"
    temporal = [
        *(str(binary), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(at.temporal)),
        *("--ui-port", str(at.temporal_ui), "--db-filename", str(store), "--log-level", "error"),
        *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL", "--ui-disable-news-fetch"),
        # At the level of warnings, stopping alone writes dozens of lines about connections that close.
        # Hosts' clocks differ, so by default no timer is shorter than a second. Here is one host. Measured: with 100 ms
        # or less, timers fire up to 300 ms late under load.
        *("--dynamic-config-value", 'history.timerProcessorMaxTimeShift="250ms"'),
    ]
    vendors = [python, "-m", "regulars.sandbox", "--port", str(at.sandbox), "--data", str(folder.path / "sandbox")]
    web = [python, "-m", "regulars.web", "--port", str(at.web)]
    return [
        Child("sandbox", vendors, {**told, **sandbox}, folder.log("sandbox"), listening(at.sandbox)),
        Child("temporal", temporal, {}, folder.log("temporal"), listening(at.temporal)),
        Child("web", web, told, folder.log("web"), listening(at.web)),
        Child("worker", [python, str(ROOT / "worker.py")], told, folder.log("worker"), working(folder.log("worker"))),
    ]


def sandbox_settings(at: Addresses, told: Mapping[str, str]) -> dict[str, str]:
    """How the sandbox reaches the product: as the vendors would, over HTTP. Nobody reads there but who looks into the
    inbox: opens and clicks that nobody made would be told of real customers."""
    names = {
        "SENDGRID_API_KEY": told.get("SENDGRID_API_KEY"),
        "TWILIO_ACCOUNT_SID": told.get("TWILIO_ACCOUNT_SID"),
        "TWILIO_AUTH_TOKEN": told.get("TWILIO_AUTH_TOKEN"),
        "EVENT_WEBHOOK_URL": f"{at.public_url}/webhooks/sendgrid/events",
        "INBOUND_WEBHOOK_URL": f"{at.public_url}/webhooks/twilio/inbound",
        **dict.fromkeys(("OPEN_SHARE", "MACHINE_OPEN_SHARE", "CLICK_SHARE"), "0"),
    }
    return {f"REGULARS_SANDBOX_{name}": value for name, value in names.items() if value}


def listening(port: int) -> Callable[[], Awaitable[bool]]:
    """Does something listen there by now?"""

    async def look() -> bool:
        return await asyncio.to_thread(answers, port)

    return look


def working(log: Path) -> Callable[[], Awaitable[bool]]:
    """A worker has no port: it says in its log that it is working. Has one said so since this was called?"""
    begun = log.stat().st_size if log.exists() else 0

    def said() -> bool:
        if not log.exists():
            return False
        with log.open("rb") as file:
            file.seek(begun)
            return b"worker: working" in file.read()

    async def look() -> bool:
        return await asyncio.to_thread(said)

    return look
