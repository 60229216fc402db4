"""How do outbox rows become walks and hints? Leased, done, deleted; a crash at any point repeats harmlessly.

No lock is held over a call. A start that exists already was done before; a hint to a closed run is done. With Temporal
away the rows wait, and nothing else does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities import contract
from regulars.clock import Clock
from regulars.engine.member import Member
from regulars.intake.audiences import AUDIENCE
from regulars.journeys.graph import Graph
from regulars.store.audiences import Audience as CalledAudience
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment, EnrollmentState, Outbox
from regulars.store.shelf import Shelf
from regulars.store.statements import table
from regulars.store.writer import Writer
from regulars.temporal import search_attributes
from workflows.audience import Audience, AudienceWorkflow
from workflows.journey import JourneyWorkflow
from workflows.walk import Walk, description

_LOG = logging.getLogger(__name__)
_LEASE = timedelta(seconds=30)  # real time; longer than any one call is waited for
_MOST = 64  # rows a round: bounds what a crash repeats
_CALLS = 16  # calls to Temporal at once
_PAUSE = 0.02  # seconds between looks at an empty outbox; a shop second is no faster anywhere
_LONGEST_PAUSE = 5.0  # seconds between tries: how long what waited for Temporal may still wait when it is back
_RPC = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Errand:
    """One outbox row, leased, with what its call needs. `members`: those who walk, by enrollment id, and
    `customers` who they are; `graph`: None for what starts no walk, or none any more."""

    id: str
    kind: str
    party: str
    enrollment: str
    attempts: int
    journey: str = ""
    graph: Graph | None = None
    members: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Lease:
    shop: datetime
    real: datetime


class Relay:
    """Moves due outbox rows into Temporal until told to stop."""

    def __init__(self, database: Database, writer: Writer, client: Client, shelf: Shelf, clock: Clock) -> None:
        self._database, self._writer, self._client = database, writer, client
        self._shelf, self._clock = shelf, clock
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`. Whatever fails is logged and tried again; nothing is given up. A row that fails is left alone
        for a while; the relay itself pauses only where everything fails."""
        trouble = 0
        while not self._stopping.is_set():
            try:
                leased, failed = await self.round()
                trouble = trouble + 1 if failed and failed == leased else 0
            except Exception:
                _LOG.exception("relay: a round failed")
                leased, trouble = 0, trouble + 1
            pause = _backoff(trouble) if trouble else 0.0 if leased == _MOST else _PAUSE
            await self._sleep(pause)

    def stop(self) -> None:
        self._stopping.set()

    async def round(self) -> tuple[int, int]:
        """Lease what is due and carry it out: how many rows were leased, and how many of them failed."""
        if not await asyncio.to_thread(self._any_due):
            return 0, 0
        lease = _Lease(self._clock.now(), self._clock.real_now())
        errands: Sequence[Errand] = await self._writer.ask(self._lease, lease)
        if not errands:
            return 0, 0
        gate = asyncio.Semaphore(_CALLS)
        results = await asyncio.gather(*(self._run(one, gate) for one in _coalesced(errands)))
        done = [one.id for same, good in results if good for one in same]
        failed = [one for same, good in results if not good for one in same]
        await self._writer.ask_all(_finish, done)
        now = self._clock.real_now()
        free = [(one.id, now + timedelta(seconds=_backoff(one.attempts))) for one in failed]
        await self._writer.ask_all(_release, free)
        return len(errands), len(failed)

    def _any_due(self) -> bool:
        with self._database.read() as connection:
            return connection.execute(_due(self._clock.now(), self._clock.real_now()).limit(1)).first() is not None

    def _lease(self, connection: Connection, leases: Sequence[_Lease]) -> list[list[Errand]]:
        return [self._lease_one(connection, lease) for lease in leases]

    def _lease_one(self, connection: Connection, lease: _Lease) -> list[Errand]:
        of = table(Outbox)
        query = _due(lease.shop, lease.real).order_by(of.c.due_at).limit(_MOST)
        if connection.dialect.name == "postgresql":
            query = query.with_for_update(skip_locked=True)
        rows = list(connection.execute(query))
        if not rows:
            return []
        connection.execute(
            of.update()
            .where(of.c.id.in_([row.id for row in rows]))
            .values(leased_until=lease.real + _LEASE, attempts=of.c.attempts + 1)
        )
        parties = _parties(connection, [row.party_id for row in rows if row.kind == "start"])
        called = _called(connection, [row.party_id for row in rows if row.kind == AUDIENCE])
        return [self._errand(connection, row, parties.get(row.party_id, ()), called) for row in rows]

    def _errand(self, connection: Connection, row: Any, members: Sequence[Any], called: Mapping[str, str]) -> Errand:
        errand = Errand(row.id, row.kind, row.party_id, row.enrollment_id, row.attempts)
        if row.kind == AUDIENCE:
            return replace(errand, journey=called.get(row.party_id, ""))
        if row.kind != "start" or not members:
            return errand
        first = members[0]
        play = self._shelf.play(connection, first.journey, first.version)
        ids, customers = zip(*((one.id, one.customer_id) for one in members), strict=True)
        return replace(errand, journey=first.journey, graph=play.graph, members=ids, customers=customers)

    async def _run(self, errands: list[Errand], gate: asyncio.Semaphore) -> tuple[list[Errand], bool]:
        """Carry out rows that ask for the same; True when it is done or was done before."""
        errand = errands[0]
        async with gate:
            try:
                if errand.kind == "start":
                    await self._start(errand)
                elif errand.kind == AUDIENCE:
                    await self._let_in(errand)
                else:
                    await self._hint(errand)
            except RPCError as error:
                _LOG.warning("relay: %s of %s: %s", errand.kind, errand.party, error.status.name)
                return errands, False
            except Exception:  # one row that cannot be carried out must not hold up the others of its round
                _LOG.exception("relay: %s of %s", errand.kind, errand.party)
                return errands, False
        return errands, True

    async def _start(self, errand: Errand) -> None:
        graph = errand.graph
        if graph is None:
            return  # closed before it began: nothing to start
        members = {one: Member(version=graph.version, zone="UTC") for one in errand.members}
        walk = Walk(errand.party, self._clock, {graph.version: graph}, members)
        try:
            await self._client.start_workflow(
                JourneyWorkflow.run,
                walk,
                id=errand.party,
                task_queue=contract.JOURNEYS,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                search_attributes=search_attributes.of(errand.journey, graph, list(errand.customers)),
                rpc_timeout=_RPC,
                **description(walk),
            )
        except WorkflowAlreadyStartedError:
            _LOG.debug("relay: %s was started before", errand.party)

    async def _let_in(self, errand: Errand) -> None:
        if not errand.journey:
            return  # gone meanwhile
        try:
            await self._client.start_workflow(
                AudienceWorkflow.run,
                Audience(errand.party, errand.journey, self._clock),
                id=errand.party,
                task_queue=contract.JOURNEYS,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                search_attributes=search_attributes.of_audience(errand.journey),
                static_summary=f"Lets an audience into {errand.journey}",
                rpc_timeout=_RPC,
            )
        except WorkflowAlreadyStartedError:
            _LOG.debug("relay: %s was started before", errand.party)

    async def _hint(self, errand: Errand) -> None:
        handle = self._client.get_workflow_handle(errand.party)
        try:
            await handle.signal(JourneyWorkflow.hint, errand.enrollment, rpc_timeout=_RPC)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:  # the run is over: whatever the hint was about, it has seen
                raise

    async def _sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return


