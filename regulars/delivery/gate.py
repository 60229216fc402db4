"""May this message go, now? The gates in their order, judged afresh each time it is asked.

Goal and leave, `while`, `if`, consent, suppression, staleness, brake, caps, quiet hours. What falls is on record with the
values it saw. A cap or a quiet hour delays; it does not swallow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from regulars.customers.context import Surroundings
from regulars.delivery.dossier import Dossier
from regulars.delivery.quiet import held_until
from regulars.delivery.want import RANK, Want
from regulars.journeys.model import Channel, Send
from regulars.journeys.play import Play
from regulars.walks import turn
from regulars.walks.turn import Verdict

Row = dict[str, Any]
_BRAKED = timedelta(minutes=5)  # how soon a stopped or paused message asks again
_RIVAL = timedelta(minutes=1)  # how soon one asks again that let another go first
_ADDRESS: dict[Channel, str] = {"email": "email", "sms": "phone"}


@dataclass(frozen=True, slots=True)
class Case:
    """One want, with what the gates look at."""

    want: Want
    play: Play
    send: Send
    enrollment: Row
    customer: Row
    message: Row | None
    place: Surroundings
    names: Row

    @property
    def address(self) -> str | None:
        found: str | None = self.customer[_ADDRESS[self.send.kind]]
        return found

    @property
    def due(self) -> datetime:
        """When it was first wanted."""
        return self.message["due_at"] if self.message else self.want.due


def case_of(connection: Connection, dossier: Dossier, play: Play, want: Want) -> Case:
    """What the gates look at for one want."""
    rows = dossier.roll
    enrollment, customer, place = rows.enrollments[want.enrollment], rows.customer(want.enrollment), rows.place(want.enrollment)
    names = rows.names(connection, want.enrollment, place, want.now)
    message = dossier.messages.get(want.send_key)
    return Case(want, play, play.send(want.step), enrollment, customer, message, place, names)


def judge(case: Case, dossier: Dossier) -> Verdict:
    """Through the gates, in order; the first that does not let it pass has the say."""
    return (
        turn.over(case.play, case.enrollment)
        or turn.guard(case.play, case.names)
        or turn.condition("if", "skipped", case.play.tests.get(case.want.step), case.names)
        or _consent(case, dossier)
        or _suppression(case, dossier)
        or _staleness(case, dossier)
        or _brake(case, dossier)
        or _cap(case, dossier)
        or _quiet(case, dossier)
        or Verdict("go")
    )


def _consent(case: Case, dossier: Dossier) -> Verdict | None:
    channel = case.send.kind
    if not case.address:
        return Verdict("skipped", "consent", f"no {_ADDRESS[channel]}")
    if case.send.purpose == "service":
        return None
    standing = dossier.consents.get((case.customer["id"], channel))
    if standing is None:
        return Verdict("skipped", "consent", "no consent")
    if not standing.granted:
        seen = {"source": standing.source, "occurred_at": standing.occurred_at.isoformat()}
        return Verdict("skipped", "consent", "consent withdrawn", seen=seen)
    return None


def _suppression(case: Case, dossier: Dossier) -> Verdict | None:
    reason = dossier.suppressed.get((case.send.kind, case.address or ""))
    return Verdict("skipped", "suppression", f"suppressed: {reason}") if reason else None


def expiry(case: Case, dossier: Dossier) -> datetime | None:
    """When the message is stale, if ever: its own `valid_for`, else the house's."""
    valid = case.send.valid_for or dossier.roll.house.valid_for.get(case.send.kind)
    return case.due + valid.elapsed if valid else None


def _staleness(case: Case, dossier: Dossier) -> Verdict | None:
    expires = expiry(case, dossier)
    if expires is None or case.want.now < expires:
        return None
    held = case.message["reason"] if case.message else None
    return Verdict("skipped", "staleness", "stale", seen={"due": case.due.isoformat(), "held_by": held})


def _brake(case: Case, dossier: Dossier) -> Verdict | None:
    for scope in (case.send.kind, "all"):
        if scope in dossier.brakes:
            return _later(case, dossier, "brake", f"{scope} stopped", case.want.now + _BRAKED)
    if case.play.journey.id in dossier.paused:
        return _later(case, dossier, "pause", "journey paused", case.want.now + _BRAKED)
    return None


def _cap(case: Case, dossier: Dossier) -> Verdict | None:
    cap = dossier.roll.house.caps.get(case.send.kind)
    if cap is None or case.send.purpose == "service":
        return None
    whose, now = (case.customer["id"], case.send.kind), case.want.now
    counted = sorted(
        (at, key) for at, key in dossier.counted.get(whose, []) if at > now - cap.per.elapsed and key != case.want.send_key
    )
    if len(counted) >= cap.most:
        free, other = counted[len(counted) - cap.most]
        seen = {"cap": f"{cap.most} per {cap.per}", "by": other}
        return _later(case, dossier, "cap", f"{case.send.kind} cap", free + cap.per.elapsed, seen)
    room = cap.most - len(counted)
    mine = (RANK[case.play.journey.priority], case.due)
    first = [
        row["send_key"]
        for row in dossier.held.get(whose, [])
        if row["send_key"] != case.want.send_key
        and row["held_until"] <= now
        and (row["priority"], row["due_at"]) < mine
    ]
    if len(first) >= room:
        return _later(case, dossier, "cap", "another goes first", now + _RIVAL, {"by": first[0]})
    return None


def _quiet(case: Case, dossier: Dossier) -> Verdict | None:
    channel, customer = case.send.kind, case.customer
    quiet = dossier.roll.house.quiet_hours.get(channel)
    country, province = (customer["country"], customer["province"]) if case.send.purpose == "marketing" else (None, None)
    until = held_until(case.want.now, case.place.zone, quiet, channel, country, province)
    return _later(case, dossier, "quiet hours", "quiet hours", until, {"zone": case.place.zone}) if until else None


def _later(
    case: Case, dossier: Dossier, gate: str, reason: str, until: datetime, seen: Row | None = None
) -> Verdict:
    """Held back, but never past the instant at which the message is stale."""
    expires = expiry(case, dossier)
    return Verdict("later", gate, reason, min(until, expires) if expires else until, seen)
