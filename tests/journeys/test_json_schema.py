"""Does the JSON Schema accept what loads, refuse what an editor can see to be wrong, and stand fresh in docs/schema?"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from language_page import EXAMPLES, HOUSE, SEGMENTS
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from test_starts import STARTS

from regulars.journeys.mistakes import Mistake
from regulars.journeys.model import STEP_KINDS
from regulars.journeys.schema import FILES, File, schema_of, text_of
from regulars.journeys.schema_words import WORDS

ROOT = Path(__file__).parents[2]
Place = Callable[..., str]
Read = Callable[..., tuple[Mistake, ...]]


@cache
def validator(file: File) -> Draft202012Validator:
    return Draft202012Validator(schema_of(file))


def refused(text: str, file: File = "journeys") -> list[str]:
    """What the schema has against a text."""
    return [f"{error.json_path}: {error.message}" for error in validator(file).iter_errors(YAML(typ="safe").load(text))]


def mappings(schema: Any) -> Iterator[dict[str, Any]]:
    """Every part of a schema that names words."""
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from mappings(part)
    if isinstance(schema, dict) and isinstance(schema.get("properties"), dict):
        yield schema


@pytest.mark.parametrize("file", FILES)
def test_the_file_in_the_repository_is_fresh(file: File) -> None:
    kept = (ROOT / "docs" / "schema" / f"{file}.schema.json").read_text("utf-8")
    assert kept == text_of(file), f"regulars schema {file} > docs/schema/{file}.schema.json"
    Draft202012Validator.check_schema(schema_of(file))


@pytest.mark.parametrize("file", FILES)
def test_the_file_that_ships_is_accepted_and_names_its_schema(file: File) -> None:
    text = (ROOT / f"{file}.yaml").read_text("utf-8")
    assert refused(text, file) == []
    assert text.startswith(f"# yaml-language-server: $schema=docs/schema/{file}.schema.json\n")


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_of_the_language_is_accepted(line: int) -> None:
    assert refused(HOUSE + EXAMPLES[line]) == []


def test_the_examples_of_segments_are_accepted() -> None:
    assert refused(SEGMENTS, "segments") == []


@pytest.mark.parametrize("start", STARTS)
def test_a_start_that_loads_is_accepted(start: str, whole: Place) -> None:
    assert refused(whole("start", start)) == []


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("start", "{schedule: {at: '10:00', day: '05'}, to: vip}"),
        ("steps", "      - repeat: {times: '3', every: 1 day}\n        steps: [wait: 1 hour]\n"),
    ],
)
def test_a_number_in_quotes_that_loads_is_accepted(where: str, words: str, whole: Place, mistakes_in: Read) -> None:
    assert (refused(whole(where, words)), mistakes_in(whole(where, words))) == ([], ())


def tables_of_mistakes() -> dict[str, dict[str, tuple[str, ...]]]:
    """What the tests beside this one have the loaders refuse, by the table's name."""
    modules = [importlib.import_module(file.stem) for file in Path(__file__).parent.glob("test_*_mistakes.py")]
    return {name: table for one in modules for name, table in vars(one).items() if name.endswith("_MISTAKES")}


def test_every_word_that_the_loaders_do_not_know_is_refused(whole: Place, mistakes_in: Read) -> None:
    """That is: of all that the tests have them refuse."""
    tables, count = tables_of_mistakes(), 0
    tables.pop("YAML_MISTAKES")  # what is no YAML has no words
    of_segments = [case[0].replace("«", "") for case in tables.pop("SEGMENT_MISTAKES").values()]
    of_journeys = [whole(*case[:2]).replace("«", "") for table in tables.values() for case in table.values()]
    for text in of_journeys:
        if any("has no word" in one.message or "there is no step" in one.message for one in mistakes_in(text)):
            count += 1
            assert refused(text), text
    for text in of_segments:
        if any("has no word" in one.message for one in mistakes_in(whole("journey"), text)):
            count += 1
            assert refused(text, "segments"), text
    assert count > 25


