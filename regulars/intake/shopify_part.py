"""How is one field of a Shopify body read? What is null or absent is None; what has the wrong shape names itself."""

from __future__ import annotations

import difflib
from datetime import UTC, datetime
from typing import Any, NamedTuple

from regulars.intake.money import to_minor

_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
_MOST_PIECES = 1_000_000
LONGEST_ID = 255  # beyond that a database's index refuses it, sooner or later
_MOST_FIELDS = 200  # more than any real object has; comparing names is slow


class Part(NamedTuple):
    """One object of a body. `place`: its path, "line_items[0].", empty for the body itself.

    Every reader takes the name of a field, and raises ValueError with its path when the field holds something else than
    it may. Values are never quoted, for they may be personal.
    """

    data: dict[str, Any]
    place: str = ""

    def text(self, name: str) -> str | None:
        """Trimmed text; blank is None."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._wrong(name, "text")
        return value.strip() or None

    def id(self, name: str) -> str | None:
        """An id or a token as text of at most 255 characters. Most of Shopify's are integers."""
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise self._wrong(name, "text")
        text = value.strip() or None
        if text is not None and len(text) > LONGEST_ID:
            raise ValueError(f"{self.place}{name}: expected at most {LONGEST_ID} characters, found {len(text)}")
        return text

    def known_id(self, name: str) -> str:
        """An id that has to be there."""
        value = self.id(name)
        if value is None:
            raise self._missing(name, "an id")
        return value

    def flag(self, name: str) -> bool:
        value = self.data.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return bool(value)

    def pieces(self, name: str) -> int:
        """A quantity, at least 0."""
        value = self.data.get(name)
        if value is None:
            raise self._missing(name, "a quantity")
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_PIECES:
            raise self._wrong(name, f"a whole number from 0 to {_MOST_PIECES}")
        return value

    def money(self, name: str, currency: str, *others: str) -> int:
        """The first of `name` and `others` that is there, in minor units, at least 0."""
        for field in (name, *others):
            value = self.data.get(field)
            if value is None:
                continue
            if not isinstance(value, str | int | float):
                raise self._wrong(field, "an amount of money")
            try:
                minor = to_minor(value, currency)
            except ValueError as wrong:
                raise ValueError(f"{self.place}{field}: {wrong}") from None
            if minor < 0:
                raise self._wrong(field, "an amount not below 0")
            return minor
        raise self._missing(name, "an amount of money")

    def currency(self, name: str = "currency") -> str:
        """An ISO 4217 code that has to be there."""
        code = self.text(name)
        if code is None:
            raise self._missing(name, "a currency")
        try:
            to_minor(0, code)
        except ValueError as wrong:
            raise ValueError(f"{self.place}{name}: {wrong}") from None
        return code

    def moment(self, name: str) -> datetime | None:
        """An instant in UTC, from ISO 8601 with an offset."""
        text = self.text(name)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise self._wrong(name, "an ISO 8601 time with its offset")
            return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self._wrong(name, "an ISO 8601 time with its offset") from None

    def part(self, name: str) -> Part:
        """An object; an empty one when there is none."""
        value = self.data.get(name)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return Part(value, f"{self.place}{name}.")

    def parts(self, name: str) -> list[Part]:
        """The objects of a list; none when there is no list."""
        values = self.data.get(name)
        if values is None:
            return []
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self._wrong(name, "a list of objects")
        return [Part(value, f"{self.place}{name}[{index}].") for index, value in enumerate(values)]

    def _wrong(self, name: str, expected: str) -> ValueError:
        kind = _KINDS.get(type(self.data.get(name)), "something else")
        return ValueError(f"{self.place}{name}: expected {expected}, found {kind}")

    def _missing(self, name: str, expected: str) -> ValueError:
        present = list(self.data)[:_MOST_FIELDS]
        near = [key for key in difflib.get_close_matches(name, present, n=2) if key != name]
        hint = f"; the nearest field is {near[0]}" if near else ""
        return ValueError(f"{self.place}{name}: expected {expected}, found nothing{hint}")