def _backoff(tries: int) -> float:
    """Seconds before the next try."""
    return min(0.2 * 2.0 ** min(tries, 10), _LONGEST_PAUSE)


def _due(shop: datetime, real: datetime) -> Any:
    of = table(Outbox)
    free = or_(of.c.leased_until.is_(None), of.c.leased_until < real)
    return select(of.c.id, of.c.kind, of.c.party_id, of.c.enrollment_id, of.c.attempts).where(of.c.due_at <= shop, free)


def _parties(connection: Connection, ids: list[str]) -> dict[str, list[Any]]:
    """Who is to walk, by party."""
    of = table(Enrollment)
    query = (
        select(of.c.id, of.c.party_id, of.c.journey, of.c.version, of.c.customer_id)
        .where(of.c.party_id.in_(ids), of.c.state != EnrollmentState.closed)
        .order_by(of.c.id)
    )
    found: dict[str, list[Any]] = {}
    for row in connection.execute(query) if ids else ():
        found.setdefault(row.party_id, []).append(row)
    return found


def _called(connection: Connection, ids: list[str]) -> dict[str, str]:
    """Which journey each audience is for."""
    of = table(CalledAudience)
    rows = connection.execute(select(of.c.id, of.c.journey).where(of.c.id.in_(ids))) if ids else ()
    return {row.id: row.journey for row in rows}


def _coalesced(errands: Sequence[Errand]) -> list[list[Errand]]:
    """Rows that ask for the same thing, together: one call does for all of them."""
    same: dict[tuple[str, str], list[Errand]] = {}
    for errand in errands:
        same.setdefault((errand.kind, errand.enrollment), []).append(errand)
    return list(same.values())


def _finish(connection: Connection, ids: Sequence[str]) -> list[None]:
    of = table(Outbox)
    connection.execute(of.delete().where(of.c.id.in_(list(ids))))
    return [None] * len(ids)


def _release(connection: Connection, rows: Sequence[tuple[str, datetime]]) -> list[None]:
    """Free again at their time."""
    of = table(Outbox)
    for identifier, at in rows:
        connection.execute(of.update().where(of.c.id == identifier).values(leased_until=at))
    return [None] * len(rows)
