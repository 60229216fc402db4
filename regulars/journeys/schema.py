"""What can an editor know of journeys.yaml and segments.yaml? A JSON Schema of each, made of the loaders' own words.

A schema sees less than `regulars check`: no names of templates, segments or customers' fields, and no conditions. It
wants a few things spelt in one way of several, as '2 days' and not '2 Days'. After a change of words the files in
docs/schema are made afresh: `regulars schema journeys > docs/schema/journeys.schema.json`.
"""

from __future__ import annotations

import json
from typing import Literal, get_args

from regulars.journeys import load, load_house, load_journey, load_segments, load_start, load_steps, load_wait_until
from regulars.journeys.load_happening import GOAL_WORDS, LEAVE_WORDS, WAIT_FOR_WORDS, WHAT
from regulars.journeys.load_set import SETTABLE
from regulars.journeys.model import STEP_KINDS, TRAITS, StepKind
from regulars.journeys.schema_values import VALUES, Schema, by_name, either, ref
from regulars.journeys.schema_words import by_channel, mapping
from regulars.journeys.values import ID

DRAFT = "https://json-schema.org/draft/2020-12/schema"
File = Literal["journeys", "segments"]
FILES: tuple[File, ...] = get_args(File)


def schema_of(file: File) -> Schema:
    """The JSON Schema (draft 2020-12) of journeys.yaml or segments.yaml."""
    if file == "segments":
        whole, needed = mapping("the file", load_segments.TOP_WORDS, load_segments.TOP_WORDS), _segments()
    else:
        whole, needed = mapping("the file", load.WORDS, load.WORDS), _house() | _journeys() | _starts() | _steps()
    return {"$schema": DRAFT, "title": f"{file}.yaml", **whole, "$defs": _with_values(whole, needed)}


def text_of(file: File) -> str:
    """The same as it stands in a file."""
    return json.dumps(schema_of(file), indent=2, ensure_ascii=False) + "\n"


def _with_values(whole: Schema, needed: dict[str, Schema]) -> dict[str, Schema]:
    """With the kinds of value that are spoken of."""
    told = json.dumps([whole, needed])
    return needed | {name: shape for name, shape in VALUES.items() if json.dumps(ref(name)["$ref"]) in told}


def _segments() -> dict[str, Schema]:
    return {"segment": mapping("segment", load_segments.WORDS, ["where"])}


def _house() -> dict[str, Schema]:
    return {
        "house": mapping("house", load_house.WORDS, ["name", "timezone", "locale", "currency"]),
        "market": mapping("market", load_house.MARKET_WORDS),
        "quiet_hours_by_channel": by_channel("quiet_hours"),
        "caps_by_channel": by_channel("cap"),
        "spans_by_channel": by_channel("span"),
    }


def _journeys() -> dict[str, Schema]:
    one = _one_of_them(WHAT)
    return {
        "journey": mapping("journey", load_journey.WORDS, ["start", "steps"]),
        "goal": {**mapping("goal", GOAL_WORDS, ["within"]), **one},
        "happening": {**mapping("leave", LEAVE_WORDS), **one},
        "wait_for": {**mapping("wait_for", WAIT_FOR_WORDS, ["within"]), **one},
    }


def _one_of_them(words: tuple[str, ...]) -> Schema:
    return {"oneOf": [{"required": [word]} for word in words]}


def _starts() -> dict[str, Schema]:
    """A start by each of the words that begin one."""
    kinds = load_start.KINDS
    return {
        "start": either(*(ref(f"start_by_{kind}") for kind in kinds)),
        **{
            f"start_by_{kind}": mapping("start", words, (kind, "to") if kind in load_start.TO_MANY else (kind,))
            for kind, words in kinds.items()
        },
        "schedule": mapping("schedule", load_start.SCHEDULE_WORDS, ["at"]),
    }


def _steps() -> dict[str, Schema]:
    """A step of each kind, and what stands below some of them."""
    return {
        "steps": {"type": "array", "items": ref("step"), "minItems": 1},
        "step": either(*(ref(f"step_{kind}") for kind in STEP_KINDS)),
        **{f"step_{kind}": _step(kind) for kind in STEP_KINDS},
        "wait_until": {
            **mapping("wait_until", load_wait_until.WORDS),
            **either({"required": ["at"]}, {"required": ["date"]}),
        },
        "split": {**by_name(ID, ref("way")), "minProperties": 2},
        "way": mapping("way", load_steps.WAY_WORDS, ["share"]),
        "repeat": mapping("repeat", load_steps.REPEAT_WORDS, ["times", "every"]),
        "set": {
            **mapping("set", SETTABLE),
            "patternProperties": {f"^{TRAITS.replace('.', '[.]')}{ID.pattern}$": ref("plain")},
            "minProperties": 1,
        },
    }


def _step(kind: StepKind) -> Schema:
    words = load_steps.WORDS[kind]
    if kind == "if":
        return {**mapping("if", words, ["if"]), **either({"required": ["then"]}, {"required": ["else"]})}
    return mapping("step", words, ["repeat", "steps"] if kind == "repeat" else [kind])
