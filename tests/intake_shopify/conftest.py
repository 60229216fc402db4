"""What do Shopify's bodies look like? Samples of our own, recorded ones, and the way to read them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from regulars.intake import shopify
from regulars.intake.arrival import Arrival

RECEIVED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
Read = Callable[..., Arrival]


@pytest.fixture
def sample() -> Callable[[str], dict[str, Any]]:
    """A fresh copy of one of our sample bodies."""
    return lambda name: json.loads((Path(__file__).parent / "samples" / f"{name}.json").read_text("utf-8"))


@pytest.fixture
def payload() -> Callable[[str], bytes]:
    """The bytes of one of the shared real payloads."""
    folder = Path(os.environ.get("REGULARS_SHARED") or Path(__file__).parents[3] / "shared") / "data" / "payloads"
    if not folder.is_dir():
        pytest.skip(f"the shared payloads are not at {folder}; set REGULARS_SHARED")
    return lambda name: (folder / name).read_bytes()


@pytest.fixture
def read() -> Read:
    def read(topic: str, body: Any, headers: Mapping[str, str] | None = None) -> Arrival:
        return shopify.read(topic, headers or {"X-Shopify-Event-Id": "e1"}, body, RECEIVED)

    return read
