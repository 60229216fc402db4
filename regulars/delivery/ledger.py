"""What became of each message? A state machine of three short transactions around the wire, and what settles doubt.

T1 `claim`: gate and claim. T2 `dispatch`: only what goes on the wire now, fenced by the owner, so that a zombie's claim
is worth nothing. T3 `record`: what the vendor said. A kill after T1 is unambiguous; after T2 the fate is unknown, until
a callback or a look-up tells (`settle`), or its time runs out and the step's policy decides.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from regulars.clock import Clock, identity
from regulars.delivery import dispatches, dossier, fates, gate, message_rows, outcomes
from regulars.delivery.dossier import Dossier, Pauses
from regulars.delivery.rate import Place
from regulars.delivery.sent import Nobody, Teller
from regulars.delivery.want import RANK, Case, Claim, Dispatch, Fate, Outcome, Settling, Want
from regulars.engine.act import Answer, Result
from regulars.store.decisions import decision
from regulars.store.enrollments import Decision
from regulars.store.messages import FINAL, MessageState
from regulars.store.shelf import Shelf
from regulars.store.statements import add
from regulars.walks import roll, turn
from regulars.walks.roll import Roll
from regulars.walks.turn import Verdict

Row = dict[str, Any]
Said = Answer | Claim | Fate
_LOG = logging.getLogger(__name__)


class Ledger:
    """The set-based transactions. Locks are taken in one order by all: customers, enrollments, messages, each by id."""

    def __init__(self, shelf: Shelf, clock: Clock | None = None, teller: Teller | None = None) -> None:
        self._shelf, self._teller = shelf, teller or Nobody()
        self._pauses = Pauses.of(clock or identity())

    def claim(self, connection: Connection, wants: Sequence[Want]) -> list[Said]:
        """T1. An answer where nothing is sent now, a claim where it is, a fate where it must be found out first."""
        house = self._shelf.live(connection).house
        rows = roll.read(connection, house, [want.enrollment for want in wants])
        again = {want.send_key for want in wants if rows.sent.get(want.enrollment)}
        messages = message_rows.by_send_key(connection, again)
        said: dict[Want, Said] = {}
        cases: list[Case] = []
        for want in set(wants):
            found = self._case(connection, rows, messages, want)
            if isinstance(found, Case):
                cases.append(found)
            else:
                said[want] = found
        seen = dossier.read(connection, house, rows, cases, self._pauses)
        written: dict[str, Row] = {}
        decisions: list[Row] = []
        for case in sorted(cases, key=lambda case: (RANK[case.play.journey.priority], case.due)):
            said[case.want] = judged(case, seen, written, decisions)
        message_rows.write(connection, list(written.values()))
        add(connection, Decision, decisions)
        return [said[want] for want in wants]

    def dispatch(self, connection: Connection, going: Sequence[Dispatch]) -> list[Verdict | Place]:
        """T2. `go`: it is on record as on the wire, put it there. A place: wait for it. Else claim it anew."""
        return dispatches.dispatch(connection, going, self._pauses)

    def record(self, connection: Connection, came: Sequence[Outcome]) -> list[Answer]:
        """T3. What the vendor said, or what kept a message from the wire."""
        return outcomes.record(connection, came, self._teller)

    def settle(self, connection: Connection, found: Sequence[Settling]) -> list[Answer | None]:
        """What a look-up told of an unknown message. None: it is free, claim it anew."""
        return fates.settle(connection, found, self._teller)

    def _case(self, connection: Connection, rows: Roll, messages: dict[str, Row], want: Want) -> Case | Answer:
        """What the gates look at; an answer for a stranger and for a step that its version has not: none may raise."""
        enrollment = rows.enrollments.get(want.enrollment)
        if enrollment is None:
            return Answer("left", want.now, "UTC", reason="unknown")
        customer, place = rows.customer(want.enrollment), rows.place(want.enrollment)
        try:
            play = self._shelf.play(connection, want.journey, want.version)
            send = play.send(want.step)
        except KeyError:
            _LOG.error("journey %s@%s has no message %s", want.journey, want.version, want.step)
            return Answer("failed", want.now, place.zone, reason="no such message")
        names = rows.names(connection, want.enrollment, place, want.now)
        message = messages.get(want.send_key)
        return Case(want, want.now, play, send, rows.house, enrollment, customer, message, place, names)


def judged(case: Case, seen: Dossier, written: dict[str, Row], decisions: list[Row]) -> Said:
    """What comes of one want: rows to be written by send key, and decisions, are added to what is given. Pure."""
    want, message = case.want, case.message
    if message and message["state"] in FINAL:
        return outcomes.answer(message, want.now, case.place.zone)
    if message and message["state"] in (MessageState.dispatching, MessageState.unknown):
        written[want.send_key] = {**message, "state": MessageState.unknown, "owner": want.owner}
        return fates.fate(case, message)
    if want.leaving and turn.over(case.play, case.enrollment) is None:
        return Answer("left", want.now, case.place.zone)  # what is on its row stays as it is, till the walk closes
    verdict = gate.judge(case, seen)
    whose = (case.customer["id"], case.send.kind)
    seen.held.get(whose, {}).pop(want.send_key, None)  # it had its say: for the rest of the batch it is no rival
    if verdict.result == "go" and (rests := _resting(case)) is not None:
        return rests
    if verdict.result == "go":
        row = written[want.send_key] = message_rows.wanted(case, MessageState.claimed, counted_at=want.now)
        if case.send.purpose == "marketing":
            seen.counted.setdefault(whose, []).append((want.now, want.send_key))
        return Claim(case, row["id"], row["address"], row["attempts"], seen.last_words.get(whose))
    if not _repeats(case, verdict):
        decisions.append(_decided(case, verdict))
    return _refused(case, verdict, written)


def _resting(case: Case) -> Answer | None:
    """A vendor that said when to come again is not asked before, whatever woke the walk meanwhile."""
    message, want = case.message, case.want
    if message is None or message["state"] != MessageState.claimed or not message["code"]:
        return None
    if message["ready_at"] <= want.now:
        return None
    return Answer("later", want.now, case.place.zone, message["ready_at"], message["code"])


def _repeats(case: Case, verdict: Verdict) -> bool:
    """Held back again for the reason that stands on its row: a journey paused for a week fills no table."""
    if case.message is None or case.message["state"] != MessageState.held or verdict.result != "later":
        return False
    return bool(case.message["reason"] == verdict.reason)


def _refused(case: Case, verdict: Verdict, written: dict[str, Row]) -> Answer:
    """Held back or skipped: on the message's row. Out of the walk: no message at all, unless it was wanted before. What
    was to be sent again because nobody knows if it came is given up: skipped would say that it never did."""
    want, zone, reason = case.want, case.place.zone, verdict.reason
    if verdict.result == "later":
        held = message_rows.wanted(case, MessageState.held, reason=reason, held_until=verdict.until)
        written[want.send_key] = held
        return Answer("later", want.now, zone, verdict.until, reason)
    if verdict.result == "skipped" or case.message:
        unknown = case.message is not None and case.message["resent_at"] is not None
        state = MessageState.given_up if unknown else MessageState.skipped
        written[want.send_key] = message_rows.wanted(case, state, reason=reason)
    result: Result = "skipped" if verdict.result == "skipped" else "goal" if verdict.result == "goal" else "left"
    return Answer(result, want.now, zone, reason=reason)


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
