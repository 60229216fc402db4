"""Which graphs do the engine's tests walk by name?"""

from __future__ import annotations

import pytest

from regulars.journeys.graph import Graph, graph_of
from regulars.journeys.happening import Start
from regulars.journeys.model import Journey, Send, Wait
from regulars.journeys.span import Span


@pytest.fixture
def wait_graph() -> Graph:
    """A wait of three days, then a letter."""
    steps = (Wait("wait", "pause", "pause", Span(3, "day")), Send("email", "letter", "letter", "j/letter"))
    return graph_of(Journey("j", "Journey", Start("Began"), steps))
