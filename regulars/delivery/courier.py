"""How does a message get out? Claim, render, rate, dispatch, wire, record; one coroutine, one commit at each step.

It answers for every member and never hangs or raises for one member's sake: quiet hours, caps, 429, a vendor that is
down and a fate unknown are all `later`, and the same visit is asked again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from regulars.clock import Clock
from regulars.delivery import rate
from regulars.delivery.asked import answering
from regulars.delivery.compose import Composer, Refused
from regulars.delivery.ledger import Ledger
from regulars.delivery.providers.base import Found, Outgoing, Sought, WireRequest
from regulars.delivery.templates import RenderError, Unavailable
from regulars.delivery.want import Claim, Composed, Dispatch, Fate, Outcome, Settling, Want
from regulars.delivery.wire import FIRST_LOOK, LONGEST_PAUSE, Line, carry
from regulars.engine.act import Answer
from regulars.journeys.channels import TRAITS_OF, Channel
from regulars.store.messages import MessageState
from regulars.store.writer import Writer

__all__ = ["CHUNK", "Courier", "Line"]

_LOG = logging.getLogger(__name__)
CHUNK = 25  # what goes on the wire at once: what one kill can make unknown
_FRESH = 5.0  # seconds from dispatch to wire; a process that slept longer may not send: it may have been looked up
_LOOK_SECONDS = 15.0  # for one look-up: a heartbeat must follow within thirty
_UNTIL_MENDED = timedelta(seconds=30)  # between looks for a template that only an apply can bring
_PAUSES = (0.1, 0.5, 2.0)  # seconds between tries to record what nobody else knows


@dataclass(frozen=True, slots=True)
class _Ready:
    """Rendered, and built by the vendor's package: all that can fail without the network has not."""

    composed: Composed
    request: WireRequest


@dataclass(slots=True)
class _Round:
    """One call of `deliver`: the shop's time as it passes, and the answers so far by send key."""

    now: Callable[[], datetime]
    beat: Callable[[], None]
    answers: dict[str, Answer] = field(default_factory=dict)

    def later(self, claim: Claim, until: datetime, reason: str) -> None:
        self.answers[claim.want.send_key] = Answer("later", self.now(), claim.case.place.zone, until, reason)