def test_a_word_more_in_any_place_of_an_example_is_refused() -> None:
    count = 0
    for example in EXAMPLES.values():
        whole = HOUSE + example
        for place in ("start: {", "goal: {", "wait_for: {", "wait_until: {"):
            if place in whole:
                count += 1
                assert refused(whole.replace(place, place + "nonsense: 1, ", 1)), place + whole
    assert count > 12


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("start", "{again: never}"),
        ("start", '{date: customer.created_at, at: "25:00"}'),
        ("start", "{date: customer.created_at, to: vip}"),
        ("start", '{schedule: {at: "10:00"}}'),
        ("start", "{schedule: {days: [monday]}, to: vip}"),
        ("start", '{schedule: {at: "10:00", day: 31}, to: vip}'),
        ("start", '{broadcast: "tomorrow", to: vip}'),
        ("start", '{broadcast: "2026-12-01 10:00"}'),
        ("start", "{enters: VIP, again: never}"),
        ("start", "{event: Order Paid, enters: vip, again: never}"),
        ("start", "{event: Order Paid, again: 7 days}"),
        ("start", "{event: Order Paid, key: order_id}"),
        ("journey", "    goal: {event: Order Paid}\n"),
        ("journey", "    goal: {within: 1 day}\n"),
        ("journey", "    holdout: 10\n"),
        ("journey", "    priority: hihg\n"),
        ("journey", "    leave: []\n"),
        ("house", "  holdout: 5\n"),
        ("house", "  markets: {Germany: {locale: de-DE}}\n"),
        ("house", "  caps: {emial: 1 per 1 day}\n"),
        ("house", '  quiet_hours: {sms: "20:00-25:00"}\n'),
        ("locale", "enCA"),
        ("currency", "EURO"),
        ("steps", "      - emial: a/b\n"),
        ("steps", "      - email: offer\n"),
        ("steps", "      - email: a/b\n        sms: a/c\n"),
        ("steps", "      - email: a/b\n        purpose: servise\n"),
        ("steps", "      - wait: 2d\n"),
        ("steps", "      - wait: 0 days\n"),
        ("steps", "      - wait: 2 months\n"),
        ("steps", '      - wait_until: "9:00"\n'),
        ("steps", '      - wait_until: {at: "09:00", days: [mondy]}\n'),
        ("steps", "      - wait_until: {days: [monday]}\n"),
        ("steps", "      - if: customer.phone\n"),
        ("steps", "      - repeat: {times: 1, every: 1 day}\n        steps: [wait: 1 day]\n"),
        ("steps", "      - repeat: {times: 2, every: 1 day}\n"),
        ("steps", "      - split: {gift: {share: 100%}}\n"),
        ("steps", "      - split: {a: {share: 50}, b: {share: 50%}}\n"),
        ("steps", "      - set: {email: a@b.example}\n"),
        ("steps", "      - webhook: erp.example\n"),
        ("steps", "      - wait\n"),
    ],
)
def test_what_an_editor_can_see_to_be_wrong_is_refused(where: str, words: str, whole: Place) -> None:
    assert refused(whole(where)) == [] or where in ("start", "steps", "locale", "currency")
    assert refused(whole(where, words))


def test_every_word_has_a_sentence_and_every_sentence_a_word() -> None:
    said: set[str] = set()
    for file in FILES:
        for part in mappings(schema_of(file)):
            said |= {shape["description"] for shape in part["properties"].values() if "description" in shape}
            assert all(set(shape) != {"description"} for shape in part["properties"].values())
    assert said == {sentence for _, sentence in WORDS.values()}
    assert all(sentence[0].isupper() and sentence.endswith(".") and len(sentence) < 100 for sentence in said)


def test_every_kind_of_step_is_an_alternative() -> None:
    refs = [alternative["$ref"] for alternative in schema_of("journeys")["$defs"]["step"]["anyOf"]]
    assert refs == [f"#/$defs/step_{kind}" for kind in STEP_KINDS]


def test_everything_that_is_spoken_of_is_defined_and_nothing_else() -> None:
    for file in FILES:
        text, defined = text_of(file), set(schema_of(file)["$defs"])
        assert {name for name in defined if f'"#/$defs/{name}"' in text} == defined
        assert text.count("#/$defs/") > 0
        spoken = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}
        assert spoken == defined


def test_a_text_that_is_no_yaml_is_no_case_of_the_schema() -> None:
    with pytest.raises(YAMLError):
        refused("a: b: c")
