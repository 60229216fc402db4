"""How is an answer read in a terminal? Its sentences under their journeys and messages; plain where it is piped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.text import Text

from regulars.why.answer import Case, Reason, Story, Way, Why
from regulars.why.words import called, name_of, when

Run = Callable[[str], str | None]
_STYLES = {"sent": "green", "not yet": "yellow", "entered": "green", "held out": "yellow"}


def lines(why: Why, run: Run) -> Iterator[Text]:
    """`run`: the address of a run in Temporal's UI by its party, None where it is not known where that is."""
    zone, who = why.zones.zone, why.customer
    yield Text.assemble((name_of(who), "bold"), f" ({who['id']}), as of {when(why.at, zone)}, {zone}")
    for story in why.stories:
        yield Text()
        yield from _story(story, run)


def _story(story: Story, run: Run) -> Iterator[Text]:
    if not story.ways:
        yield _head(story.title, "never entered")
    for way in story.ways:
        yield _head(story.title, way.entry)
        yield from _way(way, run)
    if story.ways and story.refused:
        yield Text("  and not once more:")
    yield from _reasons(story.refused, "  ")


def _way(way: Way, run: Run) -> Iterator[Text]:
    yield from _reasons(way.reasons, "  ")
    if way.party:
        yield Text(f"  Run in Temporal: {run(way.party) or way.party}", "dim")
    for case in way.cases:
        yield _case(case)
        yield from _reasons(case.reasons, "    ")


def _case(case: Case) -> Text:
    identifier = f" ({case.id})" if case.id else ""
    return Text.assemble(
        f"  {called(case.channel)} {case.step}: ", (case.fate, _STYLES.get(case.fate, "red")), identifier
    )


def _head(title: str, word: str) -> Text:
    return Text.assemble((f"{title}: ", "bold"), (word, _STYLES.get(word, "red")))


def _reasons(reasons: Sequence[Reason], indent: str) -> Iterator[Text]:
    for one in reasons:
        yield Text(f"{indent}- {one.text}")