class Courier:
    """Delivers what is wanted. `beat` is called between chunks, never inside a transaction."""

    def __init__(
        self, writer: Writer, ledger: Ledger, composer: Composer, lines: Mapping[Channel, Line], clock: Clock
    ) -> None:
        self._store, self._database = writer, writer.database
        self._ledger, self._composer = ledger, composer
        self._lines, self._clock = lines, clock

    async def deliver(
        self, wants: Sequence[Want], now: Callable[[], datetime], beat: Callable[[], None]
    ) -> list[Answer]:
        """One answer per want, in order. `now` gives the shop's time as this activity sees it."""
        this = _Round(now, beat)
        claims = await self._claim(wants, this)
        for start in range(0, len(claims), CHUNK):
            if start:
                beat()
            await self._chunk(claims[start : start + CHUNK], this)
        return [this.answers[want.send_key] for want in wants]

    async def _claim(self, wants: Sequence[Want], this: _Round) -> list[Claim]:
        """T1, and once more for those whose unknown fate was settled as never taken."""
        claims, fates = await self._ask(wants, this)
        if not fates:
            return claims
        free: list[Want] = []
        for start in range(0, len(fates), CHUNK):
            free += await self._settle(fates[start : start + CHUNK], this)
            this.beat()
        more, taken = await self._ask(free, this)
        for fate in taken:  # by another attempt, meanwhile
            this.answers[fate.want.send_key] = Answer("later", this.now(), fate.zone, this.now(), "claimed by another")
        return claims + more

    async def _ask(self, wants: Sequence[Want], this: _Round) -> tuple[list[Claim], list[Fate]]:
        claims: list[Claim] = []
        fates: list[Fate] = []
        for want, said in zip(wants, await self._store.ask_all(self._ledger.claim, wants), strict=True):
            match said:
                case Answer():
                    this.answers[want.send_key] = said
                case Claim():
                    claims.append(said)
                case Fate():
                    fates.append(said)
        return claims, fates

    async def _settle(self, fates: Sequence[Fate], this: _Round) -> list[Want]:
        """Look up what became of unknown messages; gives the wants that may be claimed anew."""
        found = await asyncio.gather(*(self._look_up(fate) for fate in fates))
        now = this.now()
        settlings = [
            Settling(fate, one, now, self._ask_again(fate, now)) for fate, one in zip(fates, found, strict=True)
        ]
        free: list[Want] = []
        for fate, answer in zip(fates, await self._store.ask_all(self._ledger.settle, settlings), strict=True):
            if answer is None:
                free.append(replace(fate.want, now=this.now()))
            else:
                this.answers[fate.want.send_key] = answer
        return free

    async def _look_up(self, fate: Fate) -> Found:
        """What the vendor's records prove; nothing where they cannot be had or read."""
        line = self._lines[fate.channel]
        dispatched = self._clock.real(fate.dispatched_at)
        sought = Sought(fate.message_id, fate.address, fate.sender, fate.body, dispatched)
        try:
            return await asyncio.wait_for(line.provider.look_up(sought, line.transport), _LOOK_SECONDS)
        except TimeoutError:
            return Found("unsure")
        except Exception:
            _LOG.exception("message %s cannot be looked up", fate.message_id)
            return Found("unsure")

    def _ask_again(self, fate: Fate, now: datetime) -> datetime:
        """When to look again: soon at first, ever less often, at last when its time runs out."""
        passed = max(now - fate.dispatched_at, self._clock.passing(FIRST_LOOK))
        return max(now, min(fate.resolve_by, now + passed))

    async def _chunk(self, claims: Sequence[Claim], this: _Round) -> None:
        await self._composer.prepare(claims)
        ready, failed = self._make_ready(claims, this)
        if failed:
            await self._record(failed, this)
        if not ready:
            return
        lined: list[tuple[_Ready, float]] = []
        await _to_its_end(self._wire(ready, this, lined))
        if lined:
            await asyncio.sleep(max(wait for _, wait in lined))
            await _to_its_end(self._wire([one for one, _ in lined], this))

    def _make_ready(self, claims: Sequence[Claim], this: _Round) -> tuple[list[_Ready], list[Outcome]]:
        """Render and build. What fails here fails for this message alone, and for good; but for a template that is not
        to be had the message waits, and a database that is away is nobody's fault."""
        ready: list[_Ready] = []
        failed: list[Outcome] = []
        with answering(self._database) as connection:
            for claim in claims:
                try:
                    ready.append(self._built(claim, connection, this))
                except Refused as error:
                    state = _unsent_state(claim)
                    failed.append(Outcome(claim, None, state, this.now(), reason=str(error), gate=error.gate))
                except RenderError as error:
                    failed.append(Outcome(claim, None, MessageState.failed, this.now(), reason=f"template: {error}"))
                except Unavailable as error:
                    until = this.now() + max(timedelta(minutes=1), self._clock.passing(_UNTIL_MENDED))
                    waits = MessageState.claimed
                    failed.append(Outcome(claim, None, waits, this.now(), reason=str(error), until=until))
                except OperationalError:
                    raise
                except Exception as error:
                    _LOG.exception("message %s cannot be composed", claim.message_id)
                    reason = f"template: {type(error).__name__}"
                    failed.append(Outcome(claim, None, MessageState.failed, this.now(), reason=reason))
        return ready, failed

    def _built(self, claim: Claim, connection: Connection, this: _Round) -> _Ready:
        composed = self._composer.compose(claim, connection)
        outgoing = self._bounded(composed.outgoing, claim, this)
        return _Ready(composed, self._lines[claim.channel].provider.build(outgoing))

    def _bounded(self, outgoing: Outgoing, claim: Claim, this: _Round) -> Outgoing:
        """A text must not lie in the vendor's queue until it is stale."""
        if TRAITS_OF[claim.channel].form != "text" or (expires := claim.case.expires) is None:
            return outgoing
        left = self._clock.lasting(expires - this.now()).total_seconds()
        return replace(outgoing, valid_seconds=max(1, int(left)))

    async def _wire(
        self, ready: Sequence[_Ready], this: _Round, lined: list[tuple[_Ready, float]] | None = None
    ) -> None:
        """T2, the wire, T3. Whom the vendor's rate makes wait is put in line (`lined`: with the seconds), once."""
        going = self._dispatches(ready, this.now(), in_line=lined is None)
        begun = asyncio.get_running_loop().time()
        gone: list[Dispatch] = []
        said = await self._store.ask_all(self._ledger.dispatch, going)
        for each, one, verdict in zip(ready, going, said, strict=True):
            if isinstance(verdict, rate.Place):
                if verdict.reserved and lined is not None:
                    lined.append((each, verdict.wait))
                else:
                    until = this.now() + self._clock.passing(timedelta(seconds=verdict.wait))
                    this.later(one.claim, until, "vendor's rate")
            elif verdict.result == "go":
                gone.append(one)
            else:
                this.later(one.claim, verdict.until or this.now(), verdict.reason)
        if asyncio.get_running_loop().time() - begun > _FRESH:
            outcomes = [_unsent(one, this.now()) for one in gone]
        else:
            outcomes = await self._carry(gone, this)
        if outcomes:
            await self._record(outcomes, this)

    def _dispatches(self, ready: Sequence[_Ready], now: datetime, *, in_line: bool) -> list[Dispatch]:
        real, due, slots = self._clock.real_now().timestamp(), {}, {}
        for channel in {one.composed.claim.channel for one in ready}:
            line = self._lines[channel]
            due[channel] = now + self._clock.passing(line.resolve_after)
            slots[channel] = None if in_line else rate.Slot(channel, line.per_second, real)
        channels = [one.composed.claim.channel for one in ready]
        return [
            Dispatch(one.composed, one.request, now, due[channel], slots[channel])
            for one, channel in zip(ready, channels, strict=True)
        ]

    async def _carry(self, gone: Sequence[Dispatch], this: _Round) -> list[Outcome]:
        wires = [carry(self._lines[one.claim.channel], one, self._clock, this.now) for one in gone]
        carried = [await wires[0]] if len(wires) == 1 else await asyncio.gather(*wires)
        wrong = {one.outcome.claim.channel for one in carried if one.out_of_order}
        if wrong:
            codes = sorted({one.outcome.code or "" for one in carried if one.out_of_order})
            _LOG.error("%s: the vendor refuses the account (%s); the line rests", ", ".join(wrong), ", ".join(codes))
            until = self._clock.real_now().timestamp() + LONGEST_PAUSE
            await self._store.ask_all(rate.rest, [rate.Rest(line, until) for line in sorted(wrong)])
        return [one.outcome for one in carried]

    async def _record(self, outcomes: Sequence[Outcome], this: _Round) -> None:
        """T3. What the vendor said is known to nobody else: it is worth a few tries."""
        for pause in (*_PAUSES, None):
            try:
                answers = await self._store.ask_all(self._ledger.record, outcomes)
                break
            except DBAPIError:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        for outcome, answer in zip(outcomes, answers, strict=True):
            this.answers[outcome.claim.want.send_key] = answer


def _unsent(one: Dispatch, now: datetime) -> Outcome:
    """Dispatched, but so long ago that somebody may have looked it up: it stays here, and is free again where nobody
    took it over."""
    return Outcome(one.claim, one.attempt, MessageState.claimed, now, reason="too late for the wire", until=now)


def _unsent_state(claim: Claim) -> MessageState:
    """Of a message that does not go after all; skipped would say that an earlier dispatch of it never came."""
    again = claim.case.message is not None and claim.case.message["resent_at"] is not None
    return MessageState.given_up if again else MessageState.skipped


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """What is on the wire is finished and recorded before anybody stops, however often they ask."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
        except Exception:
            break  # the task's own: raised below
    task.result()
    if cancelled is not None:
        raise cancelled
