"""How do the desk's pages become HTML? Jinja templates, everything escaped, one style that stands in the page."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from regulars.desk import times
from regulars.desk.figures import JourneyFigures
from regulars.desk.notes import notes
from regulars.draw import svg
from regulars.draw.chart import Chart
from regulars.draw.layout import laid_out
from regulars.journeys.formats import format_money

_FOLDER = Path(__file__).parent / "desk_html"
STYLE = (_FOLDER / "desk.css").read_text("utf-8") + svg.STYLE
_ISO = 19  # characters of an instant to the second


def desk_page(name: str, status: int = 200, **names: Any) -> HTMLResponse:
    """The page `name`, filled."""
    return HTMLResponse(_ENVIRONMENT.get_template(name).render(**names), status_code=status)


def _said(value: Any) -> str:
    """A value that was seen, as people read it; never markup."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=1 if isinstance(value, dict | list) and value else None)


def _money(minor: int, currency: str | None) -> str:
    try:
        return format_money(minor, currency or "", "en_US") if currency else str(minor)
    except ValueError:
        return f"{minor} {currency}"


def _name(customer: dict[str, Any]) -> str:
    """What to call somebody: by name, else as they can be reached, else by id."""
    names = " ".join(part for part in (customer["first_name"], customer["last_name"]) if part)
    return names or customer["email"] or customer["phone"] or customer.get("customer_id") or customer["id"]


def _picture(chart: Chart, figures: JourneyFigures) -> Markup:
    """A journey with its people, who are links."""
    picture = laid_out(chart.noted(notes(figures, f"/desk/journeys/{quote(chart.id, safe='')}")))
    return Markup(svg.inside_a_page(picture))  # noqa: S704  escaped there


def _instants(value: Any) -> Any:
    """An instant in a decision's values, as an instant; anything else as it is."""
    if isinstance(value, str) and len(value) > _ISO and value[10] == "T":
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return value
        return found if found.tzinfo else value
    return value


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"said": _said, "money": _money, "person": _name, "instant": _instants}
    environment.tests["moment"] = lambda value: isinstance(value, datetime)
    environment.globals |= {
        "style": Markup(STYLE),  # noqa: S704  ours, from a file of ours
        "distance": times.distance,
        "picture_of": _picture,
    }
    return environment


_ENVIRONMENT = _environment()
