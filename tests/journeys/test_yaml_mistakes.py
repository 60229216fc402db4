"""Does a file that is no YAML, or YAML that some read otherwise, say how it is written instead?

In each text a `«` stands before the place where the mistake is expected. A step is the one that the mistake names.
"""

from __future__ import annotations

from mistake_cases import Case, found_in_their_places

YAML_MISTAKES: dict[str, Case] = {
    "bracket inside braces": (
        "start",
        '{event: Order Completed, again: never, where: customer.country in «["DE"]}',
        None,
        "inside {...} a condition with ',', '[' or '{' goes on its own line",
    ),
    "tuple inside braces": (
        "start",
        '{event: Order Completed, again: never, where: customer.country in ("DE", "AT"«)}',
        None,
        "inside {...} a condition with ',', '[' or '{' goes on its own line",
    ),
    "quote first inside braces": (
        "start",
        '{event: Order Completed, again: never, where: "DE" «== customer.country}',
        None,
        "quoted whole: write where: '\"DE\" == customer.country'",
    ),
    "quote first": (
        "steps",
        '      - wait: 1 day\n        if: "DE" «== customer.country\n',
        None,
        "quoted whole: write if: '\"DE\" == customer.country'",
    ),
    "bare no": ("house", "  markets:\n    «NO: {locale: nb-NO}\n", None, 'write "NO" for the word'),
    "bare yes": ("name", "«yes", None, 'write "yes" for the word'),
    "bare time": ("steps", "      - wait_until: «10:00\n", None, "10:00 is read as a number to the base 60"),
    "octal": ("name", "«0123", None, 'write "0123"'),
    "underscored number": ("name", "«1_000", None, 'write "1_000"'),
    "exponent": ("name", "«1e3", None, 'write "1e3"'),
    "date": ("name", "«2026-01-31", None, "2026-01-31 is read as a date"),
    "merge key": ("house", "  «<<: x\n", None, 'write "<<"'),
    "duplicate key": ("house", "  «name: x\n", None, "'name' is written twice, first in line 2"),
    "alias": ("name", "«*x", None, "*x is not read here: write it out"),
    "anchor": ("name", "«&x Shop", None, "&x is not read here"),
    "tag": ("name", "«!!str Shop", None, "is not read here: a text is put in quotes"),
    "tab": ("file", "<house>«\tx: 1\n", None, "a tab: lines are indented with spaces"),
    "colon": ("name", "Shop«: the best", None, "a second ': ' on one line"),
    "open quote": ("name", "«'Shop", None, "is never closed"),
    "too deep": (
        "steps",
        "      - email: a/b\n          purpose«: service\n",
        None,
        "this line is indented too deep: what stands beside 'email' begins in column 9, as it does",
    ),
    "not deep enough": (
        "steps",
        "      - email: a/b\n      «purpose: service\n",
        None,
        "this line fits nothing above it",
    ),
    "second document": ("file", "house: x\n«---\nx: 1\n", None, "a second document"),
    "directive": (
        "file",
        "«%YAML 1.1\n---\n<house><journey>    steps: [wait: 1 day]\n",
        None,
        "a line that begins with % is not read",
    ),
    "list as a key": ("house", "  ? «[a]\n  : b\n", None, "expected a word before the ':'"),
    "line separator": ("name", "Sh«\u2028op", None, "U+2028 ends a line for some"),
    "control character": ("name", "Sh«\x01op", None, "not YAML"),
    "nothing": ("file", "«# only a comment\n", None, "expected 'house' and 'journeys', found nothing"),
    "a list": ("file", "«- house\n", None, "the file: expected house, journeys below it, found a list"),
}


test_a_trap_of_yaml_is_found_in_its_place = found_in_their_places(YAML_MISTAKES)
