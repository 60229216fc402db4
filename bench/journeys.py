"""What does a walk cost over a workflow written by hand? Journeys a second and events of both, in one run.

    python bench/journeys.py [--json] [--journeys 120]

[send, wait, send] through our JourneyWorkflow, against `bare_journey.BareJourney` of that shape: the same Temporal
server (as `regulars up` starts it, on a file), the same worker with the same options and sandbox, and activities that
answer at once. Three interleaved rounds; `throughput_ratio` is the median of ours over the median of bare.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from bare_journey import BareJourney, Letter  # noqa: E402

import worker  # noqa: E402
from activities import contract  # noqa: E402
from activities.contract import Asking, Closing, Opening, Resting  # noqa: E402
from regulars.cli.house import Addresses, DataFolder, children  # noqa: E402
from regulars.cli.ports import Ports, answers  # noqa: E402
from regulars.clock import identity  # noqa: E402
from regulars.engine.act import Answer  # noqa: E402
from regulars.engine.member import Member  # noqa: E402
from regulars.engine.standing import Opened  # noqa: E402
from regulars.ids import new_id  # noqa: E402
from regulars.journeys.graph import graph_of  # noqa: E402
from regulars.journeys.happening import Start  # noqa: E402
from regulars.journeys.model import Journey, Send, Wait  # noqa: E402
from regulars.journeys.span import Span  # noqa: E402
from regulars.temporal import client as temporal_client  # noqa: E402
from regulars.temporal import search_attributes  # noqa: E402
from workflows.journey import JourneyWorkflow  # noqa: E402
from workflows.walk import Walk, description  # noqa: E402

THROUGHPUT, EVENTS = 0.8, 1.2  # what is promised: at least, at most
ROUNDS = 3
WAIT_SECONDS = 1
_AT_ONCE = 40  # starts under way at once
_LIMIT = 240.0  # seconds for a round

GRAPH = graph_of(
    Journey(
        "welcome",
        "Welcome",
        Start("Order Completed"),
        (
            Send("email", "hello", "hello", "welcome/hello"),
            Wait("wait", "wait_1", "wait_1", Span(WAIT_SECONDS, "second")),
            Send("email", "story", "story", "welcome/story"),
        ),
    )
)
Begin = Callable[[Client], Awaitable[WorkflowHandle[Any, Any]]]


@activity.defn(name=contract.OPEN)
async def open_walk(opening: Opening) -> list[Opened]:
    return [Opened(one, True, "Europe/Berlin") for one in opening.enrollments]


@activity.defn(name=contract.REST)
async def rest(resting: Resting) -> None:
    return None


@activity.defn(name=contract.CLOSE)
async def close_walk(closing: Closing) -> None:
    return None


@activity.defn(name=contract.SENDS["email"])
async def send_email(asking: Asking) -> list[Answer]:
    return [Answer("done", asking.at, "Europe/Berlin") for _ in asking.members]


@activity.defn(name="bare_send")
async def bare_send(letter: Letter) -> str:
    return "done"


async def begin_ours(client: Client) -> WorkflowHandle[Any, Any]:
    """As the relay starts a walk."""
    who = new_id()
    walk = Walk(who, identity(), {GRAPH.version: GRAPH}, {who: Member(GRAPH.version, "UTC")})
    attributes = search_attributes.of("welcome", GRAPH, [who])
    return await client.start_workflow(
        JourneyWorkflow.run,
        walk,
        id=who,
        task_queue=contract.JOURNEYS,
        search_attributes=attributes,
        **description(walk),
    )


async def begin_bare(client: Client) -> WorkflowHandle[Any, Any]:
    who = new_id()
    return await client.start_workflow(
        BareJourney.run, args=[who, float(WAIT_SECONDS)], id=who, task_queue=contract.JOURNEYS
    )


async def one_round(client: Client, begin: Begin, journeys: int) -> tuple[float, float]:
    """Journeys a second from the first start to the last end, and events of a journey."""
    gate, gone = asyncio.Semaphore(_AT_ONCE), time.monotonic()

    async def one() -> WorkflowHandle[Any, Any]:
        async with gate:
            handle = await begin(client)
        await handle.result()
        return handle

    handles = await asyncio.wait_for(asyncio.gather(*(one() for _ in range(journeys))), _LIMIT)
    rate = journeys / (time.monotonic() - gone)
    lengths = [(await handle.describe()).history_length for handle in handles[:10]]
    gc.collect()
    return rate, statistics.median(lengths)


@asynccontextmanager
async def server() -> AsyncIterator[Client]:
    """The Temporal server of `regulars up`, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        ports = Ports()
        at = Addresses(*(ports.free(0) for _ in range(4)))
        child = next(one for one in children(DataFolder(Path(folder)), at, {}, {}) if one.name == "temporal")
        process = subprocess.Popen(child.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            limit = time.monotonic() + 30
            while not answers(at.temporal):
                if time.monotonic() > limit or process.poll() is not None:
                    raise RuntimeError("the Temporal server does not start")
                await asyncio.sleep(0.05)
            client = await temporal_client.connect(f"127.0.0.1:{at.temporal}")
            await search_attributes.register(client)
            yield client
        finally:
            process.terminate()
            process.wait(20)


async def measure(journeys: int) -> dict[str, Any]:
    """Both, round by round."""
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    events: dict[str, list[float]] = {"ours": [], "bare": []}
    begins: dict[str, Begin] = {"ours": begin_ours, "bare": begin_bare}
    async with server() as client, AsyncExitStack() as stack:
        walks = Worker(
            client,
            task_queue=contract.JOURNEYS,
            workflows=[JourneyWorkflow, BareJourney],
            activities=[open_walk, rest, close_walk],
            **worker.walk_options(),
        )
        queue = contract.CHANNEL_QUEUES["email"]
        sends = Worker(
            client,
            task_queue=queue,
            activities=[send_email, bare_send],
            graceful_shutdown_timeout=timedelta(seconds=5),
        )
        for one in (walks, sends):
            await stack.enter_async_context(one)
        for begin in begins.values():
            await one_round(client, begin, 10)  # compiles, connects, caches
        for number in range(ROUNDS):
            for name in sorted(begins, reverse=bool(number % 2)):
                rate, length = await one_round(client, begins[name], journeys)
                rates[name].append(rate)
                events[name].append(length)
    return _figures(rates, events, journeys)


def _figures(rates: dict[str, list[float]], events: dict[str, list[float]], journeys: int) -> dict[str, Any]:
    ours, bare = (statistics.median(rates[name]) for name in ("ours", "bare"))
    mine, hand = (statistics.median(events[name]) for name in ("ours", "bare"))
    return {
        "journeys_per_second": round(ours, 1),
        "bare_per_second": round(bare, 1),
        "throughput_ratio": round(ours / bare, 2),
        "events": mine,
        "bare_events": hand,
        "events_ratio": round(mine / hand, 2),
        "rounds": {name: [round(rate, 1) for rate in found] for name, found in rates.items()},
        "journeys_a_round": journeys,
        "holds": ours / bare >= THROUGHPUT and mine / hand <= EVENTS,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument("--journeys", type=int, default=120, help="journeys a round")
    asked = parser.parse_args()
    found = asyncio.run(measure(asked.journeys))
    gc.collect()
    if asked.json:
        print(json.dumps(found))
        return
    print(f"ours {found['journeys_per_second']:6.1f} journeys/s, {found['events']:g} events each")
    print(f"bare {found['bare_per_second']:6.1f} journeys/s, {found['bare_events']:g} events each")
    print(f"throughput {found['throughput_ratio']} of bare (promised: at least {THROUGHPUT:g})")
    print(f"events     {found['events_ratio']} of bare (promised: at most {EVENTS:g})")


if __name__ == "__main__":
    main()
