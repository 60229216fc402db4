"""What time does the inbox show? The shop's, where it is told which that is; and a message is found by our own id."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sandbox_servers import Start, ask

from regulars.sandbox.settings import SandboxSettings


def test_the_inbox_shows_the_shops_time_where_it_is_told(start: Start) -> None:
    origin = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=10)
    sandbox = start(clock_origin=origin.isoformat(), clock_pace=86400.0)
    sandbox.mail("ann@example.com")
    page = ask(f"{sandbox.url}/inbox").text()
    (day,) = re.findall(r"<small>(\d\d \w{3} \d{4})</small>", page)
    shown = datetime.strptime(day, "%d %b %Y").replace(tzinfo=UTC)
    assert timedelta(days=8) < shown - origin < timedelta(days=60), "a day goes by each second"


def test_without_it_the_inbox_shows_real_time(start: Start) -> None:
    sandbox = start()
    sandbox.mail("ann@example.com")
    assert datetime.now(UTC).strftime("%d %b %Y") in ask(f"{sandbox.url}/inbox").text()


@pytest.mark.parametrize(
    "wrong",
    [
        {"clock_origin": "noon"},
        {"clock_origin": "2026-11-22T12:00"},
        {"clock_origin": "2026-11-22T12:00Z", "clock_pace": 0.0},
    ],
)
def test_a_clock_that_none_can_read_is_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="clock_origin and clock_pace"):
        SandboxSettings(data=tmp_path, **wrong)  # type: ignore[arg-type]


def test_a_message_is_found_by_the_products_own_id(start: Start) -> None:
    sandbox = start()
    sandbox.mail("ann@example.com", "m1")
    sandbox.mail("bob@example.com", "m2")
    found = ask(f"{sandbox.url}/inbox/of/m2")
    assert (found.status, found.headers["location"]) == (303, "/inbox/2")
    assert ask(f"{sandbox.url}/inbox/of/m3").status == 404
