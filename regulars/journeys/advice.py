"""What is right in a book, and yet seldom what its author wants? `regulars check` tells it; all of it may run."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.journeys.model import Book, Journey, WaitFor, walk_steps

# What is not told of everybody who did it, and what is.
_SURER = {"Email Opened": "Email Clicked", "WhatsApp Read": "WhatsApp Clicked"}


def advice(book: Book) -> Iterator[str]:
    """Each with the journey, and the step, that it is about."""
    for journey in book.journeys.values():
        for place, event in _listened_for(journey):
            if surer := _SURER.get(event):
                hidden = "by many it is hidden, and machines' do not count"
                yield f"journey {journey.id}, {place}: {event} is not known of everybody ({hidden}); {surer} is surer"


def _listened_for(journey: Journey) -> Iterator[tuple[str, str]]:
    """Every event that something waits for, and where that stands."""
    yield "start", journey.start.event
    if journey.goal:
        yield "goal", journey.goal.event
    for happening in journey.leave:
        yield "leave", happening.event
    for step in walk_steps(journey.steps):
        if isinstance(step, WaitFor):
            yield f"step {step.id}", step.happening.event
