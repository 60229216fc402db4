"""Is every mistake in a `webhook` step found in its place, and what is right read as it stands?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from regulars.journeys.call import Call, Item
from regulars.journeys.load import read_book
from regulars.journeys.mistakes import Mistake
from regulars.journeys.play import Play
from regulars.journeys.span import Span

MISTAKES: dict[str, tuple[str, str]] = {
    "no address": ("- webhook: «null", "expected a text, found nothing"),
    "a mapping": ("- webhook: «{url: https://erp.example}", "its words stand beside 'webhook', not below it"),
    "a template": (
        '- webhook: «"https://erp.example/{{ customer.id }}"',
        "an address is the same for every customer: what differs goes into 'body'",
    ),
    "no scheme": ("- webhook: «erp.example/hooks", "did you mean 'https://erp.example/hooks'?"),
    "another scheme": ("- webhook: «ftp://erp.example/", "expected an address like https://erp.example/hooks/vip"),
    "a scheme misspelt": ("- webhook: «htps://erp.example/a", "did you mean 'https://erp.example/a'?"),
    "no host": ("- webhook: «https:///hooks", "expected an address like https://erp.example/hooks/vip"),
    "a password": ("- webhook: «https://me:secret@erp.example/", "a name or a password does not go into an address"),
    "a port that is none": ("- webhook: «https://erp.example:http/", "Port could not be cast"),
    "an IPv6 address that is none": ('- webhook: «"https://[::1/"', "Invalid IPv6 URL"),
    "a space": ("- webhook: «https://erp.example/a b", "without spaces, of at most 2000 characters"),
    "a body that is a text": ("- webhook: https://a.example\n        body: «gold", "body: expected up to 100 names"),
    "an empty body": ("- webhook: https://a.example\n        body: «{}", "body: expected up to 100 names"),
    "an unknown name": (
        '- webhook: https://a.example\n        body: {name: "{{ customer.«fist_name }}"}',
        "'customer' has no 'fist_name'; did you mean 'first_name'?",
    ),
    "a value that is a list": (
        "- webhook: https://a.example\n        body: {a: «[1, 2]}",
        "expected a text, found a list",
    ),
    "words around an expression": (
        '- webhook: https://a.example\n        body: {a: «"Hello {{ customer.name }}!"}',
        "expected a value, or one expression in '{{ }}' with nothing around it",
    ),
    "a name that is none": (
        "- webhook: https://a.example\n        body: {«order-id: 1}",
        "expected a name of letters, digits and _, found 'order-id'; did you mean 'order_id'?",
    ),
    "a span": ("- webhook: https://a.example\n        valid_for: «2 dyas", "did you mean '2 days'?"),
    "a misspelt word": (
        "- webhook: https://a.example\n        «boddy: {a: 1}",
        "a step 'webhook' has no word 'boddy'; did you mean 'body'?",
    ),
    "a body elsewhere": ("- wait: 1 day\n        «body: {a: 1}", "it stands beside 'webhook'"),
}


@pytest.mark.parametrize("case", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_in_a_webhook_is_found_in_its_place(
    case: tuple[str, str], alone_in_its_place: Callable[..., tuple[Mistake, ...]]
) -> None:
    words, message = case
    alone_in_its_place("steps", f"      {words}\n", "wait_1" if "wait:" in words else "webhook_1", message)


def test_a_webhook_is_read_as_it_stands(whole: Callable[..., str]) -> None:
    steps = """\
      - webhook: http://erp.internal:8080/hooks/vip?key=a
        id: tell_erp
        body: {customerId: "{{ customer.id }}", tier: gold, points: 12, rate: 1.5, vip: true, note: "12"}
        if: customer.orders > 2
        valid_for: 2 hours
      - webhook: https://erp.example
"""
    journey = read_book(whole("steps", steps), "journeys.yaml").journeys["first"]
    first, second = journey.steps
    items = (Item("customerId", term="customer.id"), Item("tier", "gold"), Item("points", 12), Item("rate", 1.5))
    items += (Item("vip", True), Item("note", "12"))
    url = "http://erp.internal:8080/hooks/vip?key=a"
    assert first == Call("webhook", "tell_erp", "tell_erp", url, items, Span(2, "hour"), "customer.orders > 2")
    assert second == Call("webhook", "webhook_2", "webhook_2", "https://erp.example")
    play = Play(journey)
    assert play.terms["tell_erp", "customerId"].source == "customer.id"


def test_the_graph_knows_neither_an_address_nor_what_is_told(whole: Callable[..., str]) -> None:
    steps = "      - {webhook: https://erp.example/hooks, id: tell_erp, body: {tier: gold}, if: customer.orders > 2}\n"
    graph = Play(read_book(whole("steps", steps), "journeys.yaml").journeys["first"]).graph
    assert graph.nodes["tell_erp"].title == "webhook tell_erp"
    assert not any(word in repr(graph) for word in ("erp.example", "gold", "customer.orders"))
