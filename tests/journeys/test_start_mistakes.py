"""Is every mistake in what lets customers in found in its place?

In each text a `«` stands before the place where the mistake is expected. There are the segments vip and dormant.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from mistake_cases import found_in_their_places

from regulars.journeys.mistakes import Mistake

Case = tuple[str, str, str]  # where the words stand, the words, the message
Read = Callable[..., tuple[Mistake, ...]]
Place = Callable[..., str]

START_MISTAKES: dict[str, Case] = {
    "nothing that lets in": (
        "file",
        "<house>journeys:\n  first:\n    «start: {again: never}\n    steps: [wait: 1 day]\n",
        "start needs one of event, enters, leaves, date, schedule, broadcast: what lets a customer in?",
    ),
    "segment, misspelt": ("start", "{enters: «vpi, again: never}", "no segment 'vpi'; did you mean 'vip'?"),
    "segment unlike any": ("start", "{leaves: «gold, again: never}", "no segment 'gold': expected dormant or vip"),
    "everyone for a segment": (
        "start",
        "{enters: «everyone, again: never}",
        "there is no segment 'everyone': expected",
    ),
    "segment that is a list": ("start", "{enters: «[vip], again: never}", "expected a text, found a list"),
    "enters without again": (
        "start",
        "{«enters: dormant}",
        "who enters dormant can do so again: say 'again: never', 'always' or 'after 7 days'",
    ),
    "leaves without again": ("start", "{«leaves: vip}", "who leaves vip can do so again: say 'again: never', 'always'"),
    "enters and leaves": ("start", "{enters: vip, «leaves: dormant, again: never}", "'enters' or 'leaves', not both"),
    "event and enters": ("start", "{event: Order Paid, «enters: vip, again: never}", "'event' or 'enters', not both"),
    "segment by the name of its event": (
        "start",
        "{event: «Segment Entered, again: never}",
        "Segment Entered is no word for 'event': write 'enters: vip'",
    ),
    "date by the name of its event": (
        "start",
        "{event: «Date Reached, again: never}",
        "Date Reached is no word for 'event': write a 'date' below 'start'",
    ),
    "where of enters": ("start", "{enters: vip, again: never, where: event.«segmnt}", "'event' has no 'segmnt'"),
    "key of enters": ("start", "{enters: vip, again: never, «key: event.segment}", "'key' does not go with 'enters'"),
    "no audience": (
        "start",
        "{«event: Product Released, again: always}",
        "Product Released is the shop's, of no customer: say whom it lets in, as 'to: everyone'",
    ),
    "audience of one": (
        "start",
        "{event: Order Completed, «to: vip, again: always}",
        "Order Completed happens to one customer: 'to' is for an event of the shop's, as Product Released",
    ),
    "audience, misspelt": (
        "start",
        "{event: Product Released, to: «vpi, again: always}",
        "there is no segment 'vpi'; did you mean 'vip'?",
    ),
    "audience without again": (
        "start",
        "{«event: Product Released, to: vip}",
        "Product Released can happen again: say 'again: never', 'always' or 'after 7 days'",
    ),
    "audience with a key": (
        "start",
        "{event: Product Released, to: vip, «key: event.product_id}",
        "'key' does not go with 'to', which is for an event of the shop's",
    ),
    "audience of a segment": (
        "start",
        "{enters: vip, «to: dormant, again: never}",
        "'to' does not go with 'enters'",
    ),
    "guess of a birthday": (
        "start",
        '{«birthday: {at: "10:00"}}',
        "start has no word 'birthday': a date of the profile is written 'date: customer.traits.birthday', beside",
    ),
    "guess of a segment": (
        "start",
        "{«segment: vip}",
        "start has no word 'segment': who comes into a segment is written",
    ),
    "guess of a cron": ("start", "{«cron: 0 10 * * 1}", "is written 'schedule: {at: \"10:00\", days: [monday]}'"),
    "date of nothing": (
        "start",
        "{«date: , every: year}",
        'expected a date like customer.traits.birthday, or a day of the calendar like "2026-12-24", found nothing',
    ),
    "date that is a mapping": ("start", "{date: «{field: birthday}}", "expected a date like customer.traits.birthday"),
    "bare field": (
        "start",
        "{date: «birthday, every: year}",
        "unknown name 'birthday': a date of the customer's is written customer.traits.birthday",
    ),
    "bare field of every customer": ("start", "{date: «created_at}", "is written customer.created_at"),
    "field, misspelt": (
        "start",
        "{date: customer.«create_at}",
        "'customer' has no 'create_at'; did you mean 'created_at'?",
    ),
    "date of an event": ("start", "{date: «event.delivered_at}", "unknown name 'event'"),
    "no such day": ("start", '{date: «"2027-02-29"}', "there is no day 2027-02-29"),
    "day as others write it": (
        "start",
        "{date: «24.12.2026}",
        'or a day of the calendar like "2026-12-24", found \'24.12',
    ),
    "day that is a division": ("start", '{date: «"12/24", every: year}', "found '12/24'"),
    "day without its quotes": (
        "start",
        "{date: «2026-12-24}",
        '2026-12-24 is read as a date by some: write "2026-12-24"',
    ),
    "each month": ("start", "{date: customer.created_at, every: «month}", "expected one of year, found 'month'"),
    "before and after": (
        "start",
        "{date: customer.created_at, minus: 1 day, «plus: 1 day}",
        "'minus' or 'plus', not both",
    ),
    "hour of a date": ("start", "{date: customer.created_at, at: «10 am}", "found '10 am'; did you mean '10:00'?"),
    "span of a date": ("start", "{date: customer.created_at, minus: «1 week ago}", "expected a span like"),
    "date and its key": ("start", "{date: customer.created_at, «key: event.date}", "'key' does not go with 'date'"),
    "date and settle": ("start", "{date: customer.created_at, «settle: 1 day}", "'settle' does not go with 'date'"),
    "date and a segment": ("start", "{date: customer.created_at, «to: vip}", "'to' does not go with 'date'"),
    "hour without its date": ("start", '{event: Customer Created, «at: "10:00"}', "'at' needs 'date'"),
    "year without its date": ("start", "{event: Customer Created, «every: year}", "'every' needs 'date'"),
    "where of a date": (
        "start",
        "{date: customer.created_at, where: event.«occurence}",
        "'event' has no 'occurence'; did you mean 'occurrence'?",
    ),
    "schedule of a word": (
        "start",
        "{schedule: «daily, to: vip}",
        "schedule: expected at, days, day below it, found 'daily'",
    ),
    "schedule without an hour": ("start", "{schedule: «{days: [monday]}, to: vip}", "schedule needs 'at'"),
    "schedule's word": (
        "start",
        '{schedule: {at: "10:00", «dys: [monday]}, to: vip}',
        "no word 'dys'; did you mean 'days'?",
    ),
    "schedule's hour": ("start", '{schedule: {at: «"25:00"}, to: vip}', "found '25:00'"),
    "schedule's weekday": ("start", '{schedule: {at: "10:00", days: [«mondy]}, to: vip}', "did you mean 'monday'?"),
    "one weekday": (
        "start",
        '{schedule: {at: "10:00", days: «monday}, to: vip}',
        "a list of days like [monday, thursday]",
    ),
    "day that some months lack": (
        "start",
        '{schedule: {at: "10:00", day: «31}, to: vip}',
        "expected a day that every month has, from 1 to 28, found '31'",
    ),
    "day that is a word": ("start", '{schedule: {at: "10:00", day: «last}, to: vip}', "from 1 to 28, found 'last'"),
    "days and a day": ("start", '{schedule: {at: "10:00", days: [monday], «day: 1}, to: vip}', "not both"),
    "schedule for nobody": (
        "file",
        '<house>journeys:\n  first:\n    «start: {schedule: {at: "10:00"}}\n    steps: [wait: 1 day]\n',
        "a schedule needs 'to': a segment, or everyone",
    ),
    "schedule for a segment, misspelt": ("start", '{schedule: {at: "10:00"}, to: «evryone}', "no segment 'evryone'"),
    "schedule's days beside it": (
        "start",
        "{event: Order Paid, again: never, «days: [monday]}",
        "stands below 'wait_until' or",
    ),
    "schedule and a broadcast": (
        "start",
        '{«schedule: {at: "10:00"}, broadcast: "2026-12-01 10:00", to: vip}',
        "'schedule' does not go with 'broadcast'",
    ),
    "schedule and an event": (
        "start",
        '{schedule: {at: "10:00"}, «event: Order Paid, to: vip}',
        "does not go with 'schedule'",
    ),
    "again of a schedule": ("start", '{schedule: {at: "10:00"}, to: vip, again: «weekly}', "expected never, always or"),
    "broadcast to an unknown segment": (
        "start",
        '{broadcast: "2026-12-01 10:00", to: «vpi}',
        "there is no segment 'vpi'; did you mean 'vip'?",
    ),
    "broadcast to nobody": (
        "file",
        '<house>journeys:\n  first:\n    «start: {broadcast: "2026-12-01 10:00"}\n    steps: [wait: 1 day]\n',
        "a broadcast needs 'to': a segment, or everyone",
    ),
    "broadcast without an hour": (
        "start",
        '{broadcast: «"2026-12-01", to: vip}',
        "expected a day and time on the house's clock, as \"2026-12-01 10:00\", found '2026-12-01'",
    ),
    "broadcast on a foreign clock": ("start", '{broadcast: «"2026-12-01T10:00Z", to: vip}', "on the house's clock"),
    "broadcast to the second": ("start", '{broadcast: «"2026-12-01 10:00:30", to: vip}', "found '2026-12-01 10:00:30'"),
    "broadcast on no day": (
        "start",
        '{broadcast: «"2026-11-31 10:00", to: vip}',
        "there is no day or time 2026-11-31 10:00",
    ),
    "broadcast of nothing": ("start", "{«broadcast: , to: vip}", 'as "2026-12-01 10:00", found nothing'),
    "broadcast of a mapping": ("start", '{broadcast: «{at: "10:00"}, to: vip}', "found a mapping"),
    "broadcast that settles": (
        "start",
        '{broadcast: "2026-12-01 10:00", to: vip, «settle: 1 day}',
        "'settle' does not go with 'broadcast'",
    ),
}


test_a_mistake_in_a_start_is_found_in_its_place = found_in_their_places(
    {name: (where, words, None, message) for name, (where, words, message) in START_MISTAKES.items()}
)


def test_without_a_segments_file_it_is_said_where_segments_are_written(mistakes_in: Read, whole: Place) -> None:
    (mistake,) = mistakes_in(whole("start", "{enters: vip, again: never}"), "")
    assert mistake.message == "there is no segment 'vip': none is written, in segments.yaml beside this file"


@pytest.mark.parametrize(
    ("start", "once"),
    [
        ("{date: customer.traits.birthday, every: year}", "date"),
        ("{event: Checkout Started, key: event.checkout_id}", "event.checkout_id"),
    ],
)
def test_a_step_cannot_start_what_runs_once_for_each_of_something(
    mistakes_in: Read, whole: Place, start: str, once: str
) -> None:
    other = f"  other:\n    start: {start}\n    steps: [wait: 1 day]\n"
    (mistake,) = mistakes_in(whole("steps", "      - journey: other\n") + other)
    expected = f"'other' cannot be started by a step: it runs once for each {once}, and a step has none"
    assert (mistake.step, mistake.message) == ("journey_1", expected)
