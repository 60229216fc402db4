"""What became of each message? The state machine's three short transactions around the wire, and what settles doubt.

T1 `claim`: gate and claim. T2 `dispatch`: only what goes on the wire now, fenced by the owner, so that a zombie's claim is
worth nothing. T3 `record`: what the vendor said. A kill after T1 is unambiguous; after T2 the fate is unknown, until a
callback or a look-up tells, or its time runs out and the step's policy decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from regulars.customers import consents
from regulars.delivery import dossier as dossiers
from regulars.delivery import gate
from regulars.delivery.dossier import Dossier
from regulars.delivery.gate import Case
from regulars.delivery.providers.base import Found
from regulars.delivery.want import RANK, Claim, Composed, Fate, Want
from regulars.engine.act import Answer, Result
from regulars.ids import new_id
from regulars.store.decisions import decision
from regulars.store.enrollments import Decision
from regulars.store.messages import FINAL, Message, MessageState, ShortLink
from regulars.store.shelf import Shelf
from regulars.store.statements import add, add_new, insert, locked, table
from regulars.walks.turn import Verdict

Row = dict[str, Any]
_SAID: dict[str, Result] = {
    MessageState.accepted: "done",
    MessageState.skipped: "skipped",
    MessageState.rejected: "failed",
    MessageState.failed: "failed",
    MessageState.given_up: "failed",
}
_INSERTED = (
    *("id", "send_key", "enrollment_id", "customer_id", "journey", "version", "step", "visit", "channel", "purpose"),
    *("priority", "attempts", "template", "due_at", "state", "reason", "code", "owner", "address", "held_until"),
    *("ready_at", "counted_at", "resolve_by"),
)
_WRITTEN = ("state", "reason", "code", "owner", "address", "held_until", "ready_at", "counted_at", "resolve_by")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be recorded of a message that `owner` put, or could not put, on the wire."""

    message_id: str
    send_key: str
    owner: str
    state: MessageState
    at: datetime
    zone: str
    vendor_id: str | None = None
    code: str | None = None
    reason: str | None = None
    until: datetime | None = None
    resolve_by: datetime | None = None
    suppress: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A composed message on its way to the wire at `now`; unsettled after `resolve_by`, it is given up or sent again."""

    composed: Composed
    now: datetime
    resolve_by: datetime


@dataclass(frozen=True, slots=True)
class Settling:
    """What was found out about a fate at `now`; unsettled it is asked again at `ask_again`."""

    fate: Fate
    found: Found
    now: datetime
    ask_again: datetime


class Ledger:
    """The set-based transactions."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def claim(self, connection: Connection, wants: Sequence[Want]) -> list[Answer | Claim | Fate]:
        """T1. An answer where nothing is to be sent now, a claim where it is, a fate where it must be found out first."""
        shown = self._shelf.live(connection)
        dossier = dossiers.read(connection, shown, wants)
        plays = {want: self._shelf.play(connection, want.journey, want.version) for want in set(wants)}
        cases = {want: gate.case_of(connection, dossier, plays[want], want) for want in set(wants)}
        said: dict[Want, Answer | Claim | Fate] = {}
        rows: dict[str, Row] = {}
        decisions: list[Row] = []
        for want in sorted(cases, key=lambda want: (RANK[plays[want].journey.priority], cases[want].due)):
            said[want] = self._one(cases[want], dossier, rows, decisions)
        _write(connection, list(rows.values()))
        add(connection, Decision, decisions)
        return [said[want] for want in wants]

    def _one(
        self, case: Case, dossier: Dossier, rows: dict[str, Row], decisions: list[Row]
    ) -> Answer | Claim | Fate:
        want, message = case.want, case.message
        if message and message["state"] in FINAL:
            return Answer(_SAID[message["state"]], want.now, case.place.zone, reason=message["reason"] or "")
        if message and message["state"] in (MessageState.dispatching, MessageState.unknown):
            rows[want.send_key] = {**message, "state": MessageState.unknown, "owner": want.owner}
            return _fate(case, message)
        verdict = gate.judge(case, dossier)
        if verdict.result == "go":
            row = _row(case, MessageState.claimed)
            row["counted_at"] = want.now
            rows[want.send_key] = row
            dossier.counted.setdefault((row["customer_id"], row["channel"]), []).append((want.now, want.send_key))
            return _claimed(case, dossier, row)
        decisions.append(_decided(case, verdict))
        return _refused(case, verdict, rows)

    def dispatch(self, connection: Connection, dispatches: Sequence[Dispatch]) -> list[Verdict]:
        """T2. `go`: it is on record as on the wire, put it there. Else suppression or a brake came between, or the claim
        is no longer this owner's."""
        ids = sorted(one.composed.claim.message_id for one in dispatches)
        of = table(Message)
        query = select(of.c.id, of.c.state, of.c.owner).where(of.c.id.in_(ids)).order_by(of.c.id)
        rows = {row.id: row for row in connection.execute(locked(connection, query))}
        addresses = {(one.composed.claim.channel, one.composed.claim.address) for one in dispatches}
        suppressed, brakes = consents.suppressed(connection, addresses), dossiers.brakes(connection)
        said: list[Verdict] = []
        going: list[Dispatch] = []
        for one in dispatches:
            claim = one.composed.claim
            row = rows.get(claim.message_id)
            if row is None or row.state != MessageState.claimed or row.owner != claim.want.owner:
                said.append(Verdict("later", "claim", "claimed by another", until=one.now))
            elif (claim.channel, claim.address) in suppressed:
                said.append(Verdict("later", "suppression", "suppressed meanwhile", until=one.now))
            elif claim.channel in brakes or "all" in brakes:
                said.append(Verdict("later", "brake", "stopped meanwhile", until=one.now))
            else:
                said.append(Verdict("go"))
                going.append(one)
        _go(connection, going)
        return said

    def settle(self, connection: Connection, found: Sequence[Settling]) -> list[Answer | None]:
        """What a look-up told of an unknown message. None: it is proved absent, or to be sent again: claim it anew."""
        of = table(Message)
        ids = sorted({one.fate.message_id for one in found})
        query = locked(connection, select(of).where(of.c.id.in_(ids)).order_by(of.c.id))
        rows = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
        answers: list[Answer | None] = []
        for one in found:
            row = rows[one.fate.message_id]
            if row["state"] == MessageState.unknown:
                row |= _settled(one)
            said = _SAID.get(row["state"])
            if said is not None:
                answers.append(Answer(said, one.now, one.fate.zone, reason=row["reason"] or ""))
            elif row["state"] == MessageState.unknown:
                answers.append(Answer("later", one.now, one.fate.zone, one.ask_again, "fate unknown"))
            else:
                answers.append(None)
        _save(connection, list(rows.values()))
        return answers

    def record(self, connection: Connection, outcomes: Sequence[Outcome]) -> list[Answer]:
        """T3. What a callback settled first stays settled."""
        of = table(Message)
        ids = sorted({outcome.message_id for outcome in outcomes})
        query = locked(connection, select(of).where(of.c.id.in_(ids)).order_by(of.c.id))
        rows = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
        answers, changed, suppressions = [], [], []
        for outcome in outcomes:
            row = rows[outcome.message_id]
            if row["state"] in FINAL:
                answers.append(Answer(_SAID[row["state"]], outcome.at, outcome.zone, reason=row["reason"] or ""))
                continue
            if row["owner"] != outcome.owner:  # another attempt has it now, and will find out
                answers.append(Answer("later", outcome.at, outcome.zone, outcome.at, "claimed by another"))
                continue
            row |= _recorded(outcome, row)
            changed.append(row)
            if outcome.suppress:
                suppressions.append(_suppression(outcome))
            answers.append(_said(outcome))
        _save(connection, changed)
        consents.suppress(connection, suppressions)
        return answers


