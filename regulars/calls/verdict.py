"""What does it mean, what came of a call? Done, failed for good, or to be tried again, and when."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, assert_never

from regulars.calls.wire import Came, Refused, Replied, Unanswered
from regulars.clock import Clock
from regulars.delivery.providers.answers import retry_after

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3_600.0  # real seconds between tries; each is twice as long as the one before
_AGAIN = frozenset(
    {408, 425, 429}
)  # the request was good and came at a bad time (RFC 9110, 15.5.9; RFC 8470; RFC 6585)


@dataclass(frozen=True, slots=True)
class Trying:
    """One call's tries. `number`: of the one that was made, from 1; `expires`: shop time after which none follows."""

    call_id: str
    number: int
    expires: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """`word`: what is on record of it; `reason`: what its walk is told; `until`: when to try again."""

    result: Literal["done", "failed", "later"]
    word: str
    reason: str = ""
    until: datetime | None = None
    status: int | None = None


def judge(came: Came, trying: Trying, now: datetime, clock: Clock) -> Verdict:
    """The verdict at shop time `now`. An answer of 2xx is taken for received; 3xx and 4xx will not change."""
    match came:
        case Refused(reason):
            return Verdict("failed", f"{reason}, failed", reason)
        case Unanswered(reason):
            return _again(reason, trying, now, clock)
        case Replied(status, headers):
            if 200 <= status < 300:
                return Verdict("done", str(status), status=status)
            if status < 500 and status not in _AGAIN:
                return Verdict("failed", f"{status}, failed", str(status), status=status)
            asked = retry_after(headers, clock.real_now()) if status in (429, 503) else None
            return _again(str(status), trying, now, clock, asked, status)
        case _:
            assert_never(came)


def _again(
    reason: str, trying: Trying, now: datetime, clock: Clock, asked: float | None = None, status: int | None = None
) -> Verdict:
    """Later, ever less often, the last time when it expires. Who names a time is not called before, nor after it
    expired."""
    pause = pause_after(trying) if asked is None else asked
    until = now + clock.passing(timedelta(seconds=pause))
    if now >= trying.expires or (asked is not None and until > trying.expires):
        return Verdict("failed", f"{reason}, given up", f"given up: {reason}", status=status)
    until = until if asked is not None else min(until, trying.expires)
    return Verdict("later", f"{reason}, again", reason, until, status)


def pause_after(trying: Trying) -> float:
    """Real seconds until the next try: by chance up to a quarter more, so that those whom one outage held up do not
    come back as one; the same for the same try."""
    growing = min(FIRST_PAUSE * 2.0 ** min(trying.number - 1, 20), LONGEST_PAUSE)
    return growing * (1 + zlib.crc32(f"{trying.call_id}/{trying.number}".encode()) / 2**34)
