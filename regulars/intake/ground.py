"""On what do the rules of entering and of hearing stand? A transaction of the database, or a simulation's memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from regulars.customers.context import Asking, Surroundings
from regulars.intake.occurrence import Written
from regulars.journeys.play import Play
from regulars.store.shelf import Shown

Row = dict[str, Any]


class Ground(Protocol):
    """What is live, what time it is, and where decisions go: regulars.intake.batch.Batch, for one."""

    @property
    def now(self) -> datetime: ...

    @property
    def shown(self) -> Shown: ...

    def play(self, journey: str, version: str) -> Play:
        """A version, compiled. Raises KeyError when there was never such a one."""

    def asking(self, customer: Row, place: Surroundings) -> Asking:
        """The questions that conditions may ask of the customer."""

    def keys_of(self, properties: Row) -> list[tuple[str, str]]:
        """(property, value) for every property by which some journey keys its runs."""

    def is_history(self, occurred_at: datetime) -> bool:
        """Is what happened then told so late that it is an import?"""

    def decide(self, journey: str, gate: str, verdict: str, **more: Any) -> None:
        """Put a decision on record."""

    def hint(self, enrollment: Row) -> None:
        """Have the walk of this enrollment look at what has changed."""


class Walks(Protocol):
    """The enrollments that events may concern: regulars.intake.enrolled.Enrolled, for one."""

    def concerned(self, event: Written) -> list[Row]:
        """Those of the event's customer, and of the keys that it carries."""

    def of(self, journey: str, customer: str) -> list[Row]:
        """A customer's in a journey."""

    def keyed(self, journey: str, key: str) -> Row | None:
        """The one of a key, ever."""

    def begun(self, row: Row) -> datetime:
        """Nothing of before concerns it."""

    def names(self, row: Row) -> Row:
        """What conditions may name of the customer who is inside."""

    def customer(self, row: Row) -> Row:
        """The row of the customer who is inside."""

    def sent(self, row: Row, step: str, message: str | None) -> bool:
        """Is that the message of this enrollment's step?"""

    def history(
        self, rows: Collection[Row], names: Collection[str], keys: Collection[tuple[str, str]]
    ) -> Iterable[tuple[Written, str | None]]:
        """Events of those names, each with its customer's id, that happened since the first of `rows` began, to their
        customers or under one of `keys`; but for those that let them in. Oldest first."""

    def add(self, row: Row, start: Written) -> None:
        """Write a new one, let in by `start`."""

    def restart(self, row: Row, start: Written, due: datetime) -> None:
        """Have one that has not begun be let in anew, by a later event and as its customer."""

    def change(self, row: Row) -> None:
        """Have a changed one written."""

    def call(self, event: Written, play: Play) -> None:
        """Have the segment that an event of the shop's is for let in; or put on record why not."""


Entered = Sequence[tuple[Row, Play]]
