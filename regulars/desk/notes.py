"""What does a journey's picture say of its people? Figures in words, box by box, and of the whole."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import quote

from regulars.desk.figures import JourneyFigures, StepFigures
from regulars.draw.chart import END, GOAL, HOLDOUT, START, Chart, Note
from regulars.store.enrollments import Outcome


def notes(figures: JourneyFigures, page: str = "") -> dict[str, Note]:
    """By box, where there is something to say. `page`: the journey's on the desk, which names the people."""
    found = {step: _note(step, at, page) for step, at in figures.steps.items() if at.any}
    whole = {
        START: _said((figures.entered, "entered"), (figures.due, "about to begin")),
        GOAL: _said((figures.goals, "reached it")),
        HOLDOUT: _said((figures.held_out, "held out"), (figures.goals_held_out, "of them at the goal")),
        END: _said((figures.ended.get(Outcome.finished, 0), "walked to the end")),
    }
    return {**found, **{box: Note(text=text) for box, text in whole.items() if text}}


def summary(figures: JourneyFigures, chart: Chart) -> str:
    """Of the whole journey, and of what has no box in its picture: "120 entered, 30 inside now, 4 left"."""
    steps = {box.id for box in chart.boxes}
    elsewhere = sum(at.here for step, at in figures.steps.items() if step not in steps)
    return ", ".join(
        (
            f"{figures.entered} entered",
            f"{figures.walking + figures.due} inside now",
            f"{figures.goals} reached the goal",
            f"{figures.ended.get(Outcome.finished, 0)} walked to the end",
            f"{figures.ended.get(Outcome.left, 0)} left",
            *_words((figures.held_out, "held out"), (elsewhere, "at steps of older versions")),
        )
    )


def _note(step: str, at: StepFigures, page: str) -> Note:
    text = _said((at.sent, "sent"), (at.skipped, "skipped"), (at.lost, "failed"), (at.left, "left"))
    link = f"{page}?step={quote(step, safe='')}#people" if page else ""
    return Note(f"{at.here} here" if at.here else "", text, link)


def _said(*counted: tuple[int, str]) -> str:
    return ", ".join(_words(*counted))


def _words(*counted: tuple[int, str]) -> Collection[str]:
    return [f"{number} {word}" for number, word in counted if number]
