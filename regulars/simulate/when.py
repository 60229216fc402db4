"""When does it begin? A day, or an instant, as somebody writes it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from regulars.simulate.ask import Unanswerable


def begun(written: str) -> datetime | date:
    """An instant with its offset, or a day. Raises Unanswerable."""
    try:
        if len(written) == len("2026-03-02"):
            return date.fromisoformat(written)
        found = datetime.fromisoformat(written)
    except ValueError:
        raise Unanswerable(f"from: expected a day like 2026-03-02 or an instant, found {written!r}") from None
    if found.tzinfo is None:
        raise Unanswerable(f"from: an instant needs its offset from UTC, as {written}Z")
    return found.astimezone(UTC)
