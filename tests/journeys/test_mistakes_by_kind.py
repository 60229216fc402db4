"""Does every kind of mistake name its line and column, its journey and step, and the nearest right word?

In each text a `«` stands before the place where the mistake is expected.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from regulars.journeys.mistakes import Mistake

Read = Callable[[str], tuple[Mistake, ...]]

HOUSE = """\
house:
  name: Shop
  timezone: Europe/Berlin
  locale: de-DE
  currency: EUR
  postal_address: Ring 1, Berlin
  email_from: Shop <hello@shop.example>
  sms_from: SHOP
"""
START = "    start: {event: Order Completed, again: never}\n"
JOURNEY = "journeys:\n  first:\n" + START


def journey(words: str) -> str:
    """A whole file whose journey has `words` beside a start and one step."""
    return HOUSE + JOURNEY + words + "    steps: [wait: 1 day]\n"


def start(written: str) -> str:
    return HOUSE + f"journeys:\n  first:\n    start: {written}\n    steps: [wait: 1 day]\n"


def steps(written: str) -> str:
    return HOUSE + JOURNEY + "    steps:\n" + written


def house(words: str) -> str:
    """A whole file whose house has `words` beside what it needs."""
    return HOUSE + words + JOURNEY + "    steps: [wait: 1 day]\n"


def house_with(word: str, value: str) -> str:
    """A whole file whose house has another value at `word`."""
    lines = [f"  {word}: {value}" if line.startswith(f"  {word}:") else line for line in HOUSE.splitlines()]
    return "\n".join(lines) + "\n" + JOURNEY + "    steps:\n      - email: a/b\n      - sms: a/c\n"


Case = tuple[str, str | None, str]

HOUSE_MISTAKES: dict[str, Case] = {
    "unknown word": (house("  «tmezone: x\n"), None, "house has no word 'tmezone'; did you mean 'timezone'?"),
    "later word": (house("  «holdout: 5%\n"), None, "'holdout' is not available in this version"),
    "time zone": (house_with("timezone", "«Europe/Berlinn"), None, "'Europe/Berlinn'; did you mean 'Europe/Berlin'?"),
    "locale": (house_with("locale", "«de_DE"), None, "found 'de_DE'; did you mean 'de-DE'?"),
    "currency": (house_with("currency", "«EURO"), None, "found 'EURO'; did you mean 'EUR'?"),
    "text sender": (house_with("sms_from", "«The Mori & Me Shop"), None, "at most 11 letters"),
    "text sender of digits": (house_with("sms_from", "«12345678901"), None, "expected a number like +14155550100"),
    "phone number": (house_with("sms_from", '«"+1415"'), None, "expected a number like +14155550100"),
    "sender": (house_with("email_from", "«Shop <hello@shop"), None, "expected 'Name <address>'"),
    "sender's address": (house_with("email_from", "«Shop <hello@shop>"), None, "should have a period"),
    "sender over two lines": (house_with("email_from", '«"Shop\\n <a@shop.example>"'), None, "expected 'Name <address>'"),
    "nothing": (house("  «website:\n"), None, "expected a text, found nothing"),
    "truth for a text": (house_with("name", "«true"), None, "expected a text, found 'true'"),
    "address": (house("  reply_to: «hello\n"), None, "expected an e-mail address, found 'hello'"),
    "website": (house("  website: «shop.example\n"), None, "expected an address like https://shop.example"),
    "country": (house("  markets:\n    «Germany: {locale: de-DE}\n"), None, "expected a country like DE"),
    "word of a market": (
        house("  markets:\n    DE: {«timezon: Europe/Berlin}\n"),
        None,
        "the market DE has no word 'timezon'; did you mean 'timezone'?",
    ),
    "quiet hours": (house('  quiet_hours: {sms: «"20:00-25:00"}\n'), None, 'expected hours like "20:00-09:00"'),
    "quiet hours all day": (house('  quiet_hours: {sms: «"20:00-20:00"}\n'), None, "begin and end at the same time"),
    "channel": (house("  caps: {«emial: 1 per 1 day}\n"), None, "caps has no word 'emial'; did you mean 'email'?"),
    "cap": (house("  caps: {sms: «2 in 7 days}\n"), None, "expected a cap like '1 per 16 hours'"),
    "cap of none": (house("  caps: {sms: «0 per 7 days}\n"), None, "expected a cap like '1 per 16 hours'"),
    "coupon cap": (house("  caps: {«coupon: 1 per 30 days}\n"), None, "'coupon' is not available in this version"),
    "span": (house("  valid_for: {sms: «12 ours}\n"), None, "expected a span like '45 minutes'"),
    "list for a mapping": (house("  caps: «[sms]\n"), None, "caps: expected email, sms below it, found a list"),
    "missing words": (
        "«house: {timezone: Europe/Berlin, locale: de-DE, currency: EUR}\n" + JOURNEY + "    steps: [wait: 1 day]\n",
        None,
        "house needs 'name'",
    ),
    "missing address for marketing": (
        "«" + HOUSE.replace("  postal_address: Ring 1, Berlin\n", "") + JOURNEY + "    steps: [email: a/b]\n",
        None,
        "house needs 'postal_address'",
    ),
    "missing sender for texts": (
        "«" + HOUSE.replace("  sms_from: SHOP\n", "") + JOURNEY + "    steps: [sms: a/b]\n",
        None,
        "house needs 'sms_from'",
    ),
    "misspelt top word": (HOUSE + "«jurneys: {}\n" + JOURNEY + "    steps: [wait: 1 day]\n", None, "mean 'journeys'?"),
}

JOURNEY_MISTAKES: dict[str, Case] = {
    "unknown word": (journey("    «gaol: {}\n"), None, "a journey has no word 'gaol'; did you mean 'goal'?"),
    "later word": (journey("    «holdout: 10%\n"), None, "'holdout' is not available in this version"),
    "priority": (journey("    priority: «hihg\n"), None, "expected one of high, normal, low, found 'hihg'; did you mean"),
    "on_edit": (journey("    on_edit: «nextstep\n"), None, "did you mean 'next_step'?"),
    "while for segments": (journey("    «while: always\n"), None, "not available in this version"),
    "no steps": (HOUSE + "journeys:\n  «first:\n" + START, None, "a journey needs 'steps'"),
    "empty steps": (HOUSE + JOURNEY + "    steps: «[]\n", None, "expected a list of steps like '- wait: 1 day'"),
    "no start": (HOUSE + "journeys:\n  «first:\n    steps: [wait: 1 day]\n", None, "a journey needs 'start'"),
    "start as a word": (start("«Order Completed"), None, "start: expected event, where, key, settle, again below it"),
    "event": (start("{event: «Order Complete, again: never}"), None, "unknown event 'Order Complete'; did you mean 'Order"),
    "event unlike any": (start("{event: «Zzz, again: never}"), None, "neither a standard name nor one that has come in"),
    "learnt event": (start("{event: «Tea Ceremony Boked, again: never}"), None, "did you mean 'Tea Ceremony Booked'?"),
    "later happening": (start("{«enters: vip, again: never}"), None, "'enters' is not available in this version"),
    "later broadcast": (start("{«broadcast: x}"), None, "'broadcast' is not available in this version"),
    "repeats": (start("{«event: Checkout Started}"), None, "Checkout Started can happen again to the same customer"),
    "settle without key": (
        start("{event: Checkout Started, again: never, «settle: 5 minutes}"),
        None,
        "settle needs 'key'",
    ),
    "key": (start("{event: Checkout Started, key: «event.checkout}"), None, "no property 'checkout'; did you mean 'checkout_id'?"),
    "bare key": (start("{event: Checkout Started, key: «checkout_id}"), None, "did you mean 'event.checkout_id'?"),
    "again": (start("{event: Checkout Started, again: «nevr}"), None, "found 'nevr'; did you mean 'never'?"),
    "again's span": (start("{event: Checkout Started, again: «after 7 dys}"), None, "expected a span like"),
    "settle": (start("{event: Checkout Started, key: event.checkout_id, settle: «0 minutes}"), None, "between 1 and"),
    "where": (
        start("{event: Order Completed, again: never, where: customer.«ordrs == 1}"),
        None,
        "'customer' has no 'ordrs'; did you mean 'orders'?",
    ),
    "where over the start": (
        start("{event: Order Completed, again: never, where: «start.order_id}"),
        None,
        "unknown name 'start'",
    ),
    "goal without within": (journey("    «goal: {event: Order Completed}\n"), None, "goal needs 'within'"),
    "goal's event": (journey("    goal: {event: «Order Completd, within: 1 day}\n"), None, "mean 'Order Completed'?"),
    "goal's stay": (journey("    goal: {event: Order Paid, within: 1 day, stay: «maybe}\n"), None, "expected true or false"),
    "goal's word": (journey("    goal: {event: Order Paid, «wihtin: 1 day, within: 1 day}\n"), None, "mean 'within'?"),
    "goal's where": (
        journey("    goal: {event: Order Refunded, within: 1 day, where: event.«order_idd == start.order_id}\n"),
        None,
        "'event' has no 'order_idd'; did you mean 'order_id'?",
    ),
    "leave": (journey("    leave: «[]\n"), None, "found an empty list"),
    "leave's of": (journey("    leave: {event: Email Complained, of: «reminder}\n"), None, "'reminder' is no message of"),
    "while's name": (journey("    while: not «custmer.phone\n"), None, "unknown name 'custmer'; did you mean 'customer'?"),
    "while over steps": (journey("    while: «wait_1.url\n"), None, "unknown name 'wait_1'"),
    "id": (HOUSE + "journeys:\n  «First:\n" + START + "    steps: [wait: 1 day]\n", None, "expected an id of small letters"),
    "no journey": (HOUSE + "journeys: «[]\n", None, "journeys: expected journeys by their names, found a list"),
}

STEP_MISTAKES: dict[str, Case] = {
    "unknown step": (steps("      - «emial: a/b\n"), None, "there is no step 'emial'; did you mean 'email'?"),
    "later step": (steps("      - «split: {}\n"), None, "'split' is not available in this version"),
    "later tag": (steps("      - «tag: vip\n"), None, "'tag' is not available in this version"),
    "word alone": (steps("      - «wait\n"), None, "expected a step like 'wait: 1 day', found 'wait'"),
    "two deeds": (steps("      - email: a/b\n        «sms: a/c\n"), None, "'sms' begins a step of its own"),
    "unknown word": (steps("      - email: a/b\n        «purpse: service\n"), "b", "did you mean 'purpose'?"),
    "word of another step": (steps("      - wait: 1 day\n        «topic: x\n"), "wait_1", "has no word 'topic'"),
    "coupon": (steps("      - email: a/b\n        «coupon: {}\n"), "b", "'coupon' is not available in this version"),
    "purpose": (steps("      - sms: a/b\n        purpose: «servise\n"), "b", "did you mean 'service'?"),
    "template": (steps("      - email: «../b\n"), "b", "expected a template like welcome/hello, found '../b'"),
    "template that is not there": (
        steps("      - email: «a/none\n        id: x\n"),
        "x",
        "there is no template 'a/none' below templates/email/",
    ),
    "wait of nothing": (steps("      - wait: «0 days\n"), "wait_1", "expected a span between 1 and 100000 days"),
    "wait's unit": (steps("      - wait: 1 day\n      - wait: «2 dais\n"), "wait_2", "expected a span like '45 minutes'"),
    "time of day": (steps('      - wait_until: «"9:00"\n'), "wait_until_1", 'expected a time of day like "09:30"'),
    "weekday": (
        steps('      - wait_until: {at: "09:00", days: [«mondy]}\n'),
        "wait_until_1",
        "found 'mondy'; did you mean 'monday'?",
    ),
    "weekday twice": (
        steps('      - wait_until: {at: "09:00", days: «[monday, monday]}\n'),
        "wait_until_1",
        "a day stands twice",
    ),
    "later way to wait": (steps("      - wait_until: {«best_hour: email}\n"), "wait_until_1", "is not available"),
    "of a later message": (
        steps("      - wait_for: {event: Email Clicked, of: «b, within: 1 day}\n      - email: a/b\n"),
        "wait_for_1",
        "'b' is no earlier message",
    ),
    "of a message of another branch": (
        steps(
            "      - if: customer.phone\n        then: [email: a/b]\n"
            "        else: [wait_for: {event: Email Clicked, of: «b, within: 1 day}]\n"
        ),
        "wait_for_1",
        "'b' is no earlier message",
    ),
    "of, misspelt": (
        steps("      - email: a/offer\n      - wait_for: {event: Email Clicked, of: «ofer, within: 1 day}\n"),
        "wait_for_1",
        "'ofer' is no earlier message; did you mean 'offer'?",
    ),
    "of another channel": (
        steps("      - sms: a/b\n      - wait_for: {event: Email Clicked, of: «b, within: 1 day}\n"),
        "wait_for_1",
        "Email Clicked is about an email, and 'b' is an sms",
    ),
    "of without a message": (
        steps("      - sms: a/b\n      - wait_for: {event: Order Paid, of: «b, within: 1 day}\n"),
        "wait_for_1",
        "Order Paid is not about a message",
    ),
    "wait_for without within": (steps("      - wait_for: «{event: Order Paid}\n"), "wait_for_1", "needs 'within'"),
    "branch without steps": (steps("      - if: customer.phone\n        then: «[]\n"), "if_1", "then: expected a list of"),
    "if alone": (steps("      - «if: customer.phone\n"), "if_1", "'if' alone does nothing"),
    "else beside wait_for": (
        steps("      - wait_for: {event: Order Paid, within: 1 day}\n        «else: [wait: 1 day]\n"),
        "wait_for_1",
        "a step 'wait_for' has no word 'else'",
    ),
    "condition's name": (
        steps("      - email: a/b\n        if: customer.«fist_name\n"),
        "b",
        "'customer' has no 'fist_name'; did you mean 'first_name'?",
    ),
    "name that is heard only later": (
        steps("      - wait: 1 day\n        if: «wait_for_1.url\n      - wait_for: {event: Email Clicked, within: 1 day}\n"),
        "wait_1",
        "unknown name 'wait_for_1'",
    ),
    "what is heard": (
        steps(
            "      - wait_for: {event: Email Clicked, within: 1 day}\n        id: click\n"
            "      - wait: 1 day\n        if: click.«ulr\n"
        ),
        "wait_1",
        "'click' has no 'ulr'; did you mean 'url'?",
    ),
    "id given twice": (
        steps("      - email: a/b\n      - sms: «c/b\n"),
        "b",
        "there is a step 'b' in line 13 already: give one of them another 'id'",
    ),
    "id of a taken name": (steps("      - wait: 1 day\n        id: «customer\n"), "customer", "that name is taken"),
    "id": (steps("      - wait: 1 day\n        id: «A b\n"), "wait_1", "expected an id of small letters"),
    "was, of another step": (
        steps("      - email: a/b\n      - email: a/c\n        «was: b\n"),
        "c",
        "the step 'b' in line 13 is or was called 'b'",
    ),
}

CONDITION_MISTAKES: dict[str, Case] = {
    "event in a question": (
        steps("      - wait: 1 day\n        if: did(«'Ordr Completed')\n"),
        "wait_1",
        "unknown event 'Ordr Completed'; did you mean 'Order Completed'?",
    ),
    "journey in a question": (
        steps("      - wait: 1 day\n        if: in_journey(«'frist')\n"),
        "wait_1",
        "there is no journey 'frist'; did you mean 'first'?",
    ),
    "span in a question": (
        steps("      - wait: 1 day\n        if: did('Order Completed', within=«'3 dys')\n"),
        "wait_1",
        "expected a span like",
    ),
    "over folded lines": (
        steps("      - wait: 1 day\n        if: >\n          customer.orders > 1\n          and customer.«ordrs < 3\n"),
        "wait_1",
        "'customer' has no 'ordrs'",
    ),
    "over kept lines": (
        steps("      - wait: 1 day\n        if: |\n          customer.orders > 1\n          and customer.«ordrs < 3\n"),
        "wait_1",
        "'customer' has no 'ordrs'",
    ),
    "over plain lines": (
        steps("      - wait: 1 day\n        if: customer.orders > 1\n          and customer.«ordrs < 3\n"),
        "wait_1",
        "'customer' has no 'ordrs'",
    ),
    "inside quotes": (
        steps("      - wait: 1 day\n        if: '''DE'' == customer.«contry'\n"),
        "wait_1",
        "'customer' has no 'contry'; did you mean 'country'?",
    ),
    "syntax": (steps("      - wait: 1 day\n        if: customer.orders «= 1\n"), "wait_1", "expected the condition to end"),
    "braces": (steps("      - wait: 1 day\n        if: '«{{ customer.phone }}'\n"), "wait_1", "written without {{"),
    "none": (steps("      - wait: 1 day\n        if: customer.phone != «none\n"), "wait_1", "write 'is none'"),
    "later question": (steps("      - wait: 1 day\n        if: «tagged('vip')\n"), "wait_1", "not available in this version"),
    "nothing": (steps("      - wait: 1 day\n        «if:\n"), "wait_1", "expected a condition, found nothing"),
    "a list": (steps("      - wait: 1 day\n        if: «[1]\n"), "wait_1", "expected a condition, found a list"),
    "comma inside braces": (
        start('{event: Order Completed, where: «did("Order Paid", within="3 days"), again: never}'),
        None,
        "inside {...} a condition with ',', '[' or '{' goes on its own line: write 'where: <condition>'",
    ),
}

YAML_MISTAKES: dict[str, Case] = {
    "bracket inside braces": (
        start('{event: Order Completed, again: never, where: customer.country in «["DE"]}'),
        None,
        "inside {...} a condition with ',', '[' or '{' goes on its own line",
    ),
    "tuple inside braces": (
        start('{event: Order Completed, again: never, where: customer.country in ("DE", "AT"«)}'),
        None,
        "inside {...} a condition with ',', '[' or '{' goes on its own line",
    ),
    "quote first inside braces": (
        start('{event: Order Completed, again: never, where: "DE" «== customer.country}'),
        None,
        "quoted whole: write where: '\"DE\" == customer.country'",
    ),
    "quote first": (
        steps('      - wait: 1 day\n        if: "DE" «== customer.country\n'),
        None,
        "quoted whole: write if: '\"DE\" == customer.country'",
    ),
    "bare no": (house("  markets:\n    «NO: {locale: nb-NO}\n"), None, 'write "NO" for the word'),
    "bare yes": (house_with("name", "«yes"), None, 'write "yes" for the word'),
    "bare time": (steps("      - wait_until: «10:00\n"), None, '10:00 is read as a number to the base 60'),
    "octal": (house_with("name", "«0123"), None, 'write "0123"'),
    "underscored number": (house_with("name", "«1_000"), None, 'write "1_000"'),
    "exponent": (house_with("name", "«1e3"), None, 'write "1e3"'),
    "date": (house_with("name", "«2026-01-31"), None, "2026-01-31 is read as a date"),
    "merge key": (house("  «<<: x\n"), None, 'write "<<"'),
    "duplicate key": (house("  «name: x\n"), None, "'name' is written twice, first in line 2"),
    "alias": (house_with("name", "«*x"), None, "*x is not read here: write it out"),
    "anchor": (house_with("name", "«&x Shop"), None, "&x is not read here"),
    "tag": (house_with("name", "«!!str Shop"), None, "is not read here: a text is put in quotes"),
    "tab": (HOUSE + "«\tx: 1\n", None, "a tab: lines are indented with spaces"),
    "colon": (house_with("name", "Shop«: the best"), None, "a second ': ' on one line"),
    "open quote": (house_with("name", "«'Shop"), None, "is never closed"),
    "second document": (house("") + "«---\nx: 1\n", None, "a second document"),
    "directive": ("«%YAML 1.1\n---\n" + house(""), None, "a line that begins with % is not read"),
    "list as a key": (house("  ? «[a]\n  : b\n"), None, "expected a word before the ':'"),
    "line separator": (house_with("name", "Sh«\u2028op"), None, "U+2028 ends a line for some"),
    "control character": (house_with("name", "Sh«\x01op"), None, "not YAML"),
    "nothing": ("«# only a comment\n", None, "expected 'house' and 'journeys', found nothing"),
    "a list": ("«- house\n", None, "the file: expected house, journeys below it, found a list"),
}
# Where a word is refused it may also be no value for its place: then that is said as well.
ALSO = {"bare no", "bare yes", "bare time", "merge key", "alias", "list as a key", "directive"}

ALL = [
    pytest.param(*case, name, id=f"{kind}: {name}")
    for kind, cases in {
        "house": HOUSE_MISTAKES,
        "journey": JOURNEY_MISTAKES,
        "step": STEP_MISTAKES,
        "condition": CONDITION_MISTAKES,
        "yaml": YAML_MISTAKES,
    }.items()
    for name, case in cases.items()
]


@pytest.mark.parametrize(("marked", "step", "message", "name"), ALL)
def test_a_mistake_is_found_in_its_place(
    marked: str, step: str | None, message: str, name: str, mistakes_in: Read
) -> None:
    before, _, after = marked.partition("«")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    found = mistakes_in(before + after)
    here = [mistake for mistake in found if message in mistake.message]
    assert [(mistake.line, mistake.column, mistake.step) for mistake in here] == [(line, column, step)], found
    assert (len(found) > 1) == (name in ALSO), found


def test_the_texts_around_the_mistakes_are_right(mistakes_in: Read) -> None:
    everything = steps("      - email: a/b\n      - sms: a/c\n        id: c\n      - wait: 1 day\n")
    for text in (house(""), journey(""), everything, start("{event: Customer Created}"), house_with("name", "'yes'")):
        assert mistakes_in(text) == ()


def test_a_mistake_prints_as_one_line_that_names_file_line_journey_and_step(mistakes_in: Read) -> None:
    (mistake,) = mistakes_in(steps("      - wait: 2 dais\n"))
    assert str(mistake).startswith("journeys.yaml:13:15: journey first, step wait_1: expected a span like")
    assert "\n" not in str(mistake)
