"""Is what a marketer writes refused or bounded where it must be, and understood where it may be?"""

from __future__ import annotations

import time
from typing import Any

import pytest
from jinja2 import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from regulars.journeys.bounded import OUTPUT_LIMIT
from regulars.journeys.formats import LIST_LIMIT
from regulars.journeys.jinja import Exceeded, Fault, Names, environment, faults, render

NAMES = Names(
    {
        "customer": frozenset({"first_name", "last_name", "spent_minor", "timezone", "tags"}),
        "event": None,
        "shop": frozenset({"name", "currency", "timezone"}),
    },
    frozenset({"did", "count"}),
)
LINES = "x" * 100


def written(source: str, *, autoescape: bool = False, **context: Any) -> str:
    assert faults(source, NAMES) == []
    return render(environment(autoescape=autoescape).from_string(source), context)


ATTACKS = [
    "{{ 'a' * 10 ** 9 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9 ** 9999999 }}",
    "{{ 'a' | center(300000000) }}",
    "{% for a in event.x %}{% for b in event.x %}{% for c in event.x %}{% for d in event.x %}{% endfor %}{% endfor %}"
    "{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ ''['__class__'] }}",
    "{{ '%1000000000d' | format(1) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ range(10 ** 9) }}",
    "{{ cycler('a') }}{{ joiner() }}{{ lipsum(n=100000) }}",
    "{{ '' | attr('__class__') }}",
    "{{ 'a' " + "| replace('a', 'aaaaaaaaaa') " * 9 + "}}",
    "{{ event.x | batch(1000000000) }}",
    "{{ event.x | indent(1000000000) }}",
    "{{ event.x | wordwrap(1) }}",
    "{{ '%1000000000d' is divisibleby 1 }}",
    "{{ event.x | map(attribute='__class__') }}",
    "{{ event.x.format(1) }}",
    "{% set x %}a{% endset %}",
    "{% include 'x' %}",
    "{% import 'x' as x %}",
    "{% for a in event.x recursive %}{{ loop(a) }}{% endfor %}",
    "{{ self }}",
    "{{ 99 * 'x' }}",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ " + "not " * 5000 + "1 }}",
    "{{ " + "9" * 5000 + " }}",
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack[:40])
def test_an_attack_is_refused_before_it_costs_anything(attack: str) -> None:
    assert _seconds_to_refuse(attack) < 1  # let through, it would take minutes or all the memory


def _seconds_to_refuse(attack: str) -> float:
    began = time.process_time()
    assert faults(attack, NAMES) != []
    return time.process_time() - began


# What the check lets pass because only the data makes it large, or what it refuses but must not run away even so.
RUNAWAYS: list[tuple[str, dict[str, Any]]] = [
    ("{{ event.x * 1000000000 }}", {"event": {"x": "a"}}),
    ("{{ event.x % 1 }}", {"event": {"x": "%1000000000d"}}),
    ("{{ event.x + event.x }}", {"event": {"x": "aa"}}),
    ("{% set a = 999999999999 * 999999999999 %}{% set b = a * a %}{{ b * b }}", {}),
    ("{{ 9 ** 9999999 }}", {}),
    ("{% for c in event.x %}{{ c }}{% endfor %}", {"event": {"x": "a" * 100_000}}),
    ("{% set a = event.x ~ event.x %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}", {"event": {"x": LINES}}),
    ("{{ [event.x, event.x] | join(event.x) }}", {"event": {"x": LINES * 50}}),
    (
        "{% for a in event.x %}{% for b in event.x %}{% for c in event.x %}{% set y = c ~ c %}{% endfor %}{% endfor %}"
        "{% endfor %}",
        {"event": {"x": ["a"] * 100}},
    ),
    (
        "{% for a in event.x %}{% for b in event.x %}{{ event.y }}{% endfor %}{% endfor %}",
        {"event": {"x": ["a"] * 90, "y": LINES * 10}},
    ),
]


@pytest.mark.parametrize(("source", "context"), RUNAWAYS, ids=lambda value: str(value)[:40])
def test_what_would_run_away_on_data_is_stopped(source: str, context: dict[str, Any]) -> None:
    template = environment(autoescape=False).from_string(source)
    began = time.process_time()
    with pytest.raises(Exception, match=r"for numbers|text|limit|more than|too large|longer|not offered"):
        render(template, context)
    assert time.process_time() - began < 0.2


