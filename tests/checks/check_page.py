"""What does docs/check.md show? Its example, and what it says `regulars check` makes of that."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from typer.testing import CliRunner, Result

from regulars.cli.main import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "check.md").read_text("utf-8")


def block(kind: str, number: int = 0) -> str:
    """A block of the page, by its kind and number among those."""
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.S)[number]


def example(folder: Path) -> Path:
    """The example as a file, with the templates that ship beside it."""
    file = folder / "journeys.yaml"
    file.write_text(block("yaml"), "utf-8")
    shutil.copytree(ROOT / "templates", folder / "templates")
    return file


def run(*arguments: str) -> Result:
    """The command, as it is typed."""
    return CliRunner().invoke(app, ["check", *arguments])
