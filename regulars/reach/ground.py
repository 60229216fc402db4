"""What was so of one customer at an instant of the past? Production's rules over memory, as time goes on.

A walk that is on record lasts as long as it lasted. One that is let in here alone lasts until its goal, until something
takes it out, or as long as its longest way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from regulars.intake import order_book
from regulars.intake.arrival import OrderFacts, OrderLine
from regulars.intake.occurrence import Written
from regulars.journeys.play import Play
from regulars.reach.gates import Entry, entry_of
from regulars.reach.lasting import longest
from regulars.reach.pages import Known
from regulars.simulate.shop import Shop
from regulars.simulate.world import World
from regulars.store.enrollments import EnrollmentState, Outcome
from regulars.walks import turn
from regulars.walks.entry import BEFORE_IT_BEGAN

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """The journey that is asked about, alone in its shop. `lasting`: how long a walk may take."""

    shop: Shop
    play: Play
    lasting: timedelta

    @staticmethod
    def of(shop: Shop, journey: str) -> Judged:
        play = shop.play(journey)
        return Judged(shop, play, longest(play.journey.steps))


class Ground:
    """One customer at `now`. `replayed`: ids of events that are about to happen again; whom they let in is not inside
    yet."""

    def __init__(self, of: Judged, known: Known, now: datetime, replayed: frozenset[str] = frozenset()) -> None:
        self.world = World(of.shop, dict(known.customer), now)
        self._play, self._known = of.play, known
        self._new: dict[str, Row] = {}
        self._lasting = of.lasting
        self._ended = {row["start_event_id"]: row["closed_at"] for row in known.walks if _was_walked(row)}
        self._walks = [dict(row) for row in known.walks if row["start_event_id"] not in replayed]
        self._orders = sorted(self._taken(), key=lambda one: one[0])
        self._at = now
        self.until(now)

    def until(self, now: datetime) -> None:
        """Let time pass: walks begin and end, orders are placed."""
        for row in sorted(self._new.values(), key=lambda row: str(row["due_at"])):
            self._pass(row, now)
        self.world.now = now
        self._place(now)
        for row in self._walks:
            self._show(row, now)
        self._at = now

    def remember(self, row: Row) -> None:
        """An event is on record by now."""
        self.world.past.add({"properties": {}, "message_id": None, **row})

    def came(self) -> list[Entry]:
        """What starts have come to since this was asked last; who was let in is walked from now on."""
        decided, self.world.decisions = self.world.decisions, []
        for row in self.world.opening:
            self._new[row["id"]] = row
        self.world.opening = []
        return [entry_of(one["verdict"]) for one in decided if one["gate"] == "start"]

    def settled(self) -> list[Entry]:
        """What became of those who were let in: still so, or over before it began."""
        walks = [row for row in self._new.values() if row["outcome"] != Outcome.held_out]
        return [Entry.before if _never_began(row) else Entry.entered for row in walks]

    def told(self, row: Row) -> Written:
        properties, message = row.get("properties", {}), row.get("message_id")
        return Written(row["id"], row["name"], row["occurred_at"], properties, self.world.customer_row, message)

    def _pass(self, row: Row, now: datetime) -> None:
        if row["state"] == EnrollmentState.due and row["due_at"] <= now:
            self.world.now = max(row["due_at"], self._at)
            self._place(self.world.now)
            over = turn.opening(self._play, row, partial(self.world.names, row), self.world.place.zone)
            row["state"] = EnrollmentState.walking
            if over is not None:
                self._close(row, row["due_at"], Outcome.goal if over.result == "goal" else Outcome.left)
                row["reason"] = BEFORE_IT_BEGAN
        if row["state"] != EnrollmentState.walking:
            return
        ended = self._ended.get(row["start_event_id"], row["due_at"] + self._lasting)
        if row["start_event_id"] not in self._ended and (row["leaving"] or self._at_goal(row)):
            self._close(row, self._at, Outcome.left)
        elif ended is not None and ended <= now:
            self._close(row, ended, Outcome.finished)

    def _at_goal(self, row: Row) -> bool:
        goal = self._play.journey.goal
        return goal is not None and not goal.stay and row["goal_at"] is not None

    def _close(self, row: Row, at: datetime, outcome: Outcome) -> None:
        row |= {"state": EnrollmentState.closed, "outcome": outcome, "closed_at": at}

    def _show(self, row: Row, now: datetime) -> None:
        """A walk on record, as it was then; none before it was."""
        settle = self._play.journey.start.settle if row["journey"] == self._play.journey.id else None
        if row["entered_at"] - (settle.elapsed if settle else timedelta()) > now:
            return
        shown = dict(row)
        if row["closed_at"] is None or row["closed_at"] > now:
            state = EnrollmentState.due if row["due_at"] > now else EnrollmentState.walking
            shown |= {"state": state, "outcome": None, "reason": None, "closed_at": None, "goal_at": None}
        self.world.enrollments[row["id"]] = shown

    def _taken(self) -> Iterator[tuple[datetime, Row, OrderFacts]]:
        """What was told of orders, and when: of one that is cancelled by now that it was placed, first."""
        for row in self._known.orders:
            if row["status"] == "cancelled" and row["updated_at"] > row["placed_at"]:
                yield row["placed_at"], row, self._facts(row, "placed", row["placed_at"])
                yield row["updated_at"], row, self._facts(row, "cancelled", row["updated_at"])
            else:
                yield row["placed_at"], row, self._facts(row, row["status"], row["updated_at"])

    def _facts(self, row: Row, status: Any, updated_at: datetime) -> OrderFacts:
        lines = tuple(
            OrderLine(*(one[name] for name in ("product_id", "variant_id", "sku", "title", "quantity", "price_minor")))
            for one in self._known.lines.get(row["id"], ())
        )
        total, what = row["total_minor"] - row["refunded_minor"], (row["external_id"], row["currency"])
        return OrderFacts(*what, total, row["placed_at"], updated_at, status, row["test"], row["checkout_id"], lines)

    def _place(self, now: datetime) -> None:
        orders = self.world.past.orders
        if not self._orders:
            return
        while self._orders and self._orders[0][0] <= now:
            _, row, facts = self._orders.pop(0)
            orders.take(row["source"], facts, row["customer_id"])
        self.world.customer_row |= order_book.sums_over(row for row, _ in orders.all())


def _was_walked(row: Row) -> bool:
    """Did, or does, a walk on record begin? Of one that did not, nothing says how long it would have lasted."""
    began = row["closed_at"] is None or row["closed_at"] >= row["due_at"]
    return bool(row["start_event_id"] and began and row["outcome"] != Outcome.held_out)


def _never_began(row: Row) -> bool:
    return bool(row["state"] == EnrollmentState.closed and row["reason"] == BEFORE_IT_BEGAN)