def test_there_is_nothing_to_call_even_where_nobody_checked() -> None:
    source = "[{{ range }}{{ dict }}{{ lipsum }}{{ cycler }}{{ joiner }}{{ namespace }}]"
    assert environment(autoescape=False).from_string(source).render() == "[]"


def test_odd_and_even_do_not_format_text() -> None:
    began = time.process_time()
    assert written("{{ event.x is odd }}", event={"x": "%1000000000d"}) == "False"
    assert time.process_time() - began < 0.05
    assert written("{{ event.x is odd }}", event={"x": 3}) == "True"


def test_a_rendering_is_cut_off_at_a_million_characters() -> None:
    with pytest.raises(Exceeded, match=str(OUTPUT_LIMIT)):
        written("{{ event.x }}{{ event.x }}", event={"x": "a" * (OUTPUT_LIMIT // 2 + 1)})


def test_a_loop_sees_the_first_hundred() -> None:
    source = "{% for x in event.x %}{{ loop.index }}/{{ loop.length }} {% endfor %}"
    assert written(source, event={"x": list(range(500))}).split()[-1] == f"{LIST_LIMIT}/{LIST_LIMIT}"


def test_three_loops_may_stand_beside_each_other() -> None:
    loop = "{% for x in event.x %}{{ x }}{% endfor %}"
    assert faults(loop * 3, NAMES) == []
    assert [fault.message for fault in faults(loop * 4, NAMES)] == ["expected at most 3 loops"]


FAULTS: list[tuple[str, Fault]] = [
    ("Hi {{ custmer.first_name }}", Fault(1, 7, "unknown name 'custmer'; did you mean 'customer'?")),
    (
        "Hi\n  {{ customer.frist_name }}",
        Fault(2, 15, "'customer' has no 'frist_name'; did you mean 'first_name'?"),
    ),
    ("{{ customer['fist_name'] }}", Fault(1, 12, "'customer' has no 'fist_name'; did you mean 'first_name'?")),
    ("a\r\nb {{ event.x | uper }}", Fault(2, 16, "unknown filter 'uper'; did you mean 'upper'?")),
    ("{{ event.x is defind }}", Fault(1, 12, "unknown test 'defind'; did you mean 'defined'?")),
    ("{% iff event.x %}", Fault(1, 4, "unknown tag 'iff'; did you mean 'if'?")),
    ("{{ event.x.upper() }}", Fault(1, 12, "nothing can be called here; write it as a filter, | upper")),
    ("{{ coount('x') }}", Fault(1, 4, "unknown question 'coount'; did you mean 'count'?")),
    ("{% if did %}{% endif %}", Fault(1, 7, "'did' is a question: write did(...)")),
    ("{% set customer = 1 %}", Fault(1, 8, "'customer' is taken; choose another name")),
    ("{{ event.x | date('lnog') }}", Fault(1, 14, "unknown style 'lnog' of date; did you mean 'long'?")),
    ("{{ event.x + 'a' }}", Fault(1, 14, "+ is for numbers; join texts with ~")),
    ("{% extends 'x' %}", Fault(1, 4, "'extends' is not offered here, only if, for, set")),
    ("{%- if event.x -%}\n\n {{ nope }}{% endif %}", Fault(3, 5, "unknown name 'nope'")),
    ("{% for a in event.x recursive %}{% endfor %}", Fault(1, 4, "a recursive loop is not offered")),
    ("a\rb {{ nope }}", Fault(2, 6, "unknown name 'nope'")),
    ("{{ event.x | join(*event.y) }}", Fault(1, 14, "* and ** are not offered in arguments")),
    ("{{ did(*event.x) }}", Fault(1, 7, "* and ** are not offered in arguments")),
]


@pytest.mark.parametrize(("source", "fault"), FAULTS, ids=lambda value: str(value)[:40])
def test_a_fault_names_its_place_and_the_nearest_right_word(source: str, fault: Fault) -> None:
    (found,) = faults(source, NAMES)
    assert (found.line, found.column) == (fault.line, fault.column)
    assert found.message.startswith(fault.message)


def test_every_fault_is_found_in_one_run() -> None:
    assert len(faults("{{ a }}{% if b %}{{ c | dd }}{% else %}{{ customer.e }}{% endif %}", NAMES)) == 5


def test_a_name_that_was_set_or_looped_over_is_known_and_only_inside() -> None:
    good = "{% set x = event.y %}{{ x.any }}{% for k in x %}{{ k.z }}{{ loop.first }}{% endfor %}"
    assert faults(good, NAMES) == []
    assert [f.message for f in faults("{% for k in event.x %}{% endfor %}{{ k }}", NAMES)] == [
        "unknown name 'k': expected count, customer, did, event or shop"
    ]
    (fault,) = faults("{% for k in event.x %}{{ loop.indx }}{% endfor %}", NAMES)
    assert fault.message == "'loop' has no 'indx'; did you mean 'index'?"


CONDITIONS = [
    "customer.spent_minor > 5000 and not did('Order Completed', within='30 days')",
    "event.total_minor / 100 >= 5 or 'vip' in customer.tags",
    "(customer.first_name | default('x') | length) > 2",
]


@pytest.mark.parametrize("source", CONDITIONS)
def test_a_condition_is_understood(source: str) -> None:
    assert faults(source, NAMES, expression=True) == []


def test_a_condition_is_one_expression() -> None:
    assert faults("   ", NAMES, expression=True) == [Fault(1, 1, "expected a condition, found nothing")]
    assert faults("event.x event.y", NAMES, expression=True) == [
        Fault(1, 9, "expected the condition to end here, found 'event'")
    ]
    assert [(f.line, f.column) for f in faults("event.x and\n custmer.x", NAMES, expression=True)] == [(2, 2)]
    assert faults("1 + 1 == 2 and " * 400 + "true", NAMES, expression=True) != []


def test_what_is_missing_prints_as_nothing_and_so_do_its_attributes() -> None:
    context = {"customer": {"first_name": None}, "event": {}}
    source = "[{{ customer.first_name }}{{ event.a }}{{ event.a.b.c }}{{ customer.first_name.x }}{{ 'a' ~ event.q }}]"
    assert written(source, **context) == "[a]"
    for name in ("upper", "lower", "title", "capitalize", "trim", "join", "first", "last", "money('EUR')", "date"):
        assert written("[{{ customer.first_name | " + name + " }}]", **context) == "[]", name
    assert written("{{ customer.first_name | default('friend') }}", **context) == "friend"
    assert written("{{ customer.first_name | default('friend') }}", customer={"first_name": ""}) == "friend"
    assert written("{% for x in event.none %}a{% else %}none{% endfor %}", **context) == "none"


def test_an_attribute_is_an_item_and_never_a_method() -> None:
    assert written("{% for x in event.items %}{{ x.title }}{% endfor %}", event={"items": [{"title": "Tea"}]}) == "Tea"
    assert written("[{{ event.keys }}]", event={}) == "[]"
    assert written("[{{ customer.first_name.upper }}]", customer={"first_name": "Ada"}) == "[]"


def test_html_is_escaped_also_where_texts_are_joined() -> None:
    context = {"event": {"x": "<b>", "xs": ["<i>", "&"]}}
    source = "{{ event.x }}{{ 'a' ~ event.x }}{{ event.xs | join('<') }}{{ event.x | upper }}"
    assert written(source, autoescape=True, **context) == "&lt;b&gt;a&lt;b&gt;&lt;i&gt;&lt;&amp;&lt;B&gt;"
    assert written("{{ (event.x | e) ~ event.x }}", autoescape=True, **context) == "&lt;b&gt;&lt;b&gt;"


def test_conditions_compile_in_the_same_environment() -> None:
    made: ImmutableSandboxedEnvironment = environment(autoescape=False)
    ask = made.compile_expression("event.a ~ event.b == 'x' and customer.spent_minor > 5")
    assert ask(event={"a": "x"}, customer={"spent_minor": 6}) is True
    assert isinstance(made.from_string("x"), Template)
