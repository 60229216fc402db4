"""Which examples does docs/language.md show? Journeys by their line, with the house and segments of all."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text("utf-8")
BLOCKS = {PAGE.count("\n", 0, found.start()) + 2: found[1] for found in re.finditer(r"```yaml\n(.*?)```", PAGE, re.S)}
HOUSE = next(block for block in BLOCKS.values() if block.startswith("house:"))
SEGMENTS = next((block for block in BLOCKS.values() if block.startswith("segments:")), "")
EXAMPLES = {line: block for line, block in BLOCKS.items() if block.startswith("journeys:")}
