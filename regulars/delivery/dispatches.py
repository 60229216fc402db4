"""May what was claimed a moment ago go on the wire now? The second transaction, which nothing passes by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from regulars.delivery import dossier, gate, message_rows, rate
from regulars.delivery.dossier import Dossier, Pauses
from regulars.delivery.rate import Place
from regulars.delivery.want import Dispatch
from regulars.journeys.channels import TRAITS_OF
from regulars.store.messages import Message, MessageState, ShortLink
from regulars.store.statements import insert, save, table
from regulars.walks.turn import Verdict

Row = dict[str, Any]


def dispatch(connection: Connection, going: Sequence[Dispatch], pauses: Pauses) -> list[Verdict | Place]:
    """`go` for each that is on record as on the wire when this is committed; a place where the vendor's rate makes it
    wait, for which nothing is changed yet. Else `later`, at once: the claim is no longer this owner's, or a gate has
    closed; the first transaction, asked again, puts the reason on record."""
    enrollments, seen = dossier.read_again(connection, [one.claim for one in going], pauses)
    rows = message_rows.by_id(connection, {one.claim.message_id for one in going}, "state", "owner")
    said: list[Verdict | Place] = []
    said += [_judged(one, rows.get(one.claim.message_id), enrollments, seen) for one in going]
    free = [at for at, verdict in enumerate(said) if isinstance(verdict, Verdict) and verdict.result == "go"]
    lined = [(at, slot) for at in free if (slot := going[at].slot) is not None]
    # Last of all: the line is locked by whoever reserves, and must not wait for a customer meanwhile.
    for (at, _), place in zip(lined, rate.reserve(connection, [slot for _, slot in lined]), strict=True):
        if place.wait > rate.GRAIN or not place.reserved:
            said[at] = place
    _go(connection, [going[at] for at in free if isinstance(said[at], Verdict)])
    return said


def _judged(one: Dispatch, row: Row | None, enrollments: dict[str, Row], seen: Dossier) -> Verdict:
    want = one.claim.want
    if row is None or row["state"] != MessageState.claimed or row["owner"] != want.owner:
        return Verdict("later", "claim", "claimed by another", one.now)
    before = one.claim.case
    verdict = gate.judge_again(before.again(enrollments.get(want.enrollment, before.enrollment), one.now), seen)
    if verdict.result == "go" and one.claim.may_answer(want.now) and not one.claim.may_answer(one.now):
        return Verdict("later", "window", "the window has closed", one.now)
    return verdict if verdict.result == "go" else Verdict("later", verdict.gate, verdict.reason, one.now)


def _go(connection: Connection, going: Sequence[Dispatch]) -> None:
    rows = [
        {
            "id": one.claim.message_id,
            "state": MessageState.dispatching,
            "dispatched_at": one.now,
            "resolve_by": one.resolve_by,
            "attempts": one.attempt,
            "locale": one.composed.locale,
            "template_version": one.composed.template_version,
            "segments": one.composed.segments,
            "sender": one.composed.outgoing.sender,
            "subject": one.composed.outgoing.subject,
            "body": one.composed.outgoing.text if TRAITS_OF[one.claim.channel].form == "text" else None,
        }
        for one in going
    ]
    if rows:
        save(connection, Message, rows, *(name for name in rows[0] if name != "id"))
    _link(connection, [(code, one.claim.message_id, url) for one in going for code, url in one.composed.links])


def _link(connection: Connection, links: Sequence[tuple[str, str, str]]) -> None:
    """Short links lead where the text that goes out now says; another message's code stays that message's."""
    if not links:
        return
    statement = insert(connection, ShortLink).values(
        [{"code": code, "message_id": message, "url": url} for code, message, url in dict.fromkeys(links)]
    )
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["code"], set_={"url": new.url}, where=table(ShortLink).c.message_id == new.message_id
        )
    )
