"""What is there to go by when a walk turns? Everything about one member, once goal, leave and `while` let it go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from regulars.customers.context import Surroundings
from regulars.engine.act import Act, Answer, Result
from regulars.journeys.play import Play
from regulars.store.decisions import decision
from regulars.store.enrollments import Decision
from regulars.store.shelf import Shelf
from regulars.store.statements import add
from regulars.walks import roll, turn
from regulars.walks.roll import Roll

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """One member's act. `since`: when the visit began; `now`: shop time; `until`: when it is too late for what a wait
    listens for."""

    act: Act
    journey: str
    enrollment: str
    since: datetime
    now: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A question with what its answer may look at. `decisions`: what goes on record with all answers."""

    question: Question
    rows: Roll
    play: Play
    place: Surroundings
    names: Row
    decisions: list[Row] = field(default_factory=list)

    @property
    def enrollment(self) -> Row:
        return self.rows.enrollments[self.question.enrollment]

    @property
    def customer(self) -> Row:
        return self.rows.customer(self.question.enrollment)

    def decide(self, gate: str, verdict: str, seen: Row | None = None) -> None:
        """Put a decision on record."""
        question = self.question
        self.decisions.append(
            decision(
                question.now,
                question.journey,
                gate,
                verdict,
                customer=self.enrollment["customer_id"],
                enrollment=question.enrollment,
                step=question.act.step,
                seen=seen,
            )
        )

    def answer(self, result: Result, *, until: datetime | None = None, reason: str = "", way: str = "") -> Answer:
        """An answer as of now, in the customer's zone."""
        return Answer(result, self.question.now, self.place.zone, until, reason, way)


Judge = Callable[[Moment], Answer]


def answers(shelf: Shelf, connection: Connection, questions: Sequence[Question], judge: Judge) -> list[Answer]:
    """One answer each: the judge's, unless the walk is over."""
    house = shelf.live(connection).house
    rows = roll.read(connection, house, [question.enrollment for question in questions])
    decisions: list[Row] = []
    said: list[Answer] = []
    for question in questions:
        row = rows.enrollments.get(question.enrollment)
        if row is None:  # erased meanwhile: that is nobody else's trouble
            said.append(Answer("left", question.now, "UTC", reason="unknown"))
            continue
        play = shelf.play(connection, question.journey, question.act.version)
        place = rows.place(question.enrollment)
        names = rows.names(connection, question.enrollment, place, question.now)
        said.append(answered(Moment(question, rows, play, place, names, decisions), judge))
    add(connection, Decision, decisions)
    return said


def answered(moment: Moment, judge: Judge) -> Answer:
    """The judge's answer, unless the walk is over."""
    over = turn.over(moment.play, moment.enrollment) or turn.guard(moment.play, moment.names)
    if over is None:
        return judge(moment)
    result: Result = "goal" if over.result == "goal" else "left"
    moment.decide(over.gate, f"{result}: {over.reason}", over.seen)
    return moment.answer(result, reason=over.reason)
