"""Is what came of a call done, failed for good, or to be tried again, and when?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.calls.verdict import FIRST_PAUSE, LONGEST_PAUSE, Trying, judge, pause_after
from regulars.calls.wire import Refused, Replied, Unanswered
from regulars.clock import Clock, identity

NOW = datetime(2026, 3, 20, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def trying(number: int = 1, left: timedelta = DAY) -> Trying:
    return Trying("e/step/1", number, NOW + left)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_done(status: int) -> None:
    verdict = judge(Replied(status, {}), trying(), NOW, identity())
    assert (verdict.result, verdict.word, verdict.until) == ("done", str(status), None)


@pytest.mark.parametrize("status", [301, 304, 308, 400, 401, 403, 404, 410, 422])
def test_what_will_not_change_fails_for_good(status: int) -> None:
    verdict = judge(Replied(status, {"Retry-After": "10"}), trying(), NOW, identity())
    assert (verdict.result, verdict.word, verdict.reason) == ("failed", f"{status}, failed", str(status))


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_change_is_tried_again(status: int) -> None:
    verdict = judge(Replied(status, {}), trying(), NOW, identity())
    assert (verdict.result, verdict.word, verdict.reason) == ("later", f"{status}, again", str(status))
    assert verdict.until is not None
    assert 5 <= (verdict.until - NOW).total_seconds() <= 6.25


def test_an_address_that_must_not_be_called_fails_for_good() -> None:
    verdict = judge(Refused("address not allowed"), trying(), NOW, identity())
    assert (verdict.result, verdict.word) == ("failed", "address not allowed, failed")


@pytest.mark.parametrize(("status", "heeded"), [(429, True), (503, True), (500, False)])
def test_who_names_a_time_is_called_then(status: int, heeded: bool) -> None:
    verdict = judge(Replied(status, {"retry-after": "3600"}), trying(), NOW, identity())
    assert (verdict.until == NOW + timedelta(hours=1)) is heeded


def test_a_time_after_which_nobody_wants_it_any_more_is_not_waited_for() -> None:
    verdict = judge(Replied(503, {"Retry-After": "3600"}), trying(left=timedelta(minutes=59)), NOW, identity())
    assert (verdict.result, verdict.word, verdict.reason) == ("failed", "503, given up", "given up: 503")


def test_the_last_try_is_made_when_it_expires_and_none_after_it() -> None:
    left = timedelta(minutes=1)
    assert judge(Unanswered("no answer"), trying(9, left), NOW, identity()).until == NOW + left
    verdict = judge(Unanswered("no answer"), trying(10, left), NOW + left, identity())
    assert (verdict.result, verdict.word) == ("failed", "no answer, given up")


@given(st.integers(1, 100), st.text("0123456789abcdef/", min_size=1, max_size=20))
def test_pauses_grow_to_an_hour_and_are_the_same_for_the_same_try(number: int, call: str) -> None:
    pause = pause_after(Trying(call, number, NOW))
    least = min(FIRST_PAUSE * 2 ** (number - 1), LONGEST_PAUSE)
    assert least <= pause <= least * 1.25
    assert pause == pause_after(Trying(call, number, NOW))


def test_those_whom_one_outage_held_up_do_not_come_back_as_one() -> None:
    assert len({pause_after(Trying(f"e{n}/step/1", 3, NOW)) for n in range(100)}) > 90


def test_pauses_are_real_time_however_fast_the_shops_clock_is() -> None:
    clock = Clock(NOW, pace=8_640.0)
    verdict = judge(Replied(429, {"Retry-After": "30"}), trying(left=10 * DAY), NOW, clock)
    assert verdict.until is not None
    assert clock.lasting(verdict.until - NOW) == timedelta(seconds=30)
