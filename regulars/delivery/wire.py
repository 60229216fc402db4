"""What came of putting one message on the wire? The vendor's answer, as the ledger records it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from regulars.clock import Clock
from regulars.delivery.providers.base import (
    Accepted,
    Ambiguous,
    Provider,
    Rejected,
    Transport,
    Unprocessed,
    Verdict,
    WireFailure,
)
from regulars.delivery.want import Dispatch, Outcome
from regulars.store.messages import MessageState

_LOG = logging.getLogger(__name__)
FIRST_LOOK = timedelta(seconds=5)  # real time until a message whose fate is unknown is first looked up
LONGEST_PAUSE = 60.0  # real seconds between tries of what was provably not taken


@dataclass(frozen=True, slots=True)
class Line:
    """One channel's way out. `resolve_after`: real time after which an unknown fate is left to the step's policy."""

    provider: Provider
    transport: Transport
    per_second: float
    resolve_after: timedelta = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Carried:
    """What is to be recorded. `out_of_order`: the account itself is wrong, and every other message will fare alike."""

    outcome: Outcome
    out_of_order: bool = False


async def carry(line: Line, one: Dispatch, clock: Clock, now: Callable[[], datetime]) -> Carried:
    """Put it on the wire. Never raises: what cannot be understood leaves the fate unknown."""
    try:
        answered = await line.transport.carry(one.request)
        if isinstance(answered, WireFailure):
            _LOG.warning("message %s: %s", one.claim.message_id, answered.detail)
        verdict = line.provider.classify(answered)
    except Exception as error:
        _LOG.exception("message %s: its fate is unknown", one.claim.message_id)
        verdict = Ambiguous("error", type(error).__name__)
    return Carried(_outcome(one, verdict, clock, now()), isinstance(verdict, Unprocessed) and verdict.config)


def _outcome(one: Dispatch, verdict: Verdict, clock: Clock, at: datetime) -> Outcome:
    claim, attempt = one.claim, one.attempt
    match verdict:
        case Accepted(vendor_id):
            return Outcome(claim, attempt, MessageState.accepted, at, vendor_id=vendor_id)
        case Rejected(code, reason, _, suppress):
            return Outcome(claim, attempt, MessageState.rejected, at, code=code, reason=reason, suppress=suppress)
        case Unprocessed(code, reason, retry_after, config):
            growing = LONGEST_PAUSE if config else min(2.0 ** min(claim.attempts, 10), LONGEST_PAUSE)
            pause = retry_after if retry_after is not None else growing
            until = at + clock.passing(timedelta(seconds=pause))
            return Outcome(claim, attempt, MessageState.claimed, at, code=code, reason=reason, until=until)
        case Ambiguous(code, reason):
            until = min(at + clock.passing(FIRST_LOOK), one.resolve_by)
            unknown, due = MessageState.unknown, one.resolve_by
            return Outcome(claim, attempt, unknown, at, code=code, reason=reason, until=until, resolve_by=due)
        case _:
            assert_never(verdict)
