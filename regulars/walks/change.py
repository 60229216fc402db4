"""What does a walk do in passing? Gives and takes tags, sets fields of the profile, and starts other journeys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from regulars.customers.places import is_zone, normal_locale
from regulars.engine.act import Answer
from regulars.journeys.model import TRAITS, Begin, Change, Set, Tag
from regulars.journeys.three_valued import recorded
from regulars.store.customers import Customer
from regulars.store.lists import one_of
from regulars.store.shelf import Shelf
from regulars.store.statements import rows_of, save, table
from regulars.walks.begin import DatabaseDoor, Door, begin
from regulars.walks.moment import Moment, Question, answers

Row = dict[str, Any]
_FIELDS = ("first_name", "last_name", "locale", "timezone")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 200  # characters of a value


class Changes:
    """The set-based answers."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def change(self, connection: Connection, questions: Sequence[Question]) -> list[Answer]:
        """done or skipped; or the walk is over. Profiles are held under lock, and written once."""
        changed: dict[str, Row] = {}
        asserted: dict[str, Row] = {}
        said = answers(
            self._shelf,
            connection,
            questions,
            partial(change, DatabaseDoor(self._shelf, connection), changed, asserted),
        )
        save(connection, Customer, changed.values(), "own_tags", "traits")
        _assert(connection, asserted, changed)
        return said


def change(door: Door, changed: dict[str, Row], asserted: dict[str, Row], moment: Moment) -> Answer:
    """Do what the step says to the customer's row, and note in `changed` and `asserted` what is to be written of it."""
    step, customer = moment.play.steps[moment.question.act.step], moment.customer
    match step:
        case Tag():
            own = customer["own_tags"] or {}
            customer["own_tags"] = {**own, **dict.fromkeys(step.tags, step.kind == "tag")}
            moment.decide(step.kind, ", ".join(step.tags))
        case Set():
            for one in step.changes:
                _set(moment, one, asserted.setdefault(customer["id"], {}))
        case Begin():
            verdict = begin(door, moment, step.journey)
            moment.decide("journey", f"{step.journey}: {verdict}")
            return moment.answer("done")
        case _:
            return moment.answer("skipped", reason="nothing to change")
    changed[customer["id"]] = customer
    return replace(moment.answer("done"), zone=moment.rows.place(moment.question.enrollment).zone)


def _set(moment: Moment, change: Change, asserted: Row) -> None:
    """Set one field. What is missing, or is no such value, leaves it as it is."""
    value, seen = change.value, {}
    if change.term is not None:
        worth = moment.play.terms[moment.question.act.step, change.name].of(moment.names)
        value, seen = _fit(change.name, recorded(worth.value)), worth.seen
    if value is None:
        moment.decide("set", f"{change.name}: no value", seen)
        return
    moment.decide("set", change.name, {**seen, "value": value})
    customer = moment.customer
    if change.name.startswith(TRAITS):
        customer["traits"] = {**(customer["traits"] or {}), change.name.removeprefix(TRAITS): value}
    else:
        customer[change.name] = value
        asserted[change.name] = (moment.question.now - _EPOCH) // timedelta(microseconds=1)


def _fit(name: str, value: Any) -> Any:
    """The value as the field takes it, or None."""
    if name.startswith(TRAITS):
        return value
    text = str(value).strip()[:_LONGEST] if value is not None else ""
    if name == "locale":
        return normal_locale(text)
    if name == "timezone":
        return text if is_zone(text) else None
    return text or None


def _assert(connection: Connection, asserted: dict[str, Row], changed: dict[str, Row]) -> None:
    """Write the profile's own fields as asserted now: whatever a sender saw before that will not overwrite them."""
    ids = sorted(identifier for identifier, fields in asserted.items() if fields)
    if not ids:
        return
    of = table(Customer)
    query = select(of.c.id, of.c.asserted).where(one_of(of.c.id, "ids"))
    rows = [
        {**changed[row["id"]], "asserted": {**row["asserted"], **asserted[row["id"]]}}
        for row in rows_of(connection, query, {"ids": ids})
    ]
    save(connection, Customer, rows, *_FIELDS, "asserted")
