"""What is so of one simulated customer, at this instant? Rows as the database has them, and production's rules.

It is the ground on which events let in and are heard (regulars.intake.ground), and the door through which steps begin
other journeys (regulars.walks.begin).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from regulars.customers.consents import Standing
from regulars.customers.context import Surroundings, surroundings
from regulars.ids import new_id
from regulars.intake import audiences, enrolled, event_log, segment_moves
from regulars.intake.batch import is_history, keys_of
from regulars.intake.occurrence import Occurrence, Written
from regulars.journeys.play import Play
from regulars.simulate.past import Memory, Past
from regulars.simulate.shop import Shop
from regulars.store.decisions import decision
from regulars.store.shelf import Shown
from regulars.walks.roll import named

Row = dict[str, Any]


class World:
    """`words`: what was said of consent, by customer and channel. `messages` by send key. What the walk is to take note
    of is put in `decisions`, `told` (events), `opening` and `hinted` (enrollments), `called` (audiences)."""

    def __init__(self, shop: Shop, customer: Row, now: datetime) -> None:
        self.shop, self.customer_row, self.now = shop, customer, now
        self.past = Past()
        self.words: dict[tuple[str, str], list[Standing]] = {}
        self.suppressed: dict[tuple[str, str], str] = {}
        self.enrollments: dict[str, Row] = {}
        self.messages: dict[str, Row] = {}
        self.segments: frozenset[str] = frozenset()
        self.decisions: list[Row] = []
        self.told: list[Row] = []
        self.opening: list[Row] = []
        self.hinted: dict[str, Row] = {}
        self.called: list[tuple[Written, Play]] = []
        self.dirty = False
        self._places: dict[tuple[str | None, ...], Surroundings] = {}

    # What conditions know.

    @property
    def shown(self) -> Shown:
        return self.shop.shown

    @property
    def place(self) -> Surroundings:
        """Zone, locale, currency and senders of the customer, as they are now."""
        row = self.customer_row
        where = (row["country"], row["timezone"], row["locale"], row["currency"])
        found = self._places.get(where)
        if found is None:
            found = self._places[where] = surroundings(self.shop.house, row)
        return found

    @property
    def asks(self) -> Memory:
        return self.asking(self.customer_row, self.place)

    def asking(self, customer: Row, place: Surroundings) -> Memory:
        return Memory(self.past, self.enrollments.values(), customer, place, self.shop.house, self.now)

    def play(self, journey: str, version: str) -> Play:
        return self.shop.play(journey)

    def keys_of(self, properties: Row) -> list[tuple[str, str]]:
        return keys_of(self.shown, properties)

    def is_history(self, occurred_at: datetime) -> bool:
        return is_history(occurred_at, self.now)

    def names(self, row: Row) -> Row:
        """What conditions and templates of a walk may name."""
        start = self.past.events.get(row["start_event_id"] or "", {}).get("properties", {})
        return named(self.asks, start, {**self._sent(row["id"]), **self._heard(row)})

    def _sent(self, enrollment: str) -> dict[str, Row]:
        mine = [one for one in self.messages.values() if one["enrollment_id"] == enrollment]
        return {
            one["step"]: {"message_id": one["id"], "status": one["state"], "sent_at": one["accepted_at"]}
            for one in sorted(mine, key=lambda one: int(one["visit"]))
        }

    def _heard(self, row: Row) -> dict[str, Row]:
        return {step: self.past.events[event]["properties"] for step, event in (row.get("heard") or {}).items()}

    # What is put on record.

    def decide(self, journey: str, gate: str, verdict: str, **more: Any) -> None:
        self.decisions.append(decision(self.now, journey, gate, verdict, **more))

    def hint(self, enrollment: Row) -> None:
        self.hinted[enrollment["id"]] = enrollment

    # What happens.

    def write(self, occurrences: Sequence[Occurrence]) -> None:
        """Events that were not told before, and whom they let in, move and wake: as regulars.intake.event_log does."""
        written = [row for one in occurrences if (row := self.note(one)) is not None]
        self.told += written
        mine = self.customer_row
        events = event_log.spread(
            self, self, [_written(row, mine if row["customer_id"] is not None else None) for row in written]
        )
        if moved := self._moved(events):
            self.write(moved)

    def note(self, one: Occurrence) -> Row | None:
        """Write an event; None where it was told before."""
        once = one.happened.once
        if once is not None:
            if once in self.past.once:
                return None
            self.past.once.add(once)
        columns = event_log.columns_of(self.now, [new_id()], [one])
        row = {name: value for name, (value,) in columns.items()}
        self.past.add(row)
        self.stirred()
        return row

    def stirred(self) -> None:
        """Something happened or somebody walked: seldom does that move what time brings about."""
        self.dirty = self.dirty or self.shop.wary

    def _moved(self, events: Sequence[Written]) -> list[Occurrence]:
        customers, fresh = segment_moves.movers(self, events)
        return self.weigh(silent=not fresh) if customers else []

    def weigh(self, *, silent: bool = False) -> list[Occurrence]:
        """Judge the customer by every segment, and write down which they are in; what changed, as events."""
        house, names = self.shop.house, self.asks.segment_names()
        into, out = segment_moves.changes(house, names, house.segments, self.segments)
        self.segments = (self.segments | set(into)) - set(out)
        told = [("Segment Entered", one) for one in into] + [("Segment Left", one) for one in out]
        who = self.customer_row["id"]
        return [] if silent else [segment_moves.occurrence(name, one, who, self.now) for name, one in told]

    # Whose enrollments an event concerns.

    def concerned(self, event: Written) -> list[Row]:
        return list(self.enrollments.values()) if event.customer is not None else []

    def of(self, journey: str, customer: str) -> list[Row]:
        return [row for row in self.enrollments.values() if row["journey"] == journey]

    def keyed(self, journey: str, key: str) -> Row | None:
        return next((row for row in self.of(journey, "") if row["key"] == key), None)

    def begun(self, row: Row) -> datetime:
        start = self.past.events.get(row["start_event_id"] or "", {})
        return enrolled.begun(row, start, self.shop.play(row["journey"]))

    def customer(self, row: Row) -> Row:
        return self.customer_row

    def sent(self, row: Row, step: str, message: str | None) -> bool:
        return message is not None and any(
            one["id"] == message and one["enrollment_id"] == row["id"] and one["step"] == step
            for one in self.messages.values()
        )

    def history(
        self, rows: Collection[Row], names: Collection[str], keys: Collection[tuple[str, str]]
    ) -> Iterable[tuple[Written, str | None]]:
        begun, starts = min(map(self.begun, rows)), {row["start_event_id"] for row in rows}
        for row in self.past.of(names):
            if row["occurred_at"] >= begun and row["id"] not in starts:
                yield _written(row, None), row["customer_id"]

    def add(self, row: Row, start: Written) -> None:
        self.enroll(row)

    def restart(self, row: Row, start: Written, due: datetime) -> None:
        row |= {"due_at": due, "entered_at": due, "start_event_id": start.id}
        self.opening.append(row)

    def change(self, row: Row) -> None:
        self.stirred()

    def call(self, event: Written, play: Play) -> None:
        if not audiences.refused(self, event, play):
            self.decide(play.journey.id, "start", "called", seen={"segment": play.journey.start.to})
            self.called.append((event, play))

    # Where other journeys begin.

    def live(self, journey: str) -> Play | None:
        return self.shown.plays.get(journey)

    def others(self, customer: str, journey: str) -> Sequence[Row]:
        return self.of(journey, customer)

    def enroll(self, row: Row) -> None:
        if row["id"] not in self.enrollments:
            for name in ("step", "goal_at", "leaving", "heard"):
                row.setdefault(name, None)
            self.enrollments[row["id"]] = row
            self.opening.append(row)
            self.stirred()


def _written(row: Row, customer: Row | None) -> Written:
    return Written(row["id"], row["name"], row["occurred_at"], row["properties"], customer, row["message_id"])
