"""Is every mistake in what a journey says of itself found in its place, with the nearest right word?

In each text a `«` stands before the place where the mistake is expected. A step is the one that the mistake names.
"""

from __future__ import annotations

from collections.abc import Callable

from mistake_cases import Case, found_in_their_places

from regulars.journeys.mistakes import Mistake

Whole = Callable[..., str]

JOURNEY_MISTAKES: dict[str, Case] = {
    "a message's word": (
        "journey",
        "    «purpose: service\n",
        None,
        "a journey has no word 'purpose': it stands beside an 'email', 'sms' or 'whatsapp' step, as 'purpose:",
    ),
    "a start's word": (
        "journey",
        "    «again: never\n",
        None,
        "a journey has no word 'again': it stands below 'start'",
    ),
    "word like no other": ("journey", "    «xyz: 1\n", None, "'xyz': expected title, priority, start, goal, leave,"),
    "again without after": (
        "start",
        "{event: Order Completed, again: «7 days}",
        None,
        "expected never, always or 'after 7 days', found '7 days'; did you mean 'after 7 days'?",
    ),
    "key's root": (
        "start",
        "{event: Order Completed, key: «evnt.order_id}",
        None,
        "found 'evnt.order_id'; did you mean 'event.order_id'?",
    ),
    "unknown word": ("journey", "    «gaol: {}\n", None, "a journey has no word 'gaol'; did you mean 'goal'?"),
    "priority": (
        "journey",
        "    priority: «hihg\n",
        None,
        "expected one of high, normal, low, found 'hihg'; did you mean",
    ),
    "while for segments": ("journey", "    «while: always\n", None, "is for journeys that a segment starts"),
    "no steps": (
        "file",
        "<house>journeys:\n  «first:\n    start: {event: Order Completed, again: never}\n",
        None,
        "a journey needs 'steps'",
    ),
    "empty steps": ("file", "<house><journey>    steps: «[]\n", None, "expected a list of steps like '- wait: 1 day'"),
    "no start": ("file", "<house>journeys:\n  «first:\n    steps: [wait: 1 day]\n", None, "a journey needs 'start'"),
    "start as a word": ("start", "«Order Completed", None, "start: expected event, key, settle, to, where, again,"),
    "event": (
        "start",
        "{event: «Order Complete, again: never}",
        None,
        "unknown event 'Order Complete'; did you mean 'Order",
    ),
    "event unlike any": (
        "start",
        "{event: «Zzz, again: never}",
        None,
        "neither a standard name nor one that has come in",
    ),
    "learnt event": (
        "start",
        "{event: «Tea Ceremony Boked, again: never}",
        None,
        "did you mean 'Tea Ceremony Booked'?",
    ),
    "repeats": ("start", "{«event: Checkout Started}", None, "Checkout Started can happen again: say"),
    "settle without key": (
        "start",
        "{event: Checkout Started, again: never, «settle: 5 minutes}",
        None,
        "settle needs 'key'",
    ),
    "key": (
        "start",
        "{event: Checkout Started, key: «event.checkout}",
        None,
        "no property 'checkout'; did you mean 'checkout_id'?",
    ),
    "bare key": ("start", "{event: Checkout Started, key: «checkout_id}", None, "did you mean 'event.checkout_id'?"),
    "again": ("start", "{event: Checkout Started, again: «nevr}", None, "found 'nevr'; did you mean 'never'?"),
    "again's span": ("start", "{event: Checkout Started, again: «after 7 dys}", None, "expected a span like"),
    "settle": ("start", "{event: Checkout Started, key: event.checkout_id, settle: «0 minutes}", None, "between 1 and"),
    "where": (
        "start",
        "{event: Order Completed, again: never, where: customer.«ordrs == 1}",
        None,
        "'customer' has no 'ordrs'; did you mean 'orders'?",
    ),
    "where over the start": (
        "start",
        "{event: Order Completed, again: never, where: «start.order_id}",
        None,
        "unknown name 'start'",
    ),
    "goal without within": ("journey", "    «goal: {event: Order Completed}\n", None, "goal needs 'within'"),
    "goal's event": ("journey", "    goal: {event: «Order Completd, within: 1 day}\n", None, "mean 'Order Completed'?"),
    "goal's stay": (
        "journey",
        "    goal: {event: Order Paid, within: 1 day, stay: «maybe}\n",
        None,
        "expected true or false",
    ),
    "goal's word": (
        "journey",
        "    goal: {event: Order Paid, «wihtin: 1 day, within: 1 day}\n",
        None,
        "mean 'within'?",
    ),
    "goal's where": (
        "journey",
        "    goal: {event: Order Refunded, within: 1 day, where: event.«order_idd == start.order_id}\n",
        None,
        "'event' has no 'order_idd'; did you mean 'order_id'?",
    ),
    "leave": ("journey", "    leave: «[]\n", None, "found an empty list"),
    "leave's of": (
        "journey",
        "    leave: {event: Email Complained, of: «reminder}\n",
        None,
        "'reminder' is no message of",
    ),
    "while's name": (
        "journey",
        "    while: not «custmer.phone\n",
        None,
        "unknown name 'custmer'; did you mean 'customer'?",
    ),
    "while over steps": ("journey", "    while: «wait_1.url\n", None, "unknown name 'wait_1'"),
    "no journey": ("file", "<house>journeys: «[]\n", None, "journeys: expected journeys by their names, found a list"),
}


test_a_mistake_in_a_journey_is_found_in_its_place = found_in_their_places(JOURNEY_MISTAKES)


def test_a_journey_is_called_by_small_letters(mistakes_in: Callable[[str], tuple[Mistake, ...]], whole: Whole) -> None:
    (mistake,) = mistakes_in(whole("journey").replace("  first:", "  First:"))
    assert (mistake.line, mistake.column, mistake.journey) == (10, 3, "First")
    assert mistake.message.startswith("expected an id of small letters")
