"""Does production do what is simulated? A script played on a Temporal server and the sandbox, both of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr
from temporalio.client import Client

from regulars.cli.house import ROOT, DataFolder, listening
from regulars.cli.ports import Ports
from regulars.cli.supervisor import Child, Supervisor
from regulars.clock import identity
from regulars.delivery import book
from regulars.rehearse.compare import differences
from regulars.rehearse.walk import Rehearsal, rehearse
from regulars.settings import Settings
from regulars.simulate import ask, words
from regulars.simulate.as_json import as_json
from regulars.simulate.ask import Question, Text
from regulars.simulate.record import Record
from regulars.simulate.scenario import Profile
from regulars.simulate.shop import Shop
from regulars.simulate.walk import simulate
from regulars.simulate.when import begun
from regulars.store import event_names
from regulars.temporal import client as temporal

_VIRTUAL_TIME = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "frontend.TimeSkippingEnabled": "true",  # as other servers name it; an unknown name is ignored
    "history.timerProcessorMaxTimeShift": '"10ms"',
    "system.forceSearchAttributesCacheRefreshOnRead": "true",
    # The server takes a run's start from the run's clock and its age from its own: it would hold back the next run of
    # one that is days ahead.
    "history.workflowIdReuseMinimalInterval": '"-876000h"',
}
_NEVER = "86400"  # seconds: what becomes of messages, the script says


@dataclass(frozen=True, slots=True)
class Stage:
    """A server and vendors to rehearse on. `clients`: one a namespace, each for one customer at a time."""

    clients: Sequence[Client]
    config: Settings


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came of it. `different`: where that is not what is simulated."""

    record: Record
    intro: str
    different: list[str]

    @property
    def code(self) -> int:
        """What the command ends with."""
        return 1 if self.different else 0


@asynccontextmanager
async def stage(config: Settings, namespaces: int = 1) -> AsyncIterator[Stage]:
    """A Temporal server in memory and the sandbox, on free ports, until the block ends. Raises StartError, and OSError
    where there is no port; then nothing is left running. `config`'s own vendors are never reached."""
    with TemporaryDirectory(prefix="regulars-stage-") as path:
        folder, ports, supervisor = DataFolder(Path(path)), Ports(), Supervisor(_to_stderr)
        try:
            vendors, server = ports.free(0), ports.free(0)
            told = _settings(config, folder, vendors)
            names = [f"stage-{number}" for number in range(1, namespaces)]
            await supervisor.start(_sandbox(folder, vendors))
            await supervisor.start(_temporal(folder, server, names))
            client = await temporal.connect(f"127.0.0.1:{server}")
            yield Stage([client, *(_in_namespace(client, name) for name in names)], told)
        finally:
            await supervisor.stop()
            ports.release()


async def rehearsed(
    config: Settings, journey: str, customer: Path, script: Path | None, start: str | None, days: int
) -> Rehearsed:
    """Read everything, simulate and rehearse. Raises Mistakes, Unanswerable, StartError and Stuck."""
    learnt = event_names.learnt(config.database_url)
    found, templates = book.read(config.journeys_file, config.templates_folder, learnt)
    shop = Shop.of(found, templates)
    question = Question(
        journey=journey,
        customer=_text(customer),
        script=_text(script) if script else None,
        start=begun(start) if start else None,
        days=days,
        now=identity().now().replace(second=0, microsecond=0),
    )
    asked = ask.read(shop, question, learnt)
    assert isinstance(asked.customer, Profile)  # noqa: S101 -- read from a file
    what = Rehearsal(found, templates, asked.customer, asked.script, asked.start, asked.until, asked.journey)
    expected = simulate(shop, what.customer, what.script, start=what.start, until=what.until, journey=journey)
    async with stage(config) as ours:
        record = await rehearse(what, ours.clients[0], ours.config)
    return Rehearsed(record, asked.intro, differences(expected, record))


async def unless_stopped(work: Coroutine[Any, Any, Rehearsed], stopping: asyncio.Event) -> Rehearsed | None:
    """What comes of it; None where the process is told to stop before, once all that was started has stopped."""
    rehearsing, told = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    await asyncio.wait({rehearsing, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if rehearsing.done():
        return rehearsing.result()
    rehearsing.cancel()
    await asyncio.wait({rehearsing})
    return None


def told(found: Rehearsed, *, in_json: bool) -> Iterator[str]:
    """Line by line."""
    if in_json:
        whole = {**as_json(found.record, found.intro), "differences": found.different}
        yield json.dumps(whole, indent=2, ensure_ascii=False)
        return
    yield from words.lines(found.record, found.intro)
    yield ""
    if found.different:
        count = len(found.different)
        yield f"{count} {'difference' if count == 1 else 'differences'} from what is simulated:"
        yield from (f"  {one}" for one in found.different)
    else:
        yield "as simulated: every step, decision and outcome, to the minute"


def _in_namespace(client: Client, name: str) -> Client:
    config = client.config()
    config["namespace"] = name
    return Client(**config)


def _settings(config: Settings, folder: DataFolder, vendors: int) -> Settings:
    """Whatever keys are set, the vendors are the sandbox."""
    made, sandbox = folder.secrets(), f"http://127.0.0.1:{vendors}"
    return config.model_copy(
        update={
            "regulars_secret": SecretStr(made["REGULARS_SECRET"]),
            "webhook_signing_secret": SecretStr(made["WEBHOOK_SIGNING_SECRET"]),
            "sendgrid_api_key": SecretStr(made["SENDGRID_API_KEY"]),
            "sendgrid_host": sandbox,
            "twilio_account_sid": made["TWILIO_ACCOUNT_SID"],
            "twilio_auth_token": SecretStr(made["TWILIO_AUTH_TOKEN"]),
            "twilio_base_url": sandbox,
            "vendor_ca_file": None,
        }
    )


def _sandbox(folder: DataFolder, port: int) -> Child:
    names = ("SENDGRID_API_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    known = {name: folder.secrets()[name] for name in names} | {"DELIVERY_SECONDS": _NEVER, "RETRY_LIMIT": "1"}
    environment = {f"REGULARS_SANDBOX_{name}": value for name, value in known.items()} | {"PYTHONPATH": str(ROOT)}
    data = str(folder.path / "sandbox")
    command = [sys.executable, "-m", "regulars.sandbox", "--port", str(port), "--data", data]
    return Child("sandbox", command, environment, folder.log("sandbox"), listening(port))


def _temporal(folder: DataFolder, port: int, namespaces: Sequence[str]) -> Child:
    command = [str(Path(sys.executable).with_name("temporal")), "server", "start-dev", "--headless"]
    command += ["--ip", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    for name in namespaces:
        command += ["--namespace", name]
    for name, value in _VIRTUAL_TIME.items():
        command += ["--dynamic-config-value", f"{name}={value}"]
    return Child("temporal", command, {}, folder.log("temporal"), listening(port))


def _text(path: Path) -> Text:
    return Text(path.read_text("utf-8"), str(path))


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 -- stdout is the answer's
