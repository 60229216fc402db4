"""What can never be heard, or not for sure, and what just can?

In the first of each pair a `«` stands where the finding is expected.
"""

from __future__ import annotations

from check_shop import Pair, journeys, steps, wait_for

HEARD_PAIRS: dict[str, dict[str, Pair]] = {
    "never-heard": {
        "of a message that comes later": (
            wait_for("{event: Email Clicked, of: «more, within: 1 day}\n- email: a/more"),
            wait_for("{event: Email Clicked, of: hello, within: 1 day}\n- email: a/more"),
        ),
        "of a message on another channel": (
            wait_for("{event: SMS Clicked, of: «hello, within: 1 day}"),
            steps("- sms: a/text\n- wait_for: {event: SMS Clicked, of: text, within: 1 day}"),
        ),
        "of what is no message": (
            wait_for("{event: Order Paid, of: «hello, within: 1 day}"),
            wait_for("{event: Order Paid, within: 1 day}"),
        ),
        "of a message to those who left": (
            steps(
                "- if: customer.phone\n  then: [{email: a/hello}, {leave: done}]\n"
                "- wait_for: {event: Email Clicked, of: «hello, within: 1 day}"
            ),
            steps(
                "- if: customer.phone\n  then: [{email: a/hello}, {tag: done}]\n"
                "- wait_for: {event: Email Clicked, of: hello, within: 1 day}"
            ),
        ),
        "an event of the shop's": (
            wait_for("{«event: Product Released, within: 1 day}"),
            wait_for("{event: Product Viewed, within: 1 day}"),
        ),
        "what had happened before": (
            journeys(says="    leave: {event: «Customer Created}\n"),
            journeys(says="    leave: {event: Customer Updated}\n"),
        ),
        "news of a channel on which nothing goes": (
            journeys(says="    goal: {event: «SMS Clicked, within: 1 day}\n"),
            steps("- sms: a/text", says="    goal: {event: SMS Clicked, within: 1 day}\n"),
        ),
        "a where that contradicts itself": (
            wait_for("{event: Order Paid, within: 1 day, where: «event.total_minor > 10 and event.total_minor < 5}"),
            wait_for("{event: Order Paid, within: 1 day, where: event.total_minor > 10 and event.total_minor < 50}"),
        ),
        "a where that contradicts the start": (
            wait_for(
                "{event: Order Paid, within: 1 day, where: «start.currency == 'USD'}",
                start="{event: Order Completed, again: never, where: event.currency == 'EUR'}",
            ),
            wait_for(
                "{event: Order Paid, within: 1 day, where: event.currency == 'USD'}",
                start="{event: Order Completed, again: never, where: event.currency == 'EUR'}",
            ),
        ),
        "a where that contradicts the message": (
            wait_for("{event: Email Clicked, of: hello, within: 1 day, where: «event.step == 'more'}"),
            wait_for("{event: Email Clicked, of: hello, within: 1 day, where: event.step == 'hello'}"),
        ),
        "a where that contradicts the segment": (
            journeys(says="    leave: [{enters: vip, where: «event.segment == 'other'}]\n"),
            journeys(says="    leave: [{enters: vip, where: event.segment == 'vip'}]\n"),
        ),
        "the second of two leaves": (
            journeys(says="    leave:\n      - {event: Order Cancelled}\n      - {event: Order Paid, where: «1 > 2}\n"),
            journeys(says="    leave:\n      - {event: Order Cancelled}\n      - {event: Order Paid}\n"),
        ),
    },
    "hidden-opens": {
        "a start": (
            journeys(start="{event: «Email Opened, again: never}"),
            journeys(start="{event: Email Clicked, again: never}"),
        ),
        "a goal": (
            journeys(says="    goal: {event: «Email Opened, within: 1 day}\n"),
            journeys(says="    goal: {event: Email Clicked, within: 1 day}\n"),
        ),
        "a leave": (
            journeys(says="    leave: [{event: Order Paid}, {event: «Email Opened}]\n"),
            journeys(says="    leave: [{event: Order Paid}, {event: Email Clicked}]\n"),
        ),
        "a wait": (
            wait_for("{event: «Email Opened, of: hello, within: 1 day}"),
            wait_for("{event: Email Clicked, of: hello, within: 1 day}"),
        ),
    },
}
