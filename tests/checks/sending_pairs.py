"""What never goes, or twice a day, and what just does not?

In the first of each pair a `«` stands where the finding is expected.
"""

from __future__ import annotations

from check_shop import SEGMENTS, Files, Pair, journeys, second, steps

US = "  markets:\n    US: {timezone: America/New_York, currency: USD}\n"
TEXT = "- sms: a/text"


def _second_marked(files: Files) -> Files:
    """The finding is expected at the start of the second journey."""
    text = files["journeys.yaml"].replace("  second:\n    start", "  second:\n    «start")
    return {**files, "journeys.yaml": text}


SENDING_PAIRS: dict[str, dict[str, Pair]] = {
    "never-open": {
        "quiet by day, and the law by night": (
            steps("- sms: «a/text", house=US + '  quiet_hours: {sms: "08:00-21:00"}\n'),
            steps(TEXT, house=US + '  quiet_hours: {sms: "08:00-17:00"}\n'),
        ),
        "a law in one state": (
            steps("- sms: «a/text", house=US + '  quiet_hours: {sms: "08:00-18:00"}\n'),
            steps(TEXT, house='  quiet_hours: {sms: "08:00-18:00"}\n'),
        ),
        "stale before the quiet hours are over": (
            steps(
                '- wait_until: "21:00"\n- sms: «a/text\n  valid_for: 8 hours',
                house='  quiet_hours: {sms: "20:00-09:00"}\n',
            ),
            steps(
                '- wait_until: "21:00"\n- sms: a/text\n  valid_for: 13 hours',
                house='  quiet_hours: {sms: "20:00-09:00"}\n',
            ),
        ),
        "as many days later": (
            steps(
                '- wait_until: "21:00"\n- wait: 2 days\n- sms: «a/text',
                house='  quiet_hours: {sms: "20:00-09:00"}\n  valid_for: {sms: 8 hours}\n',
            ),
            steps(
                '- wait_until: "21:00"\n- wait: 12 hours\n- sms: a/text',
                house='  quiet_hours: {sms: "20:00-09:00"}\n  valid_for: {sms: 8 hours}\n',
            ),
        ),
        "on the hour of a date": (
            steps(
                "- sms: «a/text\n  valid_for: 2 hours",
                start='{date: customer.traits.birthday, every: year, at: "06:00"}',
                house='  quiet_hours: {sms: "20:00-09:00"}\n',
            ),
            steps(
                "- sms: a/text\n  valid_for: 2 hours",
                start='{date: customer.traits.birthday, every: year, at: "09:00"}',
                house='  quiet_hours: {sms: "20:00-09:00"}\n',
            ),
        ),
        "service goes by the house's hours alone": (
            steps("- sms: «a/text", house=US + '  quiet_hours: {sms: "08:00-21:00"}\n'),
            steps("- sms: a/text\n  purpose: service", house=US + '  quiet_hours: {sms: "08:00-21:00"}\n'),
        ),
        "on sundays, where the law begins at noon": (
            steps(
                '- wait_until: {at: "09:30", days: [sunday]}\n- sms: «a/text\n  valid_for: 2 hours',
                house=US,
            ),
            steps(
                '- wait_until: {at: "09:30", days: [sunday, monday]}\n- sms: a/text\n  valid_for: 2 hours',
                house=US + '  quiet_hours: {sms: "23:00-08:00"}\n',
            ),
        ),
    },
}
_ORDER = "{event: Order Completed, again: never}"
_WAITS = (
    "      - wait_for: {{event: Order Paid, within: 1 hour}}\n"
    "        then: [{}]\n        otherwise: [{{wait: 5 days}}]\n"
)
_SAME_DAY: dict[str, Pair] = {
    "service": (
        journeys(more=second(_ORDER, "      - email: a/more\n        purpose: marketing\n")),
        journeys(more=second(_ORDER, "      - email: a/more\n        purpose: service\n")),
    ),
    "behind waits in all of its branches": (
        journeys(more=second(_ORDER, _WAITS.format("{tag: a}") + "      - email: a/more\n")),
        journeys(more=second(_ORDER, _WAITS.format("{wait: 5 days}") + "      - email: a/more\n")),
    ),
    "by one event": (
        journeys(more=second("{event: Order Completed, again: never}")),
        journeys(house="  caps: {email: 1 per 16 hours}\n", more=second("{event: Order Completed, again: never}")),
    ),
    "a day apart": (
        journeys(
            more=second("{event: Order Completed, again: never}", "      - wait: 20 hours\n      - email: a/more\n")
        ),
        journeys(more=second("{event: Order Completed, again: never}", "      - wait: 1 day\n      - email: a/more\n")),
    ),
    "other customers": (
        journeys(
            start="{event: Order Paid, again: never, where: customer.orders == 1}",
            more=second("{event: Order Paid, again: never, where: customer.orders > 0}"),
        ),
        journeys(
            start="{event: Order Paid, again: never, where: customer.orders == 1}",
            more=second("{event: Order Paid, again: never, where: customer.orders > 1}"),
        ),
    ),
    "who is in the one is not in the other": (
        journeys(
            more=second('{event: Order Completed, again: never, where: not in_journey("third")}')
            + second("{event: Order Paid, again: never}", "      - tag: a\n", "third")
        ),
        journeys(more=second('{event: Order Completed, again: never, where: not in_journey("first")}')),
    ),
    "other channels": (
        journeys(more=second("{event: Order Completed, again: never}")),
        journeys(more=second("{event: Order Completed, again: never}", "      - sms: a/text\n")),
    ),
    "one segment": (
        journeys(start="{enters: vip, again: never}", more=second("{enters: vip, again: never}")),
        journeys(start="{enters: vip, again: never}", more=second("{leaves: vip, again: never}")),
    ),
    "segments that overlap": (
        journeys(
            start="{event: Product Released, to: vip, again: never}",
            more=second("{event: Product Released, to: some, again: never}"),
        )
        | {"segments.yaml": SEGMENTS + "  some: {where: customer.orders > 0}\n"},
        journeys(
            start="{event: Product Released, to: vip, again: never}",
            more=second("{event: Product Released, to: some, again: never}"),
        )
        | {"segments.yaml": SEGMENTS + "  some: {where: customer.orders < 3}\n"},
    ),
    "a date": (
        journeys(
            start="{date: customer.traits.birthday, every: year}",
            more=second("{date: customer.traits.birthday, every: year}"),
        ),
        journeys(
            start="{date: customer.traits.birthday, every: year}",
            more=second("{date: customer.traits.birthday, minus: 3 days, every: year}"),
        ),
    ),
    "schedules": (
        journeys(
            start='{schedule: {at: "10:00", days: [monday, friday]}, to: everyone}',
            more=second('{schedule: {at: "12:00", days: [monday]}, to: vip}'),
        ),
        journeys(
            start='{schedule: {at: "10:00", days: [friday]}, to: everyone}',
            more=second('{schedule: {at: "12:00", days: [monday]}, to: vip}'),
        ),
    ),
    "broadcasts": (
        journeys(
            start='{broadcast: "2026-12-01 10:00", to: everyone}',
            more=second('{broadcast: "2026-12-01 18:00", to: vip}'),
        ),
        journeys(
            start='{broadcast: "2026-12-01 10:00", to: everyone}',
            more=second('{broadcast: "2026-12-02 10:00", to: vip}'),
        ),
    ),
    "a broadcast on a schedule's day": (
        journeys(
            start='{broadcast: "2026-12-01 10:00", to: everyone}',
            more=second('{schedule: {at: "12:00", days: [tuesday]}, to: vip}'),
        ),
        journeys(
            start='{broadcast: "2026-12-01 10:00", to: everyone}',
            more=second('{schedule: {at: "12:00", day: 2}, to: vip}'),
        ),
    ),
}
SENDING_PAIRS["same-day"] = {name: (_second_marked(wrong), right) for name, (wrong, right) in _SAME_DAY.items()}
