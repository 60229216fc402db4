"""How are results shown? For a reader, in colour on a terminal; for a program; and for GitHub, beside the lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Literal, assert_never

from rich.text import Text

from regulars.checks.shown import command
from regulars.journeys.mistakes import Mistake
from regulars.scenarios.hunt import Counterexample, Tally
from regulars.scenarios.run import Result
from regulars.scenarios.scenario import Failure

Format = Literal["text", "json", "github"]


def shown(results: Sequence[Result], form: Format) -> Iterator[Text]:
    """What to print of scenarios, line by line."""
    match form:
        case "text":
            yield from _text(results)
        case "json":
            yield Text(json.dumps(as_object(results), ensure_ascii=False, indent=2))
        case "github":
            yield from (Text(_annotation(one, failure)) for one in results for failure in one.failures)
            yield _sum(results)
        case _:
            assert_never(form)


def as_object(results: Sequence[Result]) -> dict[str, object]:
    """{scenarios, failed, results: [{name, journey, file, line, failures: [...]}]}."""
    return {
        "scenarios": len(results),
        "failed": sum(bool(one.failures) for one in results),
        "results": [
            {
                "name": one.scenario.name,
                "journey": one.scenario.journey,
                "file": one.scenario.file,
                "line": one.scenario.line,
                "failures": [_failure(failure) for failure in one.failures],
            }
            for one in results
        ],
    }


def mistakes(found: Sequence[Mistake], form: Format) -> Iterator[Text]:
    """What to print where nothing was run, for whoever reads no prose."""
    if form == "json":
        said = [{"file": one.file, "line": one.line, "column": one.column, "message": one.message} for one in found]
        yield Text(json.dumps({"mistakes": said}, ensure_ascii=False, indent=2))
        return
    for one in found:
        place = {"file": one.file, "line": one.line, "col": one.column, "title": "mistake"}
        yield Text(command("error", place, one.message))


def told(failure: Failure) -> str:
    """A failure in full, as plain lines."""
    lines = [f"{failure.file}:{failure.line}: expected: {failure.expected}", f"    happened: {failure.happened}"]
    return "\n".join([*lines, *(f"      {line}" for line in failure.near)])


def tally(
    found: Tally, journeys: Sequence[str], seed: int, worst: Counterexample | None, form: Format
) -> Iterator[Text]:
    """What to print of invented customers."""
    walks = {name: found.walks[name] for name in journeys}
    if form == "json":
        bad = {"number": worst.number, "rule": worst.broken.rule, "said": worst.broken.said} if worst else None
        figures = {"seed": seed, "customers": found.customers, "messages": found.messages, "held_back": found.held}
        text = {"scenario": worst.text} if worst else {}
        yield Text(json.dumps({**figures, "walks": walks, "broken": bad, **text}, ensure_ascii=False, indent=2))
        return
    counted = f"{found.customers} customers of seed {seed}: {sum(walks.values())} walks, {found.messages} messages, "
    yield Text(f"{counted}{found.held} held back")
    for name in [name for name, times in walks.items() if not times]:
        yield Text(f"nobody entered {name}", "yellow")
    if worst is None:
        yield Text("the rules of the house hold", "green")
        return
    said = f"customer {worst.number}: {worst.broken.rule}: {worst.broken.said}"
    yield Text(command("error", {"title": worst.broken.rule}, said)) if form == "github" else Text(said, "bold red")
    yield Text("As a scenario, as short as it still fails:")
    yield from (Text(line) for line in worst.text.splitlines())


def _text(results: Sequence[Result]) -> Iterator[Text]:
    for one in results:
        mark = Text("fail", "bold red") if one.failures else Text("ok  ", "green")
        yield mark + Text(f"  {one.scenario.journey}: {one.scenario.name}", "")
        for failure in one.failures:
            yield Text.assemble("      ", (f"{failure.file}:{failure.line}", "bold"), f": expected: {failure.expected}")
            yield Text(f"        happened: {failure.happened}")
            yield from (Text(f"          {line}", "dim") for line in failure.near)
    yield _sum(results)


def _sum(results: Sequence[Result]) -> Text:
    bad = sum(bool(one.failures) for one in results)
    counted = f"{len(results)} scenario{'' if len(results) == 1 else 's'}"
    return Text(f"{counted}: {bad} failed", "bold red") if bad else Text(f"{counted}: good", "green")


def _failure(failure: Failure) -> dict[str, object]:
    place = {"file": failure.file, "line": failure.line}
    return {**place, "expected": failure.expected, "happened": failure.happened, "near": list(failure.near)}


def _annotation(one: Result, failure: Failure) -> str:
    place = {"file": failure.file, "line": failure.line, "title": f"{one.scenario.journey}: {one.scenario.name}"}
    said = "\n".join((f"expected: {failure.expected}", f"happened: {failure.happened}", *failure.near))
    return command("error", place, said)
