"""How does a message get out? Claim, render, rate, dispatch, wire, record; one coroutine, one commit at each step.

It answers for every member and never hangs or raises for one member's sake: quiet hours, caps, 429, a vendor that is down
and a fate unknown are all `later`, and the same visit is asked again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from regulars.clock import Clock
from regulars.delivery import rate
from regulars.delivery.compose import Composer
from regulars.delivery.ledger import Dispatch, Ledger, Outcome, Settling
from regulars.delivery.providers.base import (
    Accepted,
    Ambiguous,
    Found,
    Provider,
    Rejected,
    Sought,
    Transport,
    Unprocessed,
    WireFailure,
)
from regulars.delivery.templates import RenderError
from regulars.delivery.want import Claim, Composed, Fate, Want
from regulars.engine.act import Answer
from regulars.journeys.model import Channel
from regulars.store.messages import MessageState
from regulars.store.writer import Writer

_LOG = logging.getLogger(__name__)
CHUNK = 25  # what goes on the wire at once: what one kill can make unknown
_FRESH = 5.0  # seconds from dispatch to wire; a process that slept longer may not send: somebody may have looked it up
_FIRST_LOOK = timedelta(seconds=5)
_SLOWEST = 60.0  # seconds: the longest pause between tries of what was provably not taken


@dataclass(frozen=True, slots=True)
class Line:
    """One channel's way out. `resolve_after`: real time after which an unknown fate is left to the step's policy."""

    provider: Provider
    transport: Transport
    per_second: float
    resolve_after: timedelta = timedelta(minutes=20)


class Courier:
    """Delivers what is wanted. `beat` is called between chunks, never inside a transaction."""

    def __init__(
        self, writer: Writer, ledger: Ledger, composer: Composer, lines: Mapping[Channel, Line], clock: Clock
    ) -> None:
        self._writer, self._ledger, self._composer = writer, ledger, composer
        self._lines, self._clock = lines, clock

    async def deliver(
        self, wants: Sequence[Want], now: Callable[[], datetime], beat: Callable[[], None]
    ) -> list[Answer]:
        """One answer per want, in order. `now` gives the shop's time as this activity sees it."""
        answers: dict[str, Answer] = {}
        claims = await self._claim(wants, answers, now)
        for start in range(0, len(claims), CHUNK):
            if start:
                beat()
            await self._chunk(claims[start : start + CHUNK], answers, now)
        return [answers[want.send_key] for want in wants]

    async def _claim(
        self, wants: Sequence[Want], answers: dict[str, Answer], now: Callable[[], datetime]
    ) -> list[Claim]:
        """T1, and once more for those whose unknown fate was settled as never taken."""
        claims: list[Claim] = []
        fates: list[Fate] = []
        for want, said in zip(wants, await self._writer.ask_all(self._ledger.claim, wants), strict=True):
            match said:
                case Answer():
                    answers[want.send_key] = said
                case Claim():
                    claims.append(said)
                case Fate():
                    fates.append(said)
        free = await self._settle(fates, answers, now) if fates else []
        for want, said in zip(free, await self._writer.ask_all(self._ledger.claim, free), strict=True):
            match said:
                case Answer():
                    answers[want.send_key] = said
                case Claim():
                    claims.append(said)
                case Fate():  # another attempt took it meanwhile
                    answers[want.send_key] = Answer("later", now(), said.zone, now(), "claimed by another")
        return claims

    async def _settle(
        self, fates: Sequence[Fate], answers: dict[str, Answer], now: Callable[[], datetime]
    ) -> list[Want]:
        """Look up what became of unknown messages; gives the wants that may be claimed anew."""
        found = await asyncio.gather(*(self._look_up(fate) for fate in fates))
        settlings = [
            Settling(fate, one, now(), self._ask_again(fate, now())) for fate, one in zip(fates, found, strict=True)
        ]
        free: list[Want] = []
        for fate, answer in zip(fates, await self._writer.ask_all(self._ledger.settle, settlings), strict=True):
            if answer is None:
                free.append(fate.want)
            else:
                answers[fate.want.send_key] = answer
        return free

    async def _look_up(self, fate: Fate) -> Found:
        line = self._lines[fate.channel]
        dispatched = self._clock.real(fate.dispatched_at)
        sought = Sought(fate.message_id, fate.address, fate.sender, fate.body, dispatched)
        return await line.provider.look_up(sought, line.transport)

    def _ask_again(self, fate: Fate, now: datetime) -> datetime:
        """When to look again: soon at first, ever less often, at last when its time runs out. A callback comes between."""
        passed = max(now - fate.dispatched_at, self._clock.passing(_FIRST_LOOK))
        return max(now, min(fate.resolve_by, now + passed))

    async def _chunk(
        self, claims: Sequence[Claim], answers: dict[str, Answer], now: Callable[[], datetime]
    ) -> None:
        composed: list[Composed] = []
        failed: list[Outcome] = []
        for claim in claims:
            try:
                composed.append(self._composer.compose(claim))
            except RenderError as error:
                failed.append(self._outcome(claim, MessageState.failed, now(), reason=f"template: {error}"))
            except Exception:
                _LOG.exception("message %s cannot be composed", claim.message_id)
                failed.append(self._outcome(claim, MessageState.failed, now(), reason="template: error"))
        going = await self._slots(composed, answers, now)
        if failed:
            await self._record(failed, answers)
        if going:
            wire = asyncio.ensure_future(self._wire(going, answers, now))
            try:
                await asyncio.shield(wire)
            except asyncio.CancelledError:  # what is on the wire is finished and recorded before anybody stops
                await wire
                raise

    async def _slots(
        self, composed: Sequence[Composed], answers: dict[str, Answer], now: Callable[[], datetime]
    ) -> list[Composed]:
        """Those whom the vendor's rate lets go within a second, after their wait."""
        real = self._clock.real_now().timestamp()
        slots = [
            rate.Slot(one.claim.channel, self._lines[one.claim.channel].per_second, real) for one in composed
        ]
        waits = await self._writer.ask_all(rate.reserve, slots)
        going: list[Composed] = []
        for one, wait in zip(composed, waits, strict=True):
            if wait is None:
                until = now() + self._clock.passing(timedelta(seconds=rate.AHEAD))
                answers[one.claim.want.send_key] = Answer("later", now(), one.claim.place.zone, until, "vendor's rate")
            else:
                going.append(one)
        longest = max((wait for wait in waits if wait), default=0.0)
        if longest:
            await asyncio.sleep(longest)
        return going

    async def _wire(
        self, composed: Sequence[Composed], answers: dict[str, Answer], now: Callable[[], datetime]
    ) -> None:
        """T2, the wire, T3."""
        dispatches = [
            Dispatch(one, now(), now() + self._clock.passing(self._lines[one.claim.channel].resolve_after))
            for one in composed
        ]
        loop = asyncio.get_running_loop()
        begun = loop.time()
        going: list[Dispatch] = []
        for one, verdict in zip(dispatches, await self._writer.ask_all(self._ledger.dispatch, dispatches), strict=True):
            claim = one.composed.claim
            if verdict.result == "go":
                going.append(one)
            else:
                answers[claim.want.send_key] = Answer("later", now(), claim.place.zone, verdict.until, verdict.reason)
        if loop.time() - begun > _FRESH:
            outcomes = [self._unsent(one, now()) for one in going]
        elif len(going) == 1:
            outcomes = [await self._carry(going[0], now)]
        else:
            outcomes = list(await asyncio.gather(*(self._carry(one, now) for one in going)))
        if outcomes:
            await self._record(outcomes, answers)

    async def _carry(self, one: Dispatch, now: Callable[[], datetime]) -> Outcome:
        claim, line = one.composed.claim, self._lines[one.composed.claim.channel]
        answered = await line.transport.carry(line.provider.build(one.composed.outgoing))
        verdict = line.provider.classify(answered)
        if isinstance(answered, WireFailure):
            _LOG.warning("message %s: %s", claim.message_id, answered.detail)
        match verdict:
            case Accepted(vendor_id):
                return self._outcome(claim, MessageState.accepted, now(), vendor_id=vendor_id)
            case Rejected(code, reason, _, suppress):
                address = (claim.channel, claim.address) if suppress else None
                return self._outcome(
                    claim, MessageState.rejected, now(), code=code, reason=reason, suppress=address
                )
            case Unprocessed(code, reason, retry_after):
                pause = retry_after if retry_after is not None else min(2.0**claim.attempts, _SLOWEST)
                until = now() + self._clock.passing(timedelta(seconds=pause))
                return self._outcome(claim, MessageState.claimed, now(), code=code, reason=reason, until=until)
            case Ambiguous(code, reason):
                until = min(now() + self._clock.passing(_FIRST_LOOK), one.resolve_by)
                return self._outcome(
                    claim, MessageState.unknown, now(), code=code, reason=reason, until=until, resolve_by=one.resolve_by
                )
            case _:
                assert_never(verdict)

    def _unsent(self, one: Dispatch, now: datetime) -> Outcome:
        """Dispatched, but so long ago that somebody may have looked it up: it stays unknown and is looked up itself."""
        return self._outcome(
            one.composed.claim,
            MessageState.unknown,
            now,
            reason="too late for the wire",
            until=now + self._clock.passing(_FIRST_LOOK),
            resolve_by=one.resolve_by,
        )

    @staticmethod
    def _outcome(claim: Claim, state: MessageState, at: datetime, **more: Any) -> Outcome:
        return Outcome(claim.message_id, claim.want.send_key, claim.want.owner, state, at, claim.place.zone, **more)

    async def _record(self, outcomes: Sequence[Outcome], answers: dict[str, Answer]) -> None:
        by_message = await self._writer.ask_all(self._ledger.record, outcomes)
        for outcome, answer in zip(outcomes, by_message, strict=True):
            answers[outcome.send_key] = answer
