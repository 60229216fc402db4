"""May a call be made, and what came of it? Two short transactions around the wire.

A kill between the two has the call made again, under the same id: at least once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, select
from yarl import URL

from regulars.calls import tries
from regulars.calls.signed import envelope
from regulars.calls.tries import Standing, call_id
from regulars.calls.verdict import Trying, Verdict
from regulars.clock import Clock
from regulars.delivery.dossier import Pauses
from regulars.engine.act import Answer
from regulars.journeys.call import Call
from regulars.store.enrollments import Decision
from regulars.store.journeys import LiveJourney
from regulars.store.messages import Brake
from regulars.store.shelf import Shelf
from regulars.store.statements import add, table
from regulars.walks import turn
from regulars.walks.moment import Moment, Question, answers

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Due:
    """A call that is to be made now. `body`: as it goes on the wire."""

    question: Question
    customer: str
    zone: str
    url: str
    body: bytes
    trying: Trying


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a call at shop time `at`."""

    due: Due
    verdict: Verdict
    at: datetime


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the members of one transaction share. `due`: the calls to be made; `held`: what goes on record of others."""

    standings: dict[str, Standing]
    stopped: dict[str, str]
    due: dict[Question, Due] = field(default_factory=dict)
    held: list[Row] = field(default_factory=list)


class Ledger:
    """The set-based transactions."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._shelf, self._pauses = shelf, Pauses.of(clock)

    def begin(self, connection: Connection, questions: Sequence[Question]) -> list[Answer | Due]:
        """A call to be made; an answer where none is: the walk is over, it was made before, its receiver asked for
        patience, somebody stopped it, or its `if` does not hold."""
        batch = _Batch(tries.standings(connection, questions), _stopped(connection))
        said = answers(self._shelf, connection, questions, partial(self._judged, batch))
        add(connection, Decision, batch.held)
        return [batch.due.get(question, answer) for question, answer in zip(questions, said, strict=True)]

    def record(self, connection: Connection, made: Sequence[Made]) -> list[Answer]:
        """One answer each, after a decision that says what it was."""
        add(connection, Decision, [_decided(one.due, one.verdict, one.at) for one in made])
        return [Answer(one.verdict.result, one.at, one.due.zone, one.verdict.until, one.verdict.reason) for one in made]

    def _judged(self, batch: _Batch, moment: Moment) -> Answer:
        question = moment.question
        step, standing = moment.play.steps.get(question.act.step), batch.standings.get(call_id(question))
        if not isinstance(step, Call):
            return moment.answer("failed", reason="no such webhook")
        if standing is not None and (known := _known(moment, standing)) is not None:
            return known
        due = _due(moment, step, standing.made if standing else 0)
        if (reason := _why_stopped(batch, question.journey)) is not None:
            return self._held(batch, due, reason, standing)
        refused = turn.condition("if", "skipped", moment.play.tests.get(step.id), moment.names)
        if refused is not None:
            moment.decide(refused.gate, f"{refused.result}: {refused.reason}", refused.seen)
            return moment.answer("skipped", reason=refused.reason)
        batch.due[question] = due
        return moment.answer("later")  # stands for the call

    def _held(self, batch: _Batch, due: Due, reason: str, standing: Standing | None) -> Answer:
        """Held back by a person: on record once, however often it is asked."""
        now, until = due.question.now, due.question.now + self._pauses.braked
        if standing is None or standing.reason != reason:
            made = Trying(due.trying.call_id, due.trying.number - 1, due.trying.expires)
            verdict = Verdict("later", f"later: {reason}", reason, until)
            batch.held.append(tries.decided(due.question, due.customer, host(due.url), made, verdict, now))
        return Answer("later", now, due.zone, until, reason)


def host(url: str) -> str:
    """Whom the URL names, with the port where it says one."""
    try:
        return URL(url).host_port_subcomponent or ""
    except ValueError:
        return ""


def _known(moment: Moment, standing: Standing) -> Answer | None:
    """What the record says to a walk that asks again; None where the next try is due."""
    if standing.until is None:
        return moment.answer("done" if standing.done else "failed", reason=standing.reason)
    if standing.until <= moment.question.now:
        return None
    return moment.answer("later", until=standing.until, reason=standing.reason)


def _due(moment: Moment, step: Call, made: int) -> Due:
    question = moment.question
    trying = Trying(call_id(question), made + 1, question.since + step.valid_for.elapsed)
    body = envelope(question.since, data(moment, step))
    return Due(question, moment.customer["id"], moment.place.zone, step.url, body, trying)


def data(moment: Moment, step: Call) -> Row:
    """What a call tells. Ours, and over it what the step says. An expression that misses something is worth null."""
    question = moment.question
    ours = {"journey": question.journey, "step": step.id, "enrollment": question.enrollment}
    told = {
        item.name: moment.play.terms[step.id, item.name].of(moment.names).value if item.term else item.value
        for item in step.body
    }
    return {**ours, "customer": {"id": moment.customer["id"]}, **told}


def _decided(due: Due, verdict: Verdict, at: datetime) -> Row:
    return tries.decided(due.question, due.customer, host(due.url), due.trying, verdict, at)


def _stopped(connection: Connection) -> dict[str, str]:
    """What a person has stopped, with what is said of it: journeys by id, all calls under an empty name."""
    brake, live = table(Brake), table(LiveJourney)
    paused = connection.execute(select(live.c.journey).where(live.c.state.in_(("paused", "off")))).scalars()
    scopes = connection.execute(select(brake.c.scope).where(brake.c.scope.in_(("webhook", "all")))).scalars()
    stopped = dict.fromkeys(paused, "journey paused")
    for scope in scopes:
        stopped[""] = f"{scope} stopped"
    return stopped


def _why_stopped(batch: _Batch, journey: str) -> str | None:
    return batch.stopped.get("") or batch.stopped.get(journey)
