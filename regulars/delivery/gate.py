"""May this message go, now? The gates in their order, judged afresh each time it is asked.

Goal and leave, `while`, `if`, holdout, consent, suppression, staleness, brake, caps, quiet hours. What falls is on
record with the values it saw. A cap or a quiet hour delays; it does not swallow.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from regulars.delivery.dossier import Dossier
from regulars.delivery.legal_hours import is_regulated
from regulars.delivery.quiet import NeverOpen, held_until
from regulars.delivery.want import RANK, Case
from regulars.journeys.channels import TRAITS_OF, sender_word
from regulars.walks import turn
from regulars.walks.lots import draw, kept_from_marketing
from regulars.walks.turn import Verdict

Row = dict[str, Any]
_SHUT = timedelta(days=1)  # no hour of the week is open: until somebody mends the house's quiet hours


def judge(case: Case, dossier: Dossier) -> Verdict:
    """Through the gates, in order; the first that does not let it pass has the say."""
    return (
        turn.over(case.play, case.enrollment)
        or turn.guard(case.play, case.names)
        or turn.condition("if", "skipped", case.play.tests.get(case.want.step), case.names)
        or kept_from(case, dossier)
        or _staleness(case)
        or _brake(case, dossier)
        or _cap(case, dossier)
        or _quiet(case)
        or Verdict("go")
    )


def judge_again(case: Case, dossier: Dossier) -> Verdict:
    """Right before the wire, of what was let through a moment ago: whatever may have changed since."""
    return (
        turn.over(case.play, case.enrollment)
        or _consent(case, dossier)
        or _suppression(case, dossier)
        or _staleness(case)
        or _brake(case, dossier)
        or _quiet(case)
        or Verdict("go")
    )


def kept_from(case: Case, dossier: Dossier) -> Verdict | None:
    """What keeps the message from its customer at whatever hour: holdout, sender, address, consent, suppression."""
    return _holdout(case) or _consent(case, dossier) or _suppression(case, dossier)


def _holdout(case: Case) -> Verdict | None:
    """Who is held out of a journey does not walk it; this is for marketing in one that serves them too."""
    if case.send.purpose == "marketing" and kept_from_marketing(case.house, case.customer["id"]):
        seen = draw(case.house, case.customer["id"], "house", case.play.journey)
        return Verdict("skipped", "holdout", "held out", seen=dict(seen))
    return None


def _consent(case: Case, dossier: Dossier) -> Verdict | None:
    channel = case.send.kind
    if channel not in case.place.senders:
        return Verdict("skipped", "sender", f"no {sender_word(channel)}")
    if not case.address:
        return Verdict("skipped", "consent", f"no {TRAITS_OF[channel].address}")
    if case.send.purpose == "service":
        return None
    standing = dossier.consents.get((case.customer["id"], channel, case.address))
    if standing is None:
        return Verdict("skipped", "consent", "no consent")
    if not standing.granted:
        seen = {"source": standing.source, "occurred_at": standing.occurred_at.isoformat()}
        return Verdict("skipped", "consent", "consent withdrawn", seen=seen)
    return None


def _suppression(case: Case, dossier: Dossier) -> Verdict | None:
    reason = dossier.suppressed.get((case.send.kind, case.address or ""))
    return Verdict("skipped", "suppression", f"suppressed: {reason}") if reason else None


def _staleness(case: Case) -> Verdict | None:
    expires = case.expires
    if expires is None or case.now < expires:
        return None
    held = case.message["reason"] if case.message else None
    seen = {"due": case.due.isoformat(), "held_by": held, "expired": expires.isoformat()}
    return Verdict("skipped", "staleness", "stale", seen=seen)


def _brake(case: Case, dossier: Dossier) -> Verdict | None:
    until = case.now + dossier.pauses.braked
    for scope in (case.send.kind, "all"):
        if scope in dossier.brakes:
            return _later(case, "brake", f"{scope} stopped", until, {"reason": dossier.brakes[scope]})
    if case.play.journey.id in dossier.paused:
        return _later(case, "pause", "journey paused", until)
    return None


def _cap(case: Case, dossier: Dossier) -> Verdict | None:
    cap = case.house.caps.get(case.send.kind)
    if cap is None or case.send.purpose == "service":
        return None
    whose, now, mine = (case.customer["id"], case.send.kind), case.now, case.want.send_key
    if whose not in dossier.counted and whose not in dossier.held:
        return None
    since = now - cap.per.elapsed
    counted = sorted((at, key) for at, key in dossier.counted.get(whose, ()) if at > since and key != mine)
    if len(counted) >= cap.most:
        free, other = counted[len(counted) - cap.most]
        seen = {"cap": f"{cap.most} per {cap.per}", "by": other}
        return _later(case, "cap", f"{case.send.kind} cap", free + cap.per.elapsed, seen)
    ahead = _ahead(case, dossier)
    if len(ahead) >= cap.most - len(counted):
        seen = {"cap": f"{cap.most} per {cap.per}", "by": ahead[0]}
        return _later(case, "cap", "another goes first", now + dossier.pauses.behind, seen)
    return None


def _ahead(case: Case, dossier: Dossier) -> list[str]:
    """Who was held back, is free to go by now, and goes before this one: by priority, then by due time."""
    rank = (RANK[case.play.journey.priority], case.due)
    held = dossier.held.get((case.customer["id"], case.send.kind), {})
    return [
        key
        for key, row in held.items()
        if key != case.want.send_key and row["held_until"] <= case.now and (row["priority"], row["due_at"]) < rank
    ]


def _quiet(case: Case) -> Verdict | None:
    channel, customer, now = case.send.kind, case.customer, case.now
    marketing = case.send.purpose == "marketing"
    law = (customer["country"], customer["province"]) if marketing else (None, None)
    hours = case.house.quiet_hours.get(channel)
    seen: Row = {"zone": case.place.zone, "quiet_hours": f"{hours.start}-{hours.end}" if hours else None}
    if is_regulated(channel, law[0]):
        seen["law"] = law[0]
    try:
        until = held_until(now, case.place.zone, hours, channel, *law)
    except NeverOpen:
        return _later(case, "quiet hours", "no hour is open", now + _SHUT, seen)
    return _later(case, "quiet hours", "quiet hours", until, seen) if until else None


def _later(case: Case, gate: str, reason: str, until: datetime, seen: Row | None = None) -> Verdict:
    """Held back, but never past the instant at which the message is stale."""
    return Verdict("later", gate, reason, min(until, case.expires) if case.expires else until, seen)
