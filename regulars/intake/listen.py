"""Which walks does an event concern? Marks goals and leavings on their rows, and hints those that are on their way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, tuple_

from regulars.customers.context import customer_names, shop_names, surroundings
from regulars.engine import calendar
from regulars.ids import new_id
from regulars.intake.occurrence import Written, key_value
from regulars.journeys.play import Play
from regulars.store.decisions import decision, seen_by
from regulars.store.enrollments import Decision, Enrollment, EnrollmentState, Outbox, Outcome
from regulars.store.events import Event
from regulars.store.messages import Message
from regulars.store.shelf import Shelf, Shown
from regulars.store.statements import add, locked, table

Row = dict[str, Any]
BEFORE_IT_BEGAN = "before it began"


def hear(connection: Connection, shelf: Shelf, shown: Shown, events: Sequence[Written], now: datetime) -> None:
    """Let every enrollment of the events' customers, and of the keys they carry, hear of them.

    A goal or a leaving is written on the row in this transaction: no message can follow it, however late the hint. Who
    is still `due` is closed by it, and costs no workflow.
    """
    rows = _concerned(connection, shown, events)
    if not rows:
        return
    starts = _starts(connection, rows)
    hints: dict[str, Row] = {}
    changed: dict[str, Row] = {}
    decisions: list[Row] = []
    for event in events:
        for row in rows:
            if not _is_of(event, row, shown) or event.id == row["start_event_id"]:
                continue
            play = shelf.play(connection, row["journey"], row["version"])
            if event.name not in play.hears:
                continue
            start = starts.get(row["start_event_id"])
            context = _context(shown, event, start, event.customer)
            if _mark(play, row, start, event, context, decisions, now):
                changed[row["id"]] = row
            if row["state"] == EnrollmentState.walking:
                hints[row["id"]] = row
    _save(connection, list(changed.values()))
    hint(connection, list(hints.values()), now)
    add(connection, Decision, decisions)


def history(
    connection: Connection, shown: Shown, play: Play, row: Row, start: Row, customer: Row
) -> tuple[datetime | None, str | None]:
    """Goal and leaving of a new enrollment by events that came in before their cause did: webhooks come in any order."""
    names = {watch.happening.event for watch in (*play.leave, *([play.goal] if play.goal else []))}
    of = table(Event)
    query = select(of).where(
        of.c.customer_id == row["customer_id"],
        of.c.name.in_(sorted(names)),
        of.c.occurred_at > start["occurred_at"],
        of.c.id != start["id"],
    )
    for event in connection.execute(query.order_by(of.c.occurred_at)).mappings() if names else ():
        context = {**_names(shown, customer), "event": event["properties"], "start": start["properties"]}
        if play.goal and (judged := play.goal.hears(event["name"], context)) and judged.holds:
            return event["occurred_at"], None
        for watch in play.leave:
            if (judged := watch.hears(event["name"], context)) and judged.holds:
                return None, event["name"]
    return None, None


def hint(connection: Connection, rows: Sequence[Row], now: datetime) -> None:
    """Have Temporal told that these enrollments' rows changed. A row each time: a hint under way may be too early."""
    add(
        connection,
        Outbox,
        [
            {"id": new_id(), "kind": "hint", "party_id": row["party_id"], "enrollment_id": row["id"], "due_at": now}
            for row in rows
        ],
    )


def _concerned(connection: Connection, shown: Shown, events: Sequence[Written]) -> list[Row]:
    """Enrollments of the events' customers or keys that are open, or closed with their goal still to be counted."""
    customers = sorted({event.customer["id"] for event in events if event.customer})
    keys = sorted(
        {
            (play.journey.id, value)
            for event in events
            for play in shown.plays.values()
            if play.journey.start.key and (value := key_value(event.properties, play.journey.start.key))
        }
    )
    messages = sorted({event.message_id for event in events if event.message_id})
    of = table(Enrollment)
    mine = [of.c.customer_id.in_(customers)] if customers else []
    mine += [tuple_(of.c.journey, of.c.key).in_(keys)] if keys else []
    if messages:
        mine.append(of.c.id.in_(select(table(Message).c.enrollment_id).where(table(Message).c.id.in_(messages))))
    if not mine:
        return []
    alive = or_(of.c.state != EnrollmentState.closed, of.c.goal_at.is_(None))
    query = locked(connection, select(of).where(or_(*mine), alive).order_by(of.c.id))
    return [dict(row) for row in connection.execute(query).mappings()]


