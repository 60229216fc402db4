"""Is every mistake in what takes customers out, or keeps them out, found in its place?

In each text a `«` stands before the place where the mistake is expected. There are the segments vip and dormant.
"""

from __future__ import annotations

from collections.abc import Callable

from mistake_cases import found_in_their_places

Case = tuple[str, str, str]  # where the words stand, the words, the message

WAY_OUT_MISTAKES: dict[str, Case] = {
    "goal of nothing": ("journey", "    «goal: {within: 1 day}\n", "goal needs 'event', 'enters' or 'leaves'"),
    "goal of the shop's": (
        "journey",
        "    goal: {«event: Product Released, within: 1 day}\n",
        "Product Released is the shop's, of no customer",
    ),
    "leave of the shop's": ("journey", "    leave: {«event: Product Released}\n", "nobody inside hears it"),
    "goal's segment": ("journey", "    goal: {enters: «vpi, within: 1 day}\n", "did you mean 'vip'?"),
    "goal on a date": (
        "journey",
        "    goal: {event: Order Paid, «date: customer.created_at, within: 1 day}\n",
        "it stands below 'start' or",
    ),
    "goal by a schedule": (
        "journey",
        '    goal: {event: Order Paid, «schedule: {at: "10:00"}, within: 1 day}\n',
        "below 'start'",
    ),
    "leave's segment": ("journey", "    leave: {leaves: «vpi}\n", "did you mean 'vip'?"),
    "leave by nothing": (
        "journey",
        "    leave: [«{where: customer.phone}]\n",
        "leave needs 'event', 'enters' or 'leaves'",
    ),
    "leave's message of a segment": ("journey", "    leave: {leaves: vip, of: «b}\n", "is not about a message"),
    "holdout of no share": (
        "journey",
        "    goal: {event: Order Paid, within: 1 day}\n    holdout: «ten\n",
        "expected a share like 50%, found 'ten'",
    ),
    "holdout of all": (
        "journey",
        "    goal: {event: Order Paid, within: 1 day}\n    holdout: «100%\n",
        "leaves nobody",
    ),
    "holdout without a goal": (
        "journey",
        "    «holdout: 10%\n",
        "'holdout' needs a 'goal': what is compared between those",
    ),
    "holdout from service": (
        "file",
        "<house><journey>    goal: {event: Order Paid, within: 1 day}\n    «holdout: 5%\n"
        "    steps:\n      - sms: a/c\n        purpose: service\n",
        "'holdout' keeps nobody from a service message",
    ),
    "segment in a condition": ("journey", "    while: in_segment(«'vpi')\n", "no segment 'vpi'; did you mean 'vip'?"),
    "segment of each customer's own": ("journey", "    while: in_segment(customer«.email)\n", "takes a text in quotes"),
    "tag that is none": (
        "journey",
        "    while: tagged(«'a, b')\n",
        "a tag holds no ',': ask for each, as tagged('a') or",
    ),
    "two tags": ("journey", "    while: tagged('a', «'b')\n", "tagged is written tagged('wholesale')"),
    "always without a segment": (
        "journey",
        "    «while: always\n",
        "is for journeys that a segment starts; leave it away",
    ),
    "segments among the journeys": (
        "file",
        "<house>«segments: {}\n<journey>    steps: [wait: 1 day]\n",
        "at the top of segments.yaml",
    ),
}


test_a_mistake_in_a_way_out_is_found_in_its_place = found_in_their_places(
    {name: (where, words, None, message) for name, (where, words, message) in WAY_OUT_MISTAKES.items()}
)


def test_a_wait_for_a_segment_names_its_step(alone_in_its_place: Callable[..., None]) -> None:
    steps = "      - wait_for: {%s, within: 1 day}\n"
    alone_in_its_place("steps", steps % "enters: «vpi", "wait_for_1", "did you mean 'vip'?")
    alone_in_its_place(
        "steps", "      - wait_for: «{within: 1 day}\n", "wait_for_1", "needs 'event', 'enters' or 'leaves'"
    )
