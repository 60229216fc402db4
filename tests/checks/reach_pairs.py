"""What is never reached, or decides nothing, and what just is not?

In the first of each pair a `«` stands where the finding is expected.
"""

from __future__ import annotations

from check_shop import SEGMENTS, Pair, journeys, steps, wait_for

REACH_PAIRS: dict[str, dict[str, Pair]] = {
    "unreached-step": {
        "behind an if that leaves both ways": (
            steps("- if: customer.phone\n  then: [{leave: a}]\n  else: [{leave: b}]\n- «email: a/hello"),
            steps("- if: customer.phone\n  then: [{leave: a}]\n  else: [{tag: b}]\n- email: a/hello"),
        ),
        "behind a split that leaves": (
            steps(
                "- split:\n    one: {share: 50%, steps: [{leave: a}]}\n    two: {share: 50%, steps: [{leave: b}]}\n"
                "- «email: a/hello"
            ),
            steps("- split:\n    one: {share: 50%, steps: [{leave: a}]}\n    two: {share: 50%}\n- email: a/hello"),
        ),
        "inside of a branch": (
            steps(
                "- if: customer.phone\n  then:\n    - if: customer.orders > 2\n      then: [{leave: a}]\n"
                "      else: [{leave: b}]\n    - «email: a/hello"
            ),
            steps(
                "- if: customer.phone\n  then:\n    - if: customer.orders > 2\n"
                "      then: [{leave: a}]\n    - email: a/hello"
            ),
        ),
        "a leave with the same event": (
            wait_for(
                "{event: Order Cancelled, within: 2 days}\n  then:\n    - «tag: a",
                says="    leave: {event: Order Cancelled}\n",
            ),
            wait_for(
                "{event: Order Cancelled, within: 2 days}\n  then:\n    - tag: a",
                says="    leave: {event: Order Cancelled, where: event.order_id == start.order_id}\n",
            ),
        ),
        "a goal with the same event": (
            wait_for(
                "{event: Order Paid, within: 2 days}\n  then:\n    - «tag: a",
                says="    goal: {event: Order Paid, within: 9 days}\n",
            ),
            wait_for(
                "{event: Order Paid, within: 2 days}\n  then:\n    - tag: a",
                says="    goal: {event: Order Paid, within: 9 days, stay: true}\n",
            ),
        ),
        "a goal that is counted no more": (
            wait_for(
                "{event: Order Paid, within: 2 days}\n  then:\n    - «tag: a",
                says="    goal: {event: Order Paid, within: 3 days}\n",
            ),
            wait_for(
                "{event: Order Paid, within: 2 days}\n  then:\n    - tag: a",
                says="    goal: {event: Order Paid, within: 1 day}\n",
            ),
        ),
    },
    "same-branches": {
        "an if": (
            steps("- «if: customer.phone\n  then: [{email: a/hello, id: one}]\n  else: [{email: a/hello, id: two}]"),
            steps("- if: customer.phone\n  then: [{email: a/hello, id: one}]\n  else: [{email: a/more, id: two}]"),
        ),
        "branches with branches": (
            steps(
                "- «if: customer.phone\n  then: [{if: customer.orders > 2, then: [{tag: a}]}]\n"
                "  else: [{if: customer.orders > 2, then: [{tag: a}]}]"
            ),
            steps(
                "- if: customer.phone\n  then: [{if: customer.orders > 2, then: [{tag: a}]}]\n"
                "  else: [{if: customer.orders > 2, then: [{tag: b}]}]"
            ),
        ),
        "a wait": (
            steps(
                "- email: a/hello\n- «wait_for: {event: Order Paid, within: 1 day}\n"
                "  then: [{tag: a}]\n  otherwise: [{tag: a}]"
            ),
            wait_for("{event: Order Paid, within: 1 day}"),
        ),
        "a split": (
            steps("- «split:\n    one: {share: 50%}\n    two: {share: 50%}"),
            steps("- split:\n    one: {share: 50%, steps: [{tag: a}]}\n    two: {share: 50%}"),
        ),
    },
    "constant-condition": {
        "what cannot be": (
            steps("- email: a/hello\n  if: «customer.orders < 0"),
            steps("- email: a/hello\n  if: customer.orders < 1"),
        ),
        "two sides that contradict": (
            steps("- email: a/hello\n  if: «customer.orders > 3 and customer.orders < 4"),
            steps("- email: a/hello\n  if: customer.orders > 3 and customer.orders < 5"),
        ),
        "what the start has decided": (
            steps(
                "- if: «start.total_minor > 1000\n  then: [{email: a/hello}]",
                start="{event: Order Paid, again: never, where: event.total_minor > 2000}",
            ),
            steps(
                "- if: start.total_minor > 3000\n  then: [{email: a/hello}]",
                start="{event: Order Paid, again: never, where: event.total_minor > 2000}",
            ),
        ),
        "what the branch around has decided": (
            steps("- if: customer.phone\n  then:\n    - email: a/hello\n      if: «customer.phone"),
            steps("- if: customer.phone\n  then:\n    - wait: 2 days\n    - email: a/hello\n      if: customer.phone"),
        ),
        "what the other branch has decided": (
            steps(
                "- if: customer.orders > 2\n  then: [{tag: a}]\n  else:\n    - email: a/hello\n"
                "      if: «customer.orders == 3"
            ),
            steps(
                "- if: customer.orders > 2\n  then: [{tag: a}]\n  else:\n    - email: a/hello\n"
                "      if: customer.orders == 2"
            ),
        ),
        "what all others have left for": (
            steps("- leave: small\n  if: start.total_minor < 10\n- email: a/hello\n  if: «start.total_minor < 5"),
            steps("- leave: small\n  if: customer.orders < 10\n- email: a/hello\n  if: customer.orders < 5"),
        ),
        "what a while holds": (
            steps("- wait: 2 days\n- email: a/hello\n  if: «customer.phone", says="    while: customer.phone\n"),
            steps("- wait: 2 days\n- email: a/hello\n  if: customer.phone", says="    while: customer.orders > 1\n"),
        ),
        "what was heard": (
            steps(
                "- wait_for: {event: Order Paid, within: 1 day, where: event.total_minor > 9}\n"
                "  id: paid\n  then: [{tag: a, if: «paid.total_minor > 8}]"
            ),
            steps(
                "- wait_for: {event: Order Paid, within: 1 day, where: event.total_minor > 9}\n"
                "  id: paid\n  then: [{tag: a, if: start.total_minor > 8}]"
            ),
        ),
        "a start": (
            journeys(
                start="{event: Order Paid, again: never, where: «event.currency == 'EUR' and event.currency == 'USD'}"
            ),
            journeys(
                start="{event: Order Paid, again: never, where: event.currency == 'EUR' or event.currency == 'USD'}"
            ),
        ),
        "a while": (
            journeys(says="    while: «customer.orders >= 0\n"),
            journeys(says="    while: customer.orders >= 1\n"),
        ),
        "until": (
            steps("- repeat: {times: 3, every: 1 day, until: «count('Order Paid') < 0}\n  steps: [{tag: a}]"),
            steps("- repeat: {times: 3, every: 1 day, until: count('Order Paid') < 1}\n  steps: [{tag: a}]"),
        ),
        "a segment": (
            {"segments.yaml": "segments:\n  vip:\n    where: «customer.orders >= 3 and customer.orders < 3\n"},
            {"segments.yaml": SEGMENTS},
        ),
    },
}
