"""Is every mistake in a condition found in its place, with what was expected and the nearest right name?"""

from __future__ import annotations

from mistake_cases import Case, found_in_their_places

CONDITION_MISTAKES: dict[str, Case] = {
    "one equals sign": (
        "steps",
        "      - wait: 1 day\n        if: customer.orders «= 1\n",
        "wait_1",
        "expected the condition to end here, found '='; write == to compare",
    ),
    "and, misspelt": (
        "steps",
        "      - wait: 1 day\n        if: customer.phone «andd customer.email\n",
        "wait_1",
        "found 'andd'; did you mean 'and'?",
    ),
    "and of other languages": (
        "steps",
        "      - wait: 1 day\n        if: customer.phone «&& customer.email\n",
        "wait_1",
        "unexpected '&': write 'and'",
    ),
    "curled quotes": (
        "steps",
        "      - wait: 1 day\n        if: customer.country == «“DE”\n",
        "wait_1",
        "unexpected '“': write straight quotes",
    ),
    "event in a question": (
        "steps",
        "      - wait: 1 day\n        if: did(«'Ordr Completed')\n",
        "wait_1",
        "unknown event 'Ordr Completed'; did you mean 'Order Completed'?",
    ),
    "journey in a question": (
        "steps",
        "      - wait: 1 day\n        if: in_journey(«'frist')\n",
        "wait_1",
        "there is no journey 'frist'; did you mean 'first'?",
    ),
    "span in a question": (
        "steps",
        "      - wait: 1 day\n        if: did('Order Completed', within=«'3 dys')\n",
        "wait_1",
        "expected a span like",
    ),
    "over folded lines": (
        "steps",
        "      - wait: 1 day\n        if: >\n          customer.orders > 1\n          and customer.«ordrs < 3\n",
        "wait_1",
        "'customer' has no 'ordrs'",
    ),
    "over kept lines": (
        "steps",
        "      - wait: 1 day\n        if: |\n          customer.orders > 1\n          and customer.«ordrs < 3\n",
        "wait_1",
        "'customer' has no 'ordrs'",
    ),
    "over plain lines": (
        "steps",
        "      - wait: 1 day\n        if: customer.orders > 1\n          and customer.«ordrs < 3\n",
        "wait_1",
        "'customer' has no 'ordrs'",
    ),
    "inside quotes": (
        "steps",
        "      - wait: 1 day\n        if: '''DE'' == customer.«contry'\n",
        "wait_1",
        "'customer' has no 'contry'; did you mean 'country'?",
    ),
    "syntax": (
        "steps",
        "      - wait: 1 day\n        if: customer.orders «= 1\n",
        "wait_1",
        "expected the condition to end",
    ),
    "braces": ("steps", "      - wait: 1 day\n        if: '«{{ customer.phone }}'\n", "wait_1", "written without {{"),
    "none": ("steps", "      - wait: 1 day\n        if: customer.phone != «none\n", "wait_1", "write 'is none'"),
    "tags in a question": (
        "steps",
        "      - wait: 1 day\n        if: tagged(«'vip, new')\n",
        "wait_1",
        "a tag holds no ',': ask for each, as tagged('vip') or tagged('new')",
    ),
    "nothing": ("steps", "      - wait: 1 day\n        «if:\n", "wait_1", "expected a condition, found nothing"),
    "a list": ("steps", "      - wait: 1 day\n        if: «[1]\n", "wait_1", "expected a condition, found a list"),
    "comma inside braces": (
        "start",
        '{event: Order Completed, where: «did("Order Paid", within="3 days"), again: never}',
        None,
        "inside {...} a condition with ',', '[' or '{' goes on its own line: write 'where: <condition>'",
    ),
}


test_a_mistake_in_a_condition_is_found_in_its_place = found_in_their_places(CONDITION_MISTAKES)