def _is_of(event: Written, row: Row, shown: Shown) -> bool:
    if event.customer and event.customer["id"] == row["customer_id"]:
        return True
    play = shown.plays.get(row["journey"])
    key = play.journey.start.key if play else None
    return bool(key and row["key"] is not None and key_value(event.properties, key) == row["key"])


def _starts(connection: Connection, rows: Sequence[Row]) -> dict[str, Row]:
    of = table(Event)
    ids = sorted({row["start_event_id"] for row in rows if row["start_event_id"]})
    query = select(of.c.id, of.c.properties, of.c.occurred_at).where(of.c.id.in_(ids))
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def _mark(
    play: Play, row: Row, start: Row | None, event: Written, context: Row, decisions: list[Row], now: datetime
) -> bool:
    """Write a goal or a leaving on the row. True when it changed."""
    goal = play.journey.goal
    judged = play.goal.hears(event.name, context) if play.goal else None
    if goal and judged and row["goal_at"] is None:
        begun = start["occurred_at"] if start else row["entered_at"]
        in_time = begun <= event.occurred_at <= calendar.after(row["entered_at"], goal.within, "UTC")
        reached = judged.holds and in_time
        seen = {**seen_by(judged), "in_time": in_time}
        decisions.append(_decided(row, now, "goal", "reached" if reached else "not this one", seen))
        if reached:
            row["goal_at"] = event.occurred_at
            if not goal.stay:
                close_if_due(row, Outcome.goal, now)
            return True
    if row["state"] == EnrollmentState.closed or row["leaving"] is not None:
        return False
    for watch in play.leave:
        judged = watch.hears(event.name, context)
        if judged is None:
            continue
        decisions.append(_decided(row, now, "leave", "leaves" if judged.holds else "stays", seen_by(judged)))
        if judged.holds:
            row["leaving"] = event.name
            close_if_due(row, Outcome.left, now)
            return True
    return False


def close_if_due(row: Row, outcome: Outcome, now: datetime) -> None:
    """Who was still to begin is over with it: no workflow is started."""
    if row["state"] == EnrollmentState.due:
        row |= {"state": EnrollmentState.closed, "outcome": outcome, "reason": BEFORE_IT_BEGAN, "closed_at": now}


def _decided(row: Row, now: datetime, gate: str, verdict: str, seen: dict[str, Any]) -> Row:
    return decision(
        now, row["journey"], gate, verdict, customer=row["customer_id"], enrollment=row["id"], step=row["step"], seen=seen
    )


def _save(connection: Connection, rows: list[Row]) -> None:
    """Write the marks; who will not begin needs no start."""
    if not rows:
        return
    of = table(Enrollment)
    names = ("goal_at", "leaving", "state", "outcome", "reason", "closed_at")
    statement = of.update().where(of.c.id == bindparam("of_id")).values({name: bindparam(f"to_{name}") for name in names})
    connection.execute(statement, [{"of_id": row["id"], **{f"to_{name}": row[name] for name in names}} for row in rows])
    closed = [row["id"] for row in rows if row["state"] == EnrollmentState.closed]
    outbox = table(Outbox)
    if closed:
        connection.execute(
            outbox.delete().where(outbox.c.enrollment_id.in_(closed), outbox.c.kind == "start")
        )


def _names(shown: Shown, customer: Row) -> Row:
    place = surroundings(shown.house, customer)
    return {"customer": customer_names(customer, place), "shop": shop_names(shown.house)}


def _context(shown: Shown, event: Written, start: Row | None, customer: Row | None) -> Row:
    names = _names(shown, customer) if customer else {"customer": {}, "shop": shop_names(shown.house)}
    return {**names, "event": event.properties, "start": start["properties"] if start else {}}
