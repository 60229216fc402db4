"""Is the narrower law the one that holds?"""

from __future__ import annotations

import json
from datetime import time
from importlib.resources import files

import pytest

from regulars.delivery.legal_hours import Window, legal_window

LAW = json.loads((files("regulars.delivery") / "data/legal_hours.json").read_text("utf-8"))
MONDAY, SATURDAY, SUNDAY = 0, 5, 6


def hours(opens: int, closes: int) -> Window:
    return time(opens), time(closes)


@pytest.mark.parametrize(
    ("country", "state", "weekday", "window"),
    [
        ("US", "CA", MONDAY, hours(8, 21)),
        ("US", "NY", SUNDAY, hours(8, 21)),
        *[
            ("US", state, day, hours(8, 20))
            for state in ("FL", "OK", "MD", "MS", "NJ", "WA")
            for day in (MONDAY, SUNDAY)
        ],
        ("US", "CT", MONDAY, hours(9, 20)),
        ("US", "TX", MONDAY, hours(9, 21)),
        ("US", "TX", SATURDAY, hours(9, 21)),
        ("US", "TX", SUNDAY, hours(12, 21)),
        ("US", "RI", MONDAY, hours(9, 18)),
        ("US", "RI", SUNDAY, hours(10, 17)),
        ("us", " fl ", MONDAY, hours(8, 20)),
        ("US", "US-TX", SUNDAY, hours(12, 21)),
        ("PR", None, MONDAY, hours(8, 21)),
        ("US", None, MONDAY, hours(9, 20)),
        ("US", "", SUNDAY, hours(12, 20)),
        ("US", "Florida", SUNDAY, hours(12, 20)),
        ("DE", None, SUNDAY, None),
        (None, "FL", MONDAY, None),
        ("", None, MONDAY, None),
    ],
)
def test_texts_keep_the_hours_of_the_recipients_place(
    country: str | None, state: str | None, weekday: int, window: Window | None
) -> None:
    assert legal_window("sms", country, state, weekday) == window


def test_mail_may_go_at_any_hour() -> None:
    assert legal_window("email", "US", "FL", MONDAY) is None


@pytest.mark.parametrize("weekday", [-1, 7])
def test_a_weekday_that_is_none_is_refused(weekday: int) -> None:
    with pytest.raises(ValueError, match="expected 0"):
        legal_window("sms", "DE", None, weekday)


def test_every_state_is_listed_once_and_its_window_opens_before_it_closes() -> None:
    states = [state for listed in LAW["sms"]["US"]["provinces"].values() for state in listed]
    assert len(states) == len(set(states)) == 50 + 1 + 6
    for name, window in LAW["windows"].items():
        assert all(time.fromisoformat(opens) < time.fromisoformat(closes) for opens, closes in window.values()), name


@pytest.mark.parametrize("weekday", range(7))
def test_no_window_of_a_state_is_wider_than_the_federal_one_nor_narrower_than_where_the_state_is_unknown(
    weekday: int,
) -> None:
    unknown = legal_window("sms", "US", None, weekday)
    assert unknown is not None
    for states in LAW["sms"]["US"]["provinces"].values():
        for state in states:
            window = legal_window("sms", "US", state, weekday)
            assert window is not None
            assert time(8) <= window[0] < window[1] <= time(21)
            assert state == "RI" or (window[0] <= unknown[0] and unknown[1] <= window[1])


def test_the_data_says_where_it_is_from_and_of_when() -> None:
    assert LAW["as_of"]
    strict = {state for name, listed in LAW["sms"]["US"]["provinces"].items() if name != "federal" for state in listed}
    assert strict <= set(LAW["sources"])
