"""Whom does an event let in? Judges starts, and writes the enrollment with the outbox row that will begin its walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, tuple_

from regulars.customers.context import Questions, Surroundings, customer_names, shop_names, surroundings
from regulars.engine import calendar
from regulars.ids import new_id
from regulars.intake import listen
from regulars.intake.occurrence import Written, key_value
from regulars.journeys.condition import Condition
from regulars.journeys.play import Play
from regulars.journeys.span import Span
from regulars.store.decisions import decision, seen_by
from regulars.store.enrollments import Decision, Enrollment, EnrollmentState, Outbox, Outcome
from regulars.store.shelf import Shelf, Shown
from regulars.store.statements import add, locked, table

Row = dict[str, Any]


@dataclass(slots=True)
class _Entries:
    """What is written at the end, and what was there: open ones by customer, keyed ones by key, last entries."""

    open: dict[tuple[str, str], Row] = field(default_factory=dict)
    keyed: dict[tuple[str, str | None], Row] = field(default_factory=dict)
    last: dict[tuple[str, str], datetime] = field(default_factory=dict)
    new: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)


def let_in(connection: Connection, shelf: Shelf, shown: Shown, events: Sequence[Written], now: datetime) -> None:
    """For each event and each live journey that it starts: enter the customer, or put on record why not."""
    wanted = [
        (event, play)
        for event in events
        if event.customer
        for play in shown.plays.values()
        if play.journey.start.event == event.name
    ]
    if not wanted:
        return
    entries = _before(connection, wanted)
    for event, play in sorted(wanted, key=lambda pair: pair[0].occurred_at):
        refusal, seen = _judge(connection, shown, entries, event, play, now)
        key = key_value(event.properties, play.journey.start.key) if play.journey.start.key else None
        again = entries.keyed.get((play.journey.id, key)) if key else None
        if refusal is None and again is not None:
            refusal = _settle_anew(connection, again, event, play)
            if refusal is None:
                continue
        if refusal is None:
            _enter(connection, shown, entries, event, play, key, now)
        assert event.customer is not None  # noqa: S101 -- chosen above
        entries.decisions.append(
            decision(now, play.journey.id, "start", refusal or "entered", customer=event.customer["id"], seen=seen)
        )
    add(connection, Enrollment, entries.new)
    add(connection, Outbox, [_start(row) for row in entries.new if row["state"] == EnrollmentState.due])
    add(connection, Decision, entries.decisions)


def _before(connection: Connection, wanted: Sequence[tuple[Written, Play]]) -> _Entries:
    of, entries = table(Enrollment), _Entries()
    customers = sorted({event.customer["id"] for event, _ in wanted if event.customer})
    journeys = sorted({play.journey.id for _, play in wanted})
    keys = sorted(
        {
            (play.journey.id, value)
            for event, play in wanted
            if play.journey.start.key and (value := key_value(event.properties, play.journey.start.key))
        }
    )
    mine = (of.c.customer_id.in_(customers)) & (of.c.journey.in_(journeys))
    query = select(of).where(or_(mine, tuple_(of.c.journey, of.c.key).in_(keys)) if keys else mine).order_by(of.c.id)
    for found in connection.execute(locked(connection, query)).mappings():
        row = dict(found)
        whose = (row["journey"], row["customer_id"])
        if row["key"] is not None:
            entries.keyed[row["journey"], row["key"]] = row
        elif row["state"] != EnrollmentState.closed:
            entries.open[whose] = row
        if row["reason"] != listen.BEFORE_IT_BEGAN:
            entries.last[whose] = max(entries.last.get(whose, row["entered_at"]), row["entered_at"])
    return entries


def _judge(
    connection: Connection, shown: Shown, entries: _Entries, event: Written, play: Play, now: datetime
) -> tuple[str | None, Row]:
    """Why this event does not let the customer in (None: it does), and what was seen."""
    assert event.customer is not None  # noqa: S101 -- only events of customers are wanted
    start, whose = play.journey.start, (play.journey.id, event.customer["id"])
    place = surroundings(shown.house, event.customer)
    if start.key and key_value(event.properties, start.key) is None:
        return "no key", {start.key: None}
    if not start.key and whose in entries.open:
        return "inside already", {}
    last = entries.last.get(whose)
    settling = start.key and (play.journey.id, key_value(event.properties, start.key)) in entries.keyed
    if last is not None and not settling and (refusal := _too_soon(start.again, last, place, now)):
        return refusal, {"last_entered": last.isoformat()}
    context = {
        "customer": customer_names(event.customer, place),
        "shop": shop_names(shown.house),
        "event": event.properties,
        "start": event.properties,
        **Questions(connection, event.customer["id"], place.zone, now).names(),
    }
    seen: Row = {}
    for name, condition in (("where", play.start_where), ("while", play.guard)):
        refusal, values = _holds(name, condition, context)
        seen |= values
        if refusal:
            return refusal, seen
    return None, seen


def _too_soon(again: object, last: datetime, place: Surroundings, now: datetime) -> str | None:
    if again == "never":
        return "entered before"
    if isinstance(again, Span) and now < calendar.after(last, again, place.zone):
        return f"again only after {again}"
    return None


def _holds(name: str, condition: Condition | None, context: Row) -> tuple[str | None, Row]:
    if condition is None:
        return None, {}
    judged = condition.judge(context)
    return (None if judged.holds else f"{name} does not hold"), seen_by(judged)


def _settle_anew(connection: Connection, row: Row, event: Written, play: Play) -> str | None:
    """The key stirred again before it settled: the latest event counts, the walk begins later."""
    settle = play.journey.start.settle
    if row["state"] != EnrollmentState.due or settle is None:
        return "key entered before"
    due = max(row["due_at"], calendar.after(event.occurred_at, settle, "UTC"))
    row |= {"due_at": due, "entered_at": due, "start_event_id": event.id}
    of, outbox = table(Enrollment), table(Outbox)
    values = {"due_at": due, "entered_at": due, "start_event_id": event.id}
    connection.execute(of.update().where(of.c.id == row["id"]).values(values))
    connection.execute(
        outbox.update().where(outbox.c.enrollment_id == row["id"], outbox.c.kind == "start").values(due_at=due)
    )
    return None


def _enter(
    connection: Connection, shown: Shown, entries: _Entries, event: Written, play: Play, key: str | None, now: datetime
) -> None:
    assert event.customer is not None  # noqa: S101 -- only events of customers are wanted
    journey, settle, identifier = play.journey, play.journey.start.settle, new_id()
    due = calendar.after(event.occurred_at, settle, "UTC") if settle else now
    row = {
        "id": identifier,
        "party_id": identifier,
        "journey": journey.id,
        "version": play.graph.version,
        "customer_id": event.customer["id"],
        "key": key,
        "state": EnrollmentState.due,
        "start_event_id": event.id,
        "due_at": due,
        "entered_at": due,
        "visit": 0,
    }
    start = {"id": event.id, "occurred_at": event.occurred_at, "properties": event.properties}
    goal_at, leaving = listen.history(connection, shown, play, row, start, event.customer)
    row |= {"goal_at": goal_at, "leaving": leaving, "outcome": None, "reason": None, "closed_at": None}
    if leaving or (goal_at and journey.goal and not journey.goal.stay):
        listen.close_if_due(row, Outcome.goal if goal_at else Outcome.left, now)
    whose = (journey.id, event.customer["id"])
    if row["state"] == EnrollmentState.due:
        entries.last[whose] = due
        entries.open[whose] = row
    if key is not None:
        entries.keyed[journey.id, key] = row
        entries.open.pop(whose, None)
    entries.new.append(row)


def _start(row: Row) -> Row:
    return {
        "id": new_id(),
        "kind": "start",
        "party_id": row["party_id"],
        "enrollment_id": row["id"],
        "due_at": row["due_at"],
    }
