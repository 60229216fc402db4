"""What provokes each mistake of loading, and what just does not? In the first a `«` stands where it is expected."""

from __future__ import annotations

from check_shop import LAYOUT, Pair, journeys, mail, template

PAGE = LAYOUT.replace("{% block body %}{% endblock %}", "<mj-text>Hello</mj-text>")
SERVICE = "      - email: a/hello\n        purpose: service\n"

LOADING_PAIRS: dict[str, dict[str, Pair]] = {
    "unreadable-file": {
        "a template that is named otherwise": (
            {"templates/email/a/hello.mjml": f"«{mail()}"},
            {"templates/email/a/hello.de.mjml": mail()},
        ),
        "a file that is too long": (
            {"journeys.yaml": "«" + "#" * 1_000_001},
            {"journeys.yaml": "#" * 900_000 + "\n" + journeys()["journeys.yaml"]},
        ),
    },
    "not-yaml": {
        "a word that some read as false": (
            journeys(steps="      - email: a/hello\n      - tag: «no\n"),
            journeys(steps='      - email: a/hello\n      - tag: "no"\n'),
        ),
        "in the head of a template": (
            template("---\nsubject: {«{ shop.name }}\n---\n" + PAGE),
            template('---\nsubject: "{{ shop.name }}"\n---\n' + PAGE),
        ),
    },
    "unknown-word": {
        "below a step": (
            journeys(steps="      - email: a/hello\n        «valid: 2 days\n"),
            journeys(steps="      - email: a/hello\n        valid_for: 2 days\n"),
        ),
        "a step that there is not": (
            journeys(steps="      - «mail: a/hello\n"),
            journeys(),
        ),
    },
    "missing-word": {
        "a goal that has no end": (
            journeys(says="    «goal: {event: Order Paid}\n"),
            journeys(says="    goal: {event: Order Paid, within: 2 days}\n"),
        ),
        "an empty file": ({"journeys.yaml": "«"}, journeys()),
    },
    "wrong-value": {
        "a span": (
            journeys(steps="      - wait: «2 moons\n"),
            journeys(steps="      - wait: 2 days\n"),
        ),
    },
    "wrong-expression": {
        "a condition that assigns": (
            journeys(steps="      - email: a/hello\n        if: customer.orders «= 1\n"),
            journeys(steps="      - email: a/hello\n        if: customer.orders == 1\n"),
        ),
        "a tag that Jinja does not have": (
            template(mail("<mj-text>{% «wen customer.phone %}Hello{% endif %}</mj-text>")),
            template(mail("<mj-text>{% if customer.phone %}Hello{% endif %}</mj-text>")),
        ),
    },
    "unknown-name": {
        "in a condition": (
            journeys(steps="      - email: a/hello\n        if: customer.«order\n"),
            journeys(steps="      - email: a/hello\n        if: customer.orders > 2\n"),
        ),
        "in a template": (
            template(mail("<mj-text>{{ «custmer.id }}</mj-text>")),
            template(mail("<mj-text>{{ customer.id }}</mj-text>")),
        ),
        "as a key": (
            journeys(start="{event: Order Completed, key: «event.order}"),
            journeys(start="{event: Order Completed, key: event.order_id}"),
        ),
    },
    "not-defined": {
        "an event": (
            journeys(start="{event: «Order Complete, again: never}"),
            journeys(),
        ),
        "a segment": (
            journeys(start="{enters: «vips, again: never}"),
            journeys(start="{enters: vip, again: never}"),
        ),
        "a segment in a condition": (
            journeys(says='    while: in_segment(«"vips")\n'),
            journeys(says='    while: in_segment("vip")\n'),
        ),
        "a template": (
            journeys(steps="      - email: «a/helo\n"),
            journeys(),
        ),
        "a journey": (
            journeys(steps="      - journey: «second\n"),
            journeys(
                steps="      - journey: second\n",
                more="  second:\n    start: {event: Order Paid, again: never}\n    steps:\n      - tag: paid\n",
            ),
        ),
        "a layout": (
            template('---\nsubject: x\n---\n«{% extends "_page.mjml" %}\n'),
            template(mail()),
        ),
        "a sender": (
            {
                "journeys.yaml": "«"
                + journeys(steps="      - sms: a/text\n")["journeys.yaml"].replace("  sms_from: SHOP\n", "")
            },
            journeys(steps="      - sms: a/text\n"),
        ),
    },
    "step-after-leave": {
        "behind a plain leave": (
            journeys(steps="      - leave: done\n      - «email: a/hello\n"),
            journeys(steps="      - leave: done\n        if: customer.phone\n      - email: a/hello\n"),
        ),
    },
    "start-repeats": {
        "an order": (
            journeys(start="{«event: Order Completed}"),
            journeys(start="{event: Order Completed, key: event.order_id}"),
        ),
        "a segment": (
            journeys(start="{«enters: vip}"),
            journeys(start="{enters: vip, again: always}"),
        ),
        "what happens once": (
            journeys(start="{«event: Customer Updated}"),
            journeys(start="{event: Customer Created}"),
        ),
    },
    "journey-circle": {
        "itself": (
            journeys(steps="      - journey: «first\n"),
            journeys(
                steps="      - journey: second\n",
                more="  second:\n    start: {event: Order Paid, again: never}\n    steps:\n      - tag: paid\n",
            ),
        ),
    },
    "no-way-out": {
        "a house without an address": (
            {"journeys.yaml": "«" + journeys()["journeys.yaml"].replace("  postal_address: Ring 1, Dublin\n", "")},
            {
                "journeys.yaml": journeys(steps=SERVICE)["journeys.yaml"].replace(
                    "  postal_address: Ring 1, Dublin\n", ""
                )
            },
        ),
        "a layout without a link": (
            template(
                LAYOUT.replace("{{ unsubscribe_url }}", "https://shop.example").replace("</mjml>\n", "</mjml«>\n"),
                "email/_layout.mjml",
            ),
            template(LAYOUT, "email/_layout.mjml"),
        ),
        "a link for some alone": (
            template(
                LAYOUT.replace('<a href="{{', '{% if customer.phone %}<a href="{{')
                .replace("</a>", "</a>{% endif %}")
                .replace("</mjml>\n", "</mjml«>\n"),
                "email/_layout.mjml",
            ),
            {
                **journeys(steps=SERVICE + SERVICE.replace("a/hello", "a/more")),
                **template(LAYOUT.replace('<a href="{{ unsubscribe_url }}">Unsubscribe</a>', ""), "email/_layout.mjml"),
            },
        ),
        "a layout without the address": (
            template(
                LAYOUT.replace("{{ shop.postal_address }}", "here").replace("</mjml>\n", "</mjml«>\n"),
                "email/_layout.mjml",
            ),
            template(LAYOUT, "email/_layout.mjml"),
        ),
    },
    "unknown-tag": {
        "a tag": (
            template(mail("«<mj-txt>Hello</mj-txt>")),
            template(mail("<mj-text>Hello</mj-text>")),
        ),
        "an attribute": (
            template(mail('<mj-text «colour="#111111">Hello</mj-text>')),
            template(mail('<mj-text color="#111111">Hello</mj-text>')),
        ),
    },
    "wrong-template": {
        "a mail without a subject": (
            template("«" + PAGE),
            template("---\nsubject: Hello\n---\n" + PAGE),
        ),
    },
    "no-house-language": {
        "a mail in another one alone": (
            {**journeys(steps="      - email: b/hallo\n"), "templates/email/b/hallo.de.mjml": f"«{mail()}"},
            {**journeys(steps="      - email: b/hallo\n"), "templates/email/b/hallo.en.mjml": mail()},
        ),
    },
    "narrowing-column": {
        "a column in an if": (
            template(
                LAYOUT.replace(
                    "{% block", "<mj-text>x</mj-text></mj-column>{% if customer.phone %}«<mj-column>{% block"
                ).replace("{% endblock %}", "{% endblock %}</mj-column>{% endif %}<mj-column>"),
                "email/_layout.mjml",
            ),
            template(
                LAYOUT.replace(
                    "{% block", '<mj-text>x</mj-text></mj-column>{% if customer.phone %}<mj-column width="50%">{% block'
                ).replace("{% endblock %}", "{% endblock %}</mj-column>{% endif %}<mj-column>"),
                "email/_layout.mjml",
            ),
        ),
    },
    "journey-twice": {
        "two files": (
            {"more.yaml": journeys()["journeys.yaml"].replace("  first:", "  «first:")},
            {"more.yaml": journeys(named="second")["journeys.yaml"]},
        ),
    },
}
