"""How is a simulation told to a machine? The record as JSON values: instants in ISO 8601, UTC."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from regulars.simulate.record import Entry, Record

Row = dict[str, Any]


def as_json(record: Record, intro: str = "") -> Row:
    """{journey, customer, from, until, intro, entries: [...], walks: [...], truncated}."""
    return {
        "journey": record.journey,
        "customer": record.customer["id"],
        "from": record.start.isoformat(),
        "until": record.until.isoformat(),
        "intro": intro,
        "entries": [_entry(one) for one in record.entries],
        "walks": [_plain(asdict(one)) for one in record.walks],
        "truncated": record.truncated,
    }


def _entry(entry: Entry) -> Row:
    told = {name: value for name, value in asdict(entry).items() if value not in (None, "", 0, {})}
    return {**_plain(told), "local": entry.local}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)