def _fate(case: Case, message: Row) -> Fate:
    return Fate(
        case.want,
        message["id"],
        case.send.kind,
        message["address"],
        message["sender"] or "",
        message["body"] or "",
        case.place.zone,
        message["dispatched_at"],
        message["resolve_by"],
        case.send.purpose,
    )


def _claimed(case: Case, dossier: Dossier, row: Row) -> Claim:
    return Claim(
        case.want,
        row["id"],
        case.send.kind,
        row["address"],
        row["attempts"],
        case.send,
        case.play,
        dossier.roll.house,
        case.place,
        case.names,
    )


def _row(case: Case, state: MessageState) -> Row:
    """The message's row in `state`, wanted anew."""
    want, old = case.want, case.message
    return {
        "id": old["id"] if old else new_id(),
        "send_key": want.send_key,
        "enrollment_id": want.enrollment,
        "customer_id": case.customer["id"],
        "journey": want.journey,
        "version": want.version,
        "step": want.step,
        "visit": want.visit,
        "channel": case.send.kind,
        "purpose": case.send.purpose,
        "priority": RANK[case.play.journey.priority],
        "state": state,
        "reason": None,
        "code": None,
        "owner": want.owner,
        "attempts": old["attempts"] if old else 0,
        "address": case.address,
        "template": case.send.template,
        "due_at": case.due,
        "ready_at": want.due,
        "held_until": None,
        "counted_at": None,
        "resolve_by": None,
    }


