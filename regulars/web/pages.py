"""How does a page become HTML? Jinja templates beside this file, everything escaped, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages_html"), autoescape=select_autoescape(default=True)
)


def page(name: str, status: int = 200, **names: Any) -> HTMLResponse:
    """The page `name`, filled."""
    return HTMLResponse(_ENVIRONMENT.get_template(name).render(**names), status_code=status)
