"""What does a simulation look like? One HTML page that stands alone: the timeline, and each message as it is read."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from regulars.simulate import words
from regulars.simulate.record import Record, local

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "html"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(record: Record, intro: str = "") -> str:
    """The page. Mails stand in frames in which nothing runs."""
    return _ENVIRONMENT.get_template("simulation.html").render(record=record, intro=intro, words=words, local=local)
