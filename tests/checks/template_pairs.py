"""What in a template is found, and what just is not?

In the first of each pair a `«` stands where the finding is expected.
"""

from __future__ import annotations

from check_shop import LAYOUT, Pair, journeys, mail, steps, template

DE = "  markets:\n    DE: {locale: de-DE}\n"
TEXT = "- sms: a/text"
LONG = "Hello from the shop, which has so much to say. " * 8 + "Reply STOP to opt out"
RATED = "{event: Product Reviewed, key: event.product_id, where: event.rating > 3}"

TEMPLATE_PAIRS: dict[str, dict[str, Pair]] = {
    "missing-locale": {
        "a template": (
            steps("- email: a/hello\n- email: «a/more", house=DE) | template(mail(), "email/a/hello.de.mjml"),
            steps("- email: a/hello\n- email: a/more", house=DE)
            | template(mail(), "email/a/hello.de.mjml")
            | template(mail(), "email/a/more.de.mjml"),
        ),
        "a template, beside a market that nobody writes to in its language": (
            steps("- email: «a/hello\n- email: a/more", house=DE + "    FR: {locale: fr-FR}\n")
            | template(mail(), "email/a/more.de.mjml"),
            steps("- email: a/hello", house=DE + "    FR: {locale: fr-FR}\n"),
        ),
        "the words of a layout": (
            template(
                "---\nwords:\n  en: {out: «Unsubscribe}\n---\n" + LAYOUT.replace("Unsubscribe", "{{ words.out }}"),
                "email/_layout.mjml",
            )
            | template(mail(), "email/a/hello.de.mjml"),
            template(
                "---\nwords:\n  en: {out: Unsubscribe}\n  de: {out: Abmelden}\n---\n"
                + LAYOUT.replace("Unsubscribe", "{{ words.out }}"),
                "email/_layout.mjml",
            )
            | template(mail(), "email/a/hello.de.mjml"),
        ),
    },
    "unspoken-market": {
        "a language that no template has": (
            journeys(house=DE.replace("de-DE", "«de-DE")),
            journeys(house=DE.replace("de-DE", "en-GB")),
        ),
    },
    "clipped-mail": {
        "a long one": (
            template("«" + mail(f"<mj-text>{'tea ' * 26_000}</mj-text>")),
            template(mail(f"<mj-text>{'tea ' * 24_000}</mj-text>")),
        ),
        "one that a loop makes long": (
            template("«" + mail(f"{{% for item in start.items %}}<mj-text>{'tea ' * 9_000}</mj-text>{{% endfor %}}")),
            template(mail(f"{{% for item in start.items %}}<mj-text>{'tea ' * 7_000}</mj-text>{{% endfor %}}")),
        ),
    },
    "long-sms": {
        "many words": (
            steps(TEXT) | template(f"«{LONG}", "sms/a/text.en.txt"),
            steps(TEXT) | template(LONG[100:], "sms/a/text.en.txt"),
        ),
        "links, which are shortened": (
            steps(TEXT) | template("«" + "https://shop.example/tea " * 9 + "Reply STOP", "sms/a/text.en.txt"),
            steps(TEXT) | template(f"https://shop.example/{'tea' * 120} Reply STOP", "sms/a/text.en.txt"),
        ),
        "a letter that is not in GSM-7": (
            steps(TEXT) | template("«Reply STOP to opt out " + "x" * 115 + "☕", "sms/a/text.en.txt"),
            steps(TEXT) | template("Reply STOP to opt out " + "x" * 115 + "é", "sms/a/text.en.txt"),
        ),
        "what is printed": (
            steps(TEXT)
            | template(
                "«" + "{{ start.first_item | default('') }}" * 18 + " Reply STOP to opt out", "sms/a/text.en.txt"
            ),
            steps(TEXT)
            | template(
                "{{ start.first_item | default('') | truncate(8) }}" * 18 + " Reply STOP to opt out",
                "sms/a/text.en.txt",
            ),
        ),
    },
    "sms-without-stop": {
        "marketing": (
            steps(TEXT) | template("«Hello from the shop.", "sms/a/text.en.txt"),
            steps(f"{TEXT}\n  purpose: service") | template("Hello from the shop.", "sms/a/text.en.txt"),
        ),
        "in another language": (
            steps(TEXT) | template("«Hello, and never tire to ask.", "sms/a/text.en.txt"),
            steps(TEXT) | template("你好。回复 TD 退订", "sms/a/text.en.txt"),
        ),
    },
    "may-be-empty": {
        "a name": (
            template(mail("<mj-text>Hello {{ «customer.first_name }}</mj-text>")),
            template(mail('<mj-text>Hello {{ customer.first_name | default("there") }}</mj-text>')),
        ),
        "in an if of another name": (
            template(mail("<mj-text>{% if customer.last_name %}{{ «customer.first_name }}{% endif %}</mj-text>")),
            template(mail("<mj-text>{% if customer.first_name %}{{ customer.first_name }}{% endif %}</mj-text>")),
        ),
        "in an else": (
            template(
                mail("<mj-text>{% if customer.first_name %}Hi{% else %}{{ «customer.first_name }}{% endif %}</mj-text>")
            ),
            template(
                mail(
                    "<mj-text>{% if not customer.first_name %}Hi{% else %}{{ customer.first_name "
                    "}}{% endif %}</mj-text>"
                )
            ),
        ),
        "through a filter": (
            template(mail("<mj-text>{{ «customer.first_name | upper }}</mj-text>")),
            template(mail("<mj-text>{{ customer.first_name | default('you') | upper }}</mj-text>")),
        ),
        "in the subject": (
            template(mail(subject='"{{ «customer.traits.tea }}"')),
            template(mail(subject='"{{ customer.traits.tea or 1 }}"')),
        ),
        "by a name of the template's own": (
            template(mail("<mj-text>{% set name = «customer.first_name %}{{ name }}</mj-text>")),
            template(mail("<mj-text>{% set name = customer.first_name %}{{ name | default('you') }}</mj-text>")),
        ),
        "of the event": (
            template(mail("<mj-text>{{ «start.first_item }}</mj-text>")),
            template(mail("<mj-text>{{ start.order_id }}</mj-text>")),
        ),
        "what the start has made sure of": (
            journeys(start=RATED) | template(mail("<mj-text>{{ «start.review_body }}</mj-text>")),
            journeys(start=RATED) | template(mail("<mj-text>{{ event.rating }}</mj-text>")),
        ),
        "what was not heard": (
            steps("- wait_for: {event: Order Paid, within: 1 day}\n  id: paid\n- email: a/hello")
            | template(mail("<mj-text>{{ «paid.order_id }}</mj-text>")),
            steps("- wait_for: {event: Order Paid, within: 1 day}\n  id: paid\n  then: [{email: a/hello}]")
            | template(mail("<mj-text>{{ paid.order_id }}</mj-text>")),
        ),
        "a website that there is not": (
            {"journeys.yaml": journeys()["journeys.yaml"].replace("  website: https://shop.example\n", "")}
            | template(LAYOUT.replace("{{ shop.name }}", "{{ «shop.website }}"), "email/_layout.mjml"),
            template(LAYOUT.replace("{{ shop.name }}", "{{ shop.website }}"), "email/_layout.mjml"),
        ),
        "instead of another": (
            template(mail("<mj-text>{{ customer.first_name or «customer.last_name }}</mj-text>")),
            template(mail("<mj-text>{{ customer.first_name or shop.name }}</mj-text>")),
        ),
        "in an if of one or the other": (
            template(
                mail("{% if customer.phone or customer.country %}<mj-text>{{ «customer.country }}</mj-text>{% endif %}")
            ),
            template(
                mail(
                    "{% if customer.orders and customer.country %}<mj-text>{{ customer.country }}</mj-text>{% endif %}"
                )
            ),
        ),
        "in one of two messages": (
            steps("- email: a/hello\n  if: customer.province\n- email: a/hello\n  id: again")
            | template(mail("<mj-text>{{ «customer.province }}</mj-text>")),
            steps("- email: a/hello\n  if: customer.province\n- email: a/hello\n  id: again\n  if: customer.province")
            | template(mail("<mj-text>{{ customer.province }}</mj-text>")),
        ),
        "in one of two ways": (
            template(mail("<mj-text>{{ «customer.phone if customer.orders else 'x' }}</mj-text>")),
            template(mail("<mj-text>{{ customer.phone if customer.phone else 'x' }}</mj-text>")),
        ),
        "where the step asks for it": (
            steps("- email: a/hello") | template(mail("<mj-text>{{ «customer.province }}</mj-text>")),
            steps("- email: a/hello\n  if: customer.province")
            | template(mail("<mj-text>{{ customer.province }}</mj-text>")),
        ),
    },
}
