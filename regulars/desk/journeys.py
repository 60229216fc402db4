"""Which journeys are there, in what state, and who stands at a step? Their graphs, and people page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import Connection, select

from regulars.desk.words import title
from regulars.draw.chart import Chart, chart_of
from regulars.journeys.play import Play
from regulars.store.customers import Customer
from regulars.store.enrollments import Enrollment, EnrollmentState, Outcome
from regulars.store.journeys import LiveJourney
from regulars.store.messages import IS_FINAL, Message, MessageState
from regulars.store.shelf import Shelf
from regulars.store.statements import rows_of, table

Row = dict[str, Any]
Which = Literal["here", "left", "skipped", "failed"]
WHICH: tuple[Which, ...] = get_args(Which)
_ENDS = {
    "skipped": (MessageState.skipped,),
    "failed": (MessageState.rejected, MessageState.failed, MessageState.given_up),
}
PAGE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """One journey. `state`: on, paused, off or retired. `titles`: its steps' words by id, in reading order."""

    id: str
    title: str
    version: str
    state: str
    titles: dict[str, str]
    chart: Chart


@dataclass(frozen=True, slots=True)
class People:
    """Enrollments with their customers' names. `more`: the id after which the next page begins."""

    rows: tuple[Row, ...]
    more: str | None


def read(connection: Connection, shelf: Shelf, journey: str | None = None) -> list[Shown]:
    """Every journey that was applied, or the one; those that are on first."""
    of = table(LiveJourney)
    query = select(of).order_by(of.c.retired, of.c.journey)
    rows = rows_of(connection, query.where(of.c.journey == journey) if journey else query, {})
    held_out = shelf.live(connection).house.holdout if rows else 0
    return [_shown(row, shelf.play(connection, row["journey"], row["version"]), held_out) for row in rows]


def people(connection: Connection, journey: str, step: str, which: Which, after: str = "") -> People:
    """Who rests at a step now, or left there: a stretch of the index that has journey, state, step, outcome and id. Of
    those whose message was skipped or failed there, as many as a page shows."""
    if which in _ENDS:
        return _unsent(connection, journey, step, _ENDS[which])
    of, who = table(Enrollment), table(Customer)
    here = which == "here"
    query = (
        select(
            *(of.c.id, of.c.customer_id, of.c.version, of.c.entered_at, of.c.wake_at, of.c.closed_at, of.c.reason),
            *(who.c.first_name, who.c.last_name, who.c.email, who.c.phone),
        )
        .join(who, who.c.id == of.c.customer_id)
        .where(
            of.c.journey == journey,
            of.c.state == (EnrollmentState.walking if here else EnrollmentState.closed),
            of.c.step == step,
            of.c.outcome.is_(None) if here else of.c.outcome == Outcome.left,
            of.c.id > after,
        )
    )
    rows = rows_of(connection, query.order_by(of.c.id).limit(PAGE + 1), {})
    return People(tuple(rows[:PAGE]), rows[PAGE - 1]["id"] if len(rows) > PAGE else None)


def _unsent(connection: Connection, journey: str, step: str, states: Sequence[MessageState]) -> People:
    of, who = table(Message), table(Customer)
    query = (
        select(
            *(of.c.id.label("message_id"), of.c.customer_id, of.c.due_at, of.c.ready_at, of.c.reason),
            *(who.c.first_name, who.c.last_name, who.c.email, who.c.phone),
        )
        .join(who, who.c.id == of.c.customer_id)
        .where(of.c.journey == journey, of.c.step == step, of.c.state.in_(states), IS_FINAL)
    )
    return People(tuple(rows_of(connection, query.limit(PAGE), {})), None)


def _shown(row: Row, play: Play, house_holdout: int) -> Shown:
    journey, state = play.journey, "retired" if row["retired"] else row["state"]
    steps = {
        step: title(play, step) for step in sorted(play.graph.nodes, key=lambda step: play.graph.nodes[step].number)
    }
    return Shown(journey.id, journey.title, play.graph.version, state, steps, chart_of(play, house_holdout))
