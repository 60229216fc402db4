"""Which way does a walk turn? Judges branches, draws splits, and sees whether what is waited for has happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from regulars.engine.act import Answer
from regulars.journeys.model import Split, WaitFor
from regulars.store.decisions import seen_by
from regulars.store.enrollments import Enrollment
from regulars.store.events import Event, EventKey
from regulars.store.messages import Message
from regulars.store.shelf import Shelf
from regulars.store.statements import save, table
from regulars.walks.lots import lot_of
from regulars.walks.moment import Moment, Question, answers

Row = dict[str, Any]
History = Callable[[Moment, WaitFor], Sequence[Row]]
"""Events that a wait may have been waiting for, oldest first (id, name, properties)."""


class Lookout:
    """The set-based answers."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def branch(self, connection: Connection, questions: Sequence[Question]) -> list[Answer]:
        """then or else; or the walk is over."""
        return answers(self._shelf, connection, questions, turned)

    def split(self, connection: Connection, questions: Sequence[Question]) -> list[Answer]:
        """The customer's way; or the walk is over."""
        return answers(self._shelf, connection, questions, drawn)

    def look(self, connection: Connection, questions: Sequence[Question]) -> list[Answer]:
        """heard or silent; or the walk is over."""
        heard: dict[str, Row] = {}
        said = answers(self._shelf, connection, questions, partial(hear, partial(_heard, connection), heard))
        save(connection, Enrollment, heard.values(), "heard")
        return said


def turned(moment: Moment) -> Answer:
    """then or else, by the step's condition."""
    act = moment.question.act
    if act.kind == "until":
        test = moment.play.untils[act.step]
        judged = test.judge(moment.names)
        gate, holds = "until", judged.holds or judged.unknown  # what is missing falls the quiet way: no further round
    else:
        test = moment.play.tests[act.step]
        judged = test.judge(moment.names)
        gate, holds = "if", judged.holds
    moment.decide(gate, "then" if holds else "else", seen_by(judged, **{gate: test.source}))
    return moment.answer("then" if holds else "else")


def drawn(moment: Moment) -> Answer:
    """The way that the customer drew, for good the same."""
    act, split = moment.question.act, moment.play.steps[moment.question.act.step]
    if not isinstance(split, Split):
        return moment.answer("skipped", reason="no split")
    lot = lot_of(moment.customer["id"], moment.question.journey, act.key)
    way = way_of(split, lot)
    moment.decide("split", way, {"lot": lot})
    return moment.answer("way", way=way)


def way_of(split: Split, lot: int) -> str:
    """The way whose part of ten thousand holds the lot, in the order of the file."""
    for way in split.ways:
        lot -= way.share
        if lot < 0:
            return way.name
    return split.ways[-1].name


def hear(history: History, heard: dict[str, Row], moment: Moment) -> Answer:
    """heard or silent; the enrollment's row says what was heard, and is put in `heard` to be written."""
    step = moment.play.steps[moment.question.act.step]
    if not isinstance(step, WaitFor):
        return moment.answer("silent")
    watch = moment.play.waits[step.id]
    for event in history(moment, step):
        judged = watch.hears(event["name"], {**moment.names, "event": event["properties"]})
        if judged and judged.holds:
            row = moment.enrollment
            row["heard"] = {**(row["heard"] or {}), step.id: event["id"]}
            heard[row["id"]] = row
            moment.decide("wait_for", "heard", {"event": event["id"]})
            return moment.answer("heard")
    if moment.question.act.final:
        moment.decide("wait_for", "otherwise", {"event": None})
    return moment.answer("silent")


def _heard(connection: Connection, moment: Moment, step: WaitFor) -> list[Row]:
    """Events that the wait may have been waiting for, oldest first: the customer's own, or under the walk's key; those
    about a message, however early, where it names one. What happened after the deadline is not heard, however late it
    is looked at."""
    of, keys, question, row = table(Event), table(EventKey), moment.question, moment.enrollment
    mine = of.c.customer_id == row["customer_id"]
    key = moment.play.journey.start.key
    if key and row["key"] is not None:
        keyed = exists(select(1).where(keys.c.event_id == of.c.id, keys.c.property == key, keys.c.value == row["key"]))
        mine = or_(mine, keyed)
    query = select(of).where(mine, of.c.name == step.happening.event)
    if step.happening.of:
        message = table(Message)
        about = select(message.c.id).where(message.c.enrollment_id == row["id"], message.c.step == step.happening.of)
        nodes = moment.play.graph.nodes
        if (loop := nodes[step.id].loop) and loop == nodes[step.happening.of].loop:  # the message of this round
            about = about.where(message.c.visit == question.act.visit)
        query = query.where(of.c.message_id.in_(about))
    else:
        query = query.where(of.c.occurred_at >= question.since)
    if question.until is not None:
        query = query.where(of.c.occurred_at <= question.until)
    return [dict(found) for found in connection.execute(query.order_by(of.c.occurred_at)).mappings()]
