"""What did the vendor say of a message? The third transaction, and what a message's row answers to its walk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from regulars.customers import consents
from regulars.delivery import message_rows
from regulars.delivery.sent import Sent, Teller
from regulars.delivery.want import Outcome
from regulars.engine.act import Answer, Result
from regulars.journeys.channels import TRAITS_OF
from regulars.store.decisions import decision
from regulars.store.enrollments import Decision
from regulars.store.messages import FINAL, Message, MessageState
from regulars.store.statements import add, save

Row = dict[str, Any]
_SAID: dict[str, Result] = {
    MessageState.accepted: "done",
    MessageState.skipped: "skipped",
    MessageState.rejected: "failed",
    MessageState.failed: "failed",
    MessageState.given_up: "failed",
}
_READ = ("state", "owner", "attempts", "reason", "code", "vendor_id", "accepted_at", "counted_at")
_ACCEPTED = ("state", "reason", "code", "vendor_id", "accepted_at")
_OTHERWISE = ("state", "reason", "code", "resolve_by", "ready_at")


def answer(row: Row, now: datetime, zone: str) -> Answer:
    """What a row in a final state says to its walk: the next wait counts from when the message went.

    A vendor's own sentence stays in the database: answers are kept by Temporal, and hold no personal data.
    """
    at = row["accepted_at"] if row["state"] == MessageState.accepted else now
    return Answer(_SAID[row["state"]], at or now, zone, reason=row["code"] or row["reason"] or "")


def record(connection: Connection, came: Sequence[Outcome], teller: Teller) -> list[Answer]:
    """One answer an outcome. What a callback settled first stays settled."""
    taken = {one.claim.message_id: one for one in came if one.state == MessageState.accepted}
    going = [(one.claim.channel, one.claim.case.customer["id"]) for one in taken.values()]
    tell = teller.hold(connection, going, max(one.at for one in taken.values())) if taken else None
    columns = _READ if all(one.state == MessageState.accepted for one in came) else (*_READ, "resolve_by", "ready_at")
    rows = message_rows.by_id(connection, {one.claim.message_id for one in came}, *columns)
    uncounted = {row["id"] for row in rows.values() if row["counted_at"] is None}
    changed: dict[str, Row] = {}
    answers: list[Answer] = []
    refused: list[Row] = []
    for one in came:
        row = rows.get(one.claim.message_id)
        if row is not None and _holds(one, row):
            row |= change(one, row)
            changed[row["id"]] = row
            refused += [refusal(one, one.gate)] if one.gate else []
        answers.append(_answer(one, row))
    accepted = [row for row in changed.values() if row["state"] == MessageState.accepted]
    save(connection, Message, accepted, *_ACCEPTED)
    save(connection, Message, [row for row in accepted if row["id"] in uncounted], "counted_at")
    save(connection, Message, [row for row in changed.values() if row["state"] != MessageState.accepted], *_OTHERWISE)
    add(connection, Decision, refused)
    if tell is not None:
        tell([sent_of(taken[row["id"]], row["accepted_at"]) for row in accepted])
    consents.suppress(connection, [_suppression(one) for one in came if one.suppress])
    return answers


def _holds(one: Outcome, row: Row) -> bool:
    """Does the outcome tell of the message as it is now? A claim belongs to its owner. A dispatch is told of by whoever
    made it, even after another attempt took over, until it is dispatched anew. And that the vendor has it is always so.
    """
    if row["state"] == MessageState.accepted:
        return False
    if one.state == MessageState.accepted:
        return True
    if one.attempt is None:
        return bool(row["state"] == MessageState.claimed and row["owner"] == one.claim.want.owner)
    on_the_way = row["state"] in (MessageState.dispatching, MessageState.unknown)
    return on_the_way and bool(row["attempts"] == one.attempt)


def change(one: Outcome, row: Row) -> Row:
    """What a message's row says anew, of an outcome that tells of it."""
    changes: Row = {"state": one.state, "code": one.code, "reason": one.reason}
    if one.state == MessageState.accepted:
        changes |= {"accepted_at": one.at, "vendor_id": one.vendor_id or row["vendor_id"]}
        changes |= {"counted_at": row["counted_at"] or one.at}
    if one.state == MessageState.unknown:
        changes |= {"resolve_by": one.resolve_by}
    if one.state == MessageState.claimed:
        changes |= {"ready_at": one.until or one.at}
    return changes


def _answer(one: Outcome, row: Row | None) -> Answer:
    zone = one.claim.case.place.zone
    if row is None:  # erased meanwhile, with all that was known of the customer
        return Answer("left", one.at, zone, reason="unknown")
    if row["state"] in FINAL:
        return answer(row, one.at, zone)
    if row["state"] == one.state:
        return Answer("later", one.at, zone, one.until or one.at, one.code or one.reason or "")
    return Answer("later", one.at, zone, one.at, "claimed by another")


def refusal(one: Outcome, gate: str) -> Row:
    """What a gate had to say that could be asked only once the message was rendered."""
    want, last_word = one.claim.want, one.claim.last_word
    return decision(
        one.at,
        want.journey,
        gate,
        f"{one.state}: {one.reason}",
        customer=one.claim.case.customer["id"],
        enrollment=want.enrollment,
        step=want.step,
        seen={"last_word": last_word.isoformat() if last_word else None},
    )


def sent_of(one: Outcome, at: datetime) -> Sent:
    """What is told of a message that the vendor took."""
    claim, want = one.claim, one.claim.want
    who = claim.case.customer["id"]
    return Sent(claim.message_id, who, claim.channel, want.journey, want.step, claim.send.template, at)


def _suppression(one: Outcome) -> Row:
    return {
        "channel": one.claim.channel,
        "address": one.claim.address,
        "reason": "stopped" if TRAITS_OF[one.claim.channel].form == "text" else "bounced",
        "source": f"vendor: {one.code}",
        "occurred_at": one.at,
    }
