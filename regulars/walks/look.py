"""Which way does a walk turn? Judges its branches, and whether what it waits for has happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from regulars.customers.context import Surroundings
from regulars.engine.act import Act, Answer, Result
from regulars.journeys.model import WaitFor
from regulars.journeys.play import Play
from regulars.store.decisions import decision, seen_by
from regulars.store.enrollments import Decision
from regulars.store.events import Event, EventKey
from regulars.store.messages import Message
from regulars.store.shelf import Shelf
from regulars.store.statements import add, table
from regulars.walks import roll, turn
from regulars.walks.roll import Roll

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """One member's branch or look. `since`: when the visit began; `now`: shop time; `until`: when it is too late for
    what a wait listens for."""

    act: Act
    journey: str
    enrollment: str
    since: datetime
    now: datetime
    until: datetime | None = None


class Lookout:
    """The set-based answers."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def branch(self, connection: Connection, questions: Sequence[Question]) -> list[Answer]:
        """then or else; or the walk is over."""
        return self._answer(connection, questions, self._turn)

    def look(self, connection: Connection, questions: Sequence[Question]) -> list[Answer]:
        """heard or silent; or the walk is over."""
        return self._answer(connection, questions, self._hear)

    def _answer(self, connection: Connection, questions: Sequence[Question], judge: Any) -> list[Answer]:
        house = self._shelf.live(connection).house
        rows = roll.read(connection, house, [question.enrollment for question in questions])
        decisions: list[Row] = []
        answers: list[Answer] = []
        for question in questions:
            row = rows.enrollments.get(question.enrollment)
            if row is None:  # erased meanwhile: that is nobody else's trouble
                answers.append(Answer("left", question.now, "UTC", reason="unknown"))
                continue
            play = self._shelf.play(connection, question.journey, question.act.version)
            place = rows.place(question.enrollment)
            names = rows.names(connection, question.enrollment, place, question.now)
            over = turn.over(play, row) or turn.guard(play, names)
            if over is not None:
                result: Result = "goal" if over.result == "goal" else "left"
                decisions.append(_decided(question, rows, over.gate, f"{result}: {over.reason}", over.seen))
                answers.append(Answer(result, question.now, place.zone, reason=over.reason))
            else:
                answers.append(judge(connection, question, rows, play, place, names, decisions))
        add(connection, Decision, decisions)
        return answers

    def _turn(
        self,
        connection: Connection,
        question: Question,
        rows: Roll,
        play: Play,
        place: Surroundings,
        names: Row,
        decisions: list[Row],
    ) -> Answer:
        judged = play.tests[question.act.step].judge(names)
        result: Result = "then" if judged.holds else "else"
        decisions.append(_decided(question, rows, "if", result, seen_by(judged)))
        return Answer(result, question.now, place.zone)

    def _hear(
        self,
        connection: Connection,
        question: Question,
        rows: Roll,
        play: Play,
        place: Surroundings,
        names: Row,
        decisions: list[Row],
    ) -> Answer:
        step = play.steps[question.act.step]
        if not isinstance(step, WaitFor):
            return Answer("silent", question.now, place.zone)
        watch = play.waits[step.id]
        for event in _heard(connection, question, rows, play, step):
            judged = watch.hears(event["name"], {**names, "event": event["properties"]})
            if judged and judged.holds:
                decisions.append(_decided(question, rows, "wait_for", "heard", {"event": event["id"]}))
                return Answer("heard", question.now, place.zone)
        if question.act.final:
            decisions.append(_decided(question, rows, "wait_for", "otherwise", {"event": None}))
        return Answer("silent", question.now, place.zone)


def _heard(connection: Connection, question: Question, rows: Roll, play: Play, step: WaitFor) -> list[Row]:
    """Events that the wait may have been waiting for, oldest first: the customer's own, or under the walk's key; those
    about a message, however early, where it names one. What happened after the deadline is not heard, however late it
    is looked at."""
    of, keys = table(Event), table(EventKey)
    row = rows.enrollments[question.enrollment]
    mine = of.c.customer_id == row["customer_id"]
    key = play.journey.start.key
    if key and row["key"] is not None:
        keyed = exists(select(1).where(keys.c.event_id == of.c.id, keys.c.property == key, keys.c.value == row["key"]))
        mine = or_(mine, keyed)
    query = select(of).where(mine, of.c.name == step.happening.event)
    if step.happening.of:
        message = table(Message)
        about = select(message.c.id).where(message.c.enrollment_id == row["id"], message.c.step == step.happening.of)
        query = query.where(of.c.message_id.in_(about))
    else:
        query = query.where(of.c.occurred_at >= question.since)
    if question.until is not None:
        query = query.where(of.c.occurred_at <= question.until)
    return [dict(found) for found in connection.execute(query.order_by(of.c.occurred_at)).mappings()]


def _decided(question: Question, rows: Roll, gate: str, verdict: str, seen: Row | None) -> Row:
    return decision(
        question.now,
        question.journey,
        gate,
        verdict,
        customer=rows.enrollments[question.enrollment]["customer_id"],
        enrollment=question.enrollment,
        step=question.act.step,
        seen=seen,
    )
