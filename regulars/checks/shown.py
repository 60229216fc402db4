"""How are findings shown? For a reader, for a program, and for GitHub, which puts them beside the lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Literal, assert_never

from regulars.checks.finding import Finding
from regulars.checks.run import Checked
from regulars.checks.table import Severity

Format = Literal["text", "json", "github"]
# The commands of a workflow, and how what stands in them is written:
# https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
_COMMAND: dict[Severity, str] = {"error": "error", "warning": "warning", "advice": "notice"}
_IN_TEXT = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = _IN_TEXT | {":": "%3A", ",": "%2C"}


def lines(checked: Checked, form: Format) -> Iterator[str]:
    """The lines to print."""
    match form:
        case "text":
            yield from _text(checked)
        case "json":
            yield json.dumps(_object(checked), ensure_ascii=False, indent=2)
        case "github":
            yield from map(_command, checked.findings)
        case _:
            assert_never(form)


def _text(checked: Checked) -> Iterator[str]:
    for one in checked.findings:
        yield f"{one.file}:{one.line}:{one.column}: {one.severity} {one.code}: {one.message}"
        yield f"    {one.mend}"
    counts = {"journey": checked.journeys, "segment": checked.segments, "template": checked.templates}
    there = ", ".join(_counted(number, thing) for thing, number in counts.items())
    severities = [one.severity for one in checked.findings]
    called = {"error": "error", "warning": "warning", "advice": "piece of advice"}
    found = [
        _counted(severities.count(severity), thing) for severity, thing in called.items() if severity in severities
    ]
    good = [] if checked.fails(strict=True) else ["good"]
    yield f"{there}: {', '.join(good + found)}"


def _counted(number: int, thing: str) -> str:
    first, *rest = thing.split(" ", 1)
    return " ".join([str(number), first if number == 1 else f"{first}s", *rest])


def _object(checked: Checked) -> dict[str, object]:
    return {
        "journeys": checked.journeys,
        "segments": checked.segments,
        "templates": checked.templates,
        "findings": [_finding(one) for one in checked.findings],
    }


def _finding(one: Finding) -> dict[str, object]:
    place = {"file": one.file, "line": one.line, "column": one.column}
    return {"code": one.code, "severity": one.severity, **place, "message": one.message, "mend": one.mend}


def _command(one: Finding) -> str:
    """One annotation."""
    properties = {"file": one.file, "line": one.line, "col": one.column, "title": one.code}
    return command(_COMMAND[one.severity], properties, "\n".join((one.message, one.mend)))


def command(word: str, properties: Mapping[str, object], text: str) -> str:
    """A workflow's command."""
    said = ",".join(f"{name}={_escaped(str(value), _IN_PROPERTY)}" for name, value in properties.items())
    return f"::{word} {said}::{_escaped(text, _IN_TEXT)}"


def _escaped(text: str, how: dict[str, str]) -> str:
    return "".join(how.get(letter, letter) for letter in text)
