"""What became of a message whose fate nobody recorded? By what a look-up proves, else by the step's policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from regulars.delivery import message_rows, outcomes
from regulars.delivery.sent import Sent, Tell, Teller
from regulars.delivery.want import Case, Fate, Settling
from regulars.engine.act import Answer
from regulars.store.messages import FINAL, Message, MessageState
from regulars.store.statements import save
from regulars.walks import turn

Row = dict[str, Any]
_READ = ("attempts", "resent_at", "resolve_by")
_WRITTEN = ("state", "reason", "code", "vendor_id", "accepted_at", "resent_at")


def fate(case: Case, message: Row) -> Fate:
    """What there is to look up by. The row counts, not the step, which may have been edited since."""
    return Fate(
        want=case.want,
        message_id=message["id"],
        channel=message["channel"],
        address=message["address"],
        sender=message["sender"] or "",
        body=message["body"] or "",
        zone=case.place.zone,
        dispatched_at=message["dispatched_at"],
        resolve_by=message["resolve_by"],
        purpose=message["purpose"],
        attempts=message["attempts"],
        customer=message["customer_id"],
        template=message["template"],
        over=case.want.leaving or turn.over(case.play, case.enrollment) is not None,
    )


def settle(connection: Connection, found: Sequence[Settling], teller: Teller) -> list[Answer | None]:
    """None: it is free, claim it anew. `later` while nobody knows."""
    there = [one for one in found if one.found.state == "accepted"]
    tell = _hold(connection, there, teller)
    rows = message_rows.by_id(connection, {one.fate.message_id for one in found}, *_READ, *_WRITTEN)
    changed: dict[str, Row] = {}
    answers: list[Answer | None] = []
    for one in found:
        row = rows.get(one.fate.message_id)
        # What was looked up is one dispatch: of a later one it proves nothing.
        if row is not None and row["state"] == MessageState.unknown and row["attempts"] == one.fate.attempts:
            row |= _settled(one, row)
            changed[row["id"]] = row
        answers.append(_answer(one, row))
    save(connection, Message, changed.values(), *_WRITTEN)
    went = {one.fate.message_id: one.fate for one in there if one.fate.message_id in changed}
    tell([_sent(fate) for fate in went.values()])
    return answers


def _hold(connection: Connection, there: Sequence[Settling], teller: Teller) -> Tell:
    if not there:
        return lambda told: None
    going = [(one.fate.channel, one.fate.customer) for one in there]
    return teller.hold(connection, going, max(one.now for one in there))


def _sent(fate: Fate) -> Sent:
    want = fate.want
    return Sent(
        fate.message_id, fate.customer, fate.channel, want.journey, want.step, fate.template, fate.dispatched_at
    )


def _settled(one: Settling, row: Row) -> Row:
    """The vendor's record decides; without one, when the time has run out, the step's policy: marketing goes at most
    once, service at least once, and is sent again once, unless its walk is over."""
    if one.found.state == "accepted":
        accepted = {"state": MessageState.accepted, "accepted_at": one.fate.dispatched_at, "code": None, "reason": None}
        return {**accepted, "vendor_id": one.found.vendor_id or row["vendor_id"]}
    if one.found.state == "absent":
        return {"state": MessageState.claimed, "reason": "was never taken"}
    if one.now < one.fate.resolve_by:
        return {}
    if one.fate.purpose == "service" and row["resent_at"] is None and not one.fate.over:
        return {"state": MessageState.claimed, "reason": "sent again: fate unknown", "resent_at": one.now}
    return {"state": MessageState.given_up, "code": None, "reason": "fate unknown"}


def _answer(one: Settling, row: Row | None) -> Answer | None:
    zone = one.fate.zone
    if row is None:  # erased meanwhile
        return Answer("left", one.now, zone, reason="unknown")
    if row["state"] in FINAL:
        return outcomes.answer(row, one.now, zone)
    if row["state"] in (MessageState.unknown, MessageState.dispatching):
        return Answer("later", one.now, zone, one.ask_again, "fate unknown")
    return None