def _refused(case: Case, verdict: Verdict, rows: dict[str, Row]) -> Answer:
    """Held back or skipped: on the message's row. Out of the walk: no message at all, unless it was held before."""
    want, zone = case.want, case.place.zone
    if verdict.result == "later":
        row = _row(case, MessageState.held) | {"reason": verdict.reason, "held_until": verdict.until}
        rows[want.send_key] = row
        return Answer("later", want.now, zone, verdict.until, verdict.reason)
    if verdict.result == "skipped" or case.message:
        rows[want.send_key] = _row(case, MessageState.skipped) | {"reason": verdict.reason}
    result: Result = "skipped" if verdict.result == "skipped" else "goal" if verdict.result == "goal" else "left"
    return Answer(result, want.now, zone, reason=verdict.reason)


def _decided(case: Case, verdict: Verdict) -> Row:
    want, until = case.want, {"until": verdict.until.isoformat()} if verdict.until else {}
    return decision(
        want.now,
        want.journey,
        verdict.gate,
        f"{verdict.result}: {verdict.reason}" if verdict.reason else verdict.result,
        customer=case.customer["id"],
        enrollment=want.enrollment,
        step=want.step,
        seen={**(verdict.seen or {}), **until},
    )


def _write(connection: Connection, rows: list[Row]) -> None:
    if not rows:
        return
    slim = [{name: row[name] for name in _INSERTED} for row in rows]
    statement = insert(connection, Message)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["send_key"], set_={name: statement.excluded[name] for name in _WRITTEN}
        ),
        slim,
    )


def _go(connection: Connection, dispatches: Sequence[Dispatch]) -> None:
    if not dispatches:
        return
    of = table(Message)
    kept = ("state", "dispatched_at", "resolve_by", "attempts", "locale", "template_version")
    kept += ("segments", "sender", "subject", "body")
    statement = of.update().where(of.c.id == bindparam("of_id")).values({name: bindparam(f"to_{name}") for name in kept})
    connection.execute(
        statement,
        [
            {
                "of_id": one.composed.claim.message_id,
                "to_state": MessageState.dispatching,
                "to_dispatched_at": one.now,
                "to_resolve_by": one.resolve_by,
                "to_attempts": one.composed.claim.attempts + 1,
                "to_locale": one.composed.locale,
                "to_template_version": one.composed.template_version,
                "to_segments": one.composed.segments,
                "to_sender": one.composed.outgoing.sender,
                "to_subject": one.composed.outgoing.subject,
                "to_body": one.composed.outgoing.text if one.composed.claim.channel == "sms" else None,
            }
            for one in dispatches
        ],
    )
    links = [
        {"code": code, "message_id": one.composed.claim.message_id, "url": url}
        for one in dispatches
        for code, url in one.composed.links
    ]
    add_new(connection, ShortLink, links, "code")


def _settled(one: Settling) -> Row:
    """The vendor's record decides; without one, when the time has run out, the step's policy: marketing goes at most
    once, service at least once."""
    if one.found.state == "accepted":
        return {"state": MessageState.accepted, "vendor_id": one.found.vendor_id, "accepted_at": one.now, "reason": None}
    if one.found.state == "absent":
        return {"state": MessageState.claimed, "reason": "was never taken"}
    if one.now < one.fate.resolve_by:
        return {}
    if one.fate.purpose == "service":
        return {"state": MessageState.claimed, "reason": "sent again: fate unknown"}
    return {"state": MessageState.given_up, "reason": "fate unknown"}


def _recorded(outcome: Outcome, row: Row) -> Row:
    changes: Row = {"state": outcome.state, "code": outcome.code, "reason": outcome.reason}
    if outcome.state == MessageState.accepted:
        changes |= {"accepted_at": outcome.at, "vendor_id": outcome.vendor_id or row["vendor_id"]}
    if outcome.state == MessageState.unknown:
        changes |= {"resolve_by": outcome.resolve_by}
    if outcome.state == MessageState.claimed:
        changes |= {"ready_at": outcome.until or outcome.at}
    return changes


def _said(outcome: Outcome) -> Answer:
    if outcome.state in FINAL:
        return Answer(_SAID[outcome.state], outcome.at, outcome.zone, reason=outcome.reason or "")
    return Answer("later", outcome.at, outcome.zone, outcome.until, outcome.reason or "")


def _suppression(outcome: Outcome) -> Row:
    channel, address = outcome.suppress or ("", "")
    return {
        "channel": channel,
        "address": address,
        "reason": "stopped" if channel == "sms" else "bounced",
        "source": f"vendor: {outcome.code}",
        "occurred_at": outcome.at,
    }


def _save(connection: Connection, rows: list[Row]) -> None:
    if not rows:
        return
    of = table(Message)
    names = ("state", "code", "reason", "accepted_at", "vendor_id", "resolve_by", "ready_at")
    statement = of.update().where(of.c.id == bindparam("of_id")).values({name: bindparam(f"to_{name}") for name in names})
    connection.execute(statement, [{"of_id": row["id"], **{f"to_{name}": row[name] for name in names}} for row in rows])
