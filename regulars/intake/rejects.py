"""What could not be taken in? Kept with the reason, so that it can be looked at; a batch goes in without it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from regulars.store.events import Rejected
from regulars.store.statements import add_new

_MOST_KEPT = 32 << 10  # characters of a body


@dataclass(frozen=True, slots=True)
class Reject:
    """An event that was refused. `index`: its place in the batch. `body`: what was read of it."""

    source: str
    index: int
    reason: str
    body: Any
    received_at: datetime

    @property
    def told(self) -> dict[str, Any]:
        """What its sender is told."""
        return {"index": self.index, "reason": self.reason}


def keep(connection: Connection, rejects: Sequence[Reject]) -> list[None]:
    """Keep them. The same body of the same sender is kept once however often it comes."""
    rows = {row["id"]: row for row in map(_row, rejects)}
    add_new(connection, Rejected, [rows[key] for key in sorted(rows)], "id")
    return [None] * len(rejects)


def _row(reject: Reject) -> dict[str, Any]:
    text = json.dumps(reject.body, ensure_ascii=False)
    return {
        "id": sha256(f"{reject.source}\n{text}".encode()).hexdigest(),
        "source": reject.source,
        "reason": reject.reason,
        "body": text[:_MOST_KEPT],
        "received_at": reject.received_at,
    }
