"""Is a batch read as its events would be one by one, whichever of the two readers reads them?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from regulars.intake import segment
from regulars.intake.arrival import Arrival
from regulars.intake.body import read_json
from regulars.intake.ecommerce import NAMED
from regulars.intake.segment_plain import Batch, plain

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENT = "2026-03-01T11:00:00Z"  # the sender's clock is an hour behind
TOLD = {
    "type": "track",
    "event": "Product Viewed",
    "messageId": "m1",
    "userId": "u1",
    "anonymousId": None,
    "timestamp": "2026-03-01T10:00:00.250+00:00",
    "context": {"library": {"name": "analytics-python"}},
    "properties": {"sku": "TEA-1", "price": 19.9},
}
CONTEXT = {"locale": "de-DE", "traits": {"firstName": "Mei"}}

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=3),
    st.sampled_from(["", " ", "\t", "x" * 99, "x" * 100, "x" * 255, "x" * 256, f" {'x' * 99} ", " u2 "]),
    st.lists(st.integers(), max_size=1),
    st.sampled_from([{}, {"email": "a@example.com"}, {"timezone": "Asia/Tokyo"}, CONTEXT, {"traits": 5}]),
)
times = st.sampled_from(
    [
        *(SENT, "2026-03-01T10:00:00", "2026-03-01T10:00:00+02:00", " 2026-03-01T10:00:00Z ", "2026-03-01", "soon"),
        *("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "2027-01-01T00:00:00Z"),
    ]
)
clocks = st.sampled_from([SENT, "2026-03-01T14:00:00+02:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
names = st.sampled_from([*sorted(NAMED), "Tasted", " Tasted ", "Customer Updated", "Page Viewed", "Product Added"])
fields: dict[str, st.SearchStrategy[Any]] = {
    "event": names | odd,
    "messageId": odd,
    "userId": odd,
    "anonymousId": odd,
    "timestamp": times | odd,
    "originalTimestamp": times | odd,
    "context": odd,
    "properties": odd | st.dictionaries(st.sampled_from(["order_id", "total", "channel"]), odd, max_size=2),
    "traits": odd,
    "sentAt": odd,
}


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """A plain event of which a few fields are odd, or missing."""
    changed = draw(st.lists(st.sampled_from(sorted(fields)), max_size=3, unique=True))
    missing = draw(st.lists(st.sampled_from(sorted(fields)), max_size=1))
    kind = draw(st.sampled_from(["track", "track", "track", "identify", "page", "alias"]))
    told = TOLD | {"type": kind} | {name: draw(fields[name]) for name in changed}
    return {name: value for name, value in told.items() if name not in missing}


def known(arrival: Arrival) -> Arrival:
    """Without the id that an event which came without gets, another each time, and what is told by it."""
    if not arrival.dedupe_key.startswith("ours/"):
        return arrival
    return arrival._replace(dedupe_key="ours", refund=None, events=() if arrival.refund else arrival.events)


@example([TOLD | {"event": "x" * 255}, TOLD | {"event": "x" * 256}, TOLD | {"event": " "}], SENT, {})
@example([TOLD | {"messageId": "x" * 99}, TOLD | {"messageId": "x" * 100}, TOLD | {"messageId": " "}], SENT, {})
@example([TOLD | {"userId": "x" * 255}, TOLD | {"userId": "x" * 256}, TOLD | {"userId": " "}], SENT, {})
@example([TOLD | {"timestamp": "2026-03-01T10:00:00"}, TOLD | {"timestamp": "2026-03-01T10:00:00+02:00"}], SENT, {})
@example([TOLD | {"timestamp": "0001-01-01T00:00:00+14:00"}], "0001-01-01T00:00:00Z", {})
@example([TOLD | {"properties": []}, TOLD | {"properties": "x"}, TOLD | {"properties": None}], SENT, {})
@example([TOLD | {"originalTimestamp": 0}], SENT, {})
@example([TOLD | {"originalTimestamp": ""}], SENT, {})
@example([TOLD | {"userId": None, "anonymousId": " a1 "}], SENT, CONTEXT)
@example([TOLD | {"context": {}}], SENT, CONTEXT)
@example([TOLD | {"context": {"traits": {"email": "Mei@example.com"}, "locale": "de"}}], SENT, {})
@example([TOLD | {"timestamp": "9999-12-31T23:59:59Z"}], "0001-01-01T00:00:00Z", {})
@example([TOLD | {"timestamp": "0001-01-01T00:00:00Z"}], "9999-12-31T23:59:59Z", {})
@settings(deadline=None)
@given(st.lists(events(), min_size=1, max_size=4), clocks, st.sampled_from([{}, CONTEXT]))
def test_a_batch_is_read_as_its_events_are_each_by_itself(
    told: list[dict[str, Any]], sent_at: str, context: dict[str, Any]
) -> None:
    found = segment.read("batch", {"batch": told, "sentAt": sent_at, "context": context}, 0, NOW)
    alone = [segment.read(one["type"], by_itself(one, sent_at, context), 0, NOW) for one in told]
    assert [known(one) for one in found.arrivals] == [known(one) for read in alone for one in read.arrivals]
    assert [one.reason for one in found.rejects] == [one.reason for read in alone for one in read.rejects]


def by_itself(event: dict[str, Any], sent_at: str, context: dict[str, Any]) -> dict[str, Any]:
    """The event with what its batch says of all: its own context, where it has one, says more."""
    own = event.get("context")
    return {**event, "sentAt": sent_at, "context": own if isinstance(own, dict) and own else context}


@pytest.mark.parametrize(
    "more",
    [{}, {"originalTimestamp": SENT}, {"userId": None, "anonymousId": "a1"}, {"context": CONTEXT}, {"event": " Tea "}],
)
def test_what_libraries_send_is_plain(more: dict[str, Any]) -> None:
    arrival = plain(TOLD | more, Batch("segment", {}, datetime.fromisoformat(SENT), NOW))
    assert arrival is not None
    assert arrival.events[0].name == (TOLD | more)["event"].strip()


@pytest.mark.parametrize("name", sorted(NAMED))
def test_what_means_more_is_not_plain(name: str) -> None:
    assert plain(TOLD | {"event": name}, Batch("segment", {}, datetime.fromisoformat(SENT), NOW)) is None


def test_a_plain_event_is_of_its_senders_time_set_right_and_never_ahead_of_ours() -> None:
    late = [TOLD | {"timestamp": at} for at in ("2026-03-01T10:00:00Z", "2026-03-01T11:30:00Z")]
    arrivals = segment.read("batch", {"batch": late, "sentAt": SENT}, 0, NOW).arrivals
    assert [one.events[0].occurred_at for one in arrivals] == [NOW - timedelta(hours=1), NOW]


def test_a_call_alone_is_what_its_path_says_whatever_its_type_says() -> None:
    (arrival,) = segment.read("identify", TOLD | {"sentAt": SENT, "batch": []}, 0, NOW).arrivals
    assert (arrival.topic, arrival.events) == ("identify", ())


def fill(size: int) -> dict[str, Any]:
    """A plain event of so many bytes, written without a blank."""
    return TOLD | {"properties": {"x": "x" * (size - len(to_json(TOLD | {"properties": {"x": ""}})))}}


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([400, 9_000, 20_000, 32_767, 32_768, 32_769, 60_000]), max_size=9),
    st.sampled_from([None, 1]),
)
def test_of_a_batch_just_the_events_that_are_too_large_are_refused(sizes: list[int], indent: int | None) -> None:
    text = json.dumps({"batch": [fill(size) for size in sizes], "sentAt": SENT}, indent=indent).encode()
    found = segment.read("batch", read_json(text), len(text), NOW)
    too_large = [index for index, size in enumerate(sizes) if size > segment.MOST_EVENT_BYTES]
    if len(text) > segment.MOST_EVENT_BYTES:
        assert [one.index for one in found.rejects] == too_large
    assert len(found.arrivals) + len(found.rejects) == len(sizes)
