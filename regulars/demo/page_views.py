"""How does the demo's page become HTML? Its parts by id, each replaced alone when it changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zlib import crc32

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from regulars.demo.follow import Followed
from regulars.demo.killing import Killer
from regulars.demo.live import Live
from regulars.demo.people import TOM
from regulars.demo.stage import Stage
from regulars.desk import times
from regulars.engine import calendar

_FOLDER = Path(__file__).parent / "page_html"
STYLE = (_FOLDER / "demo.css").read_text("utf-8")
SCRIPT = (_FOLDER / "demo.js").read_text("utf-8")
_ISO = 19  # characters of an instant to the second


@dataclass(frozen=True, slots=True)
class Links:
    """Where the rest is looked at: the shop's web process, the sandbox, and the namespace in Temporal's UI."""

    shop: str
    sandbox: str
    temporal: str

    def message(self, identifier: str) -> str:
        return f"{self.shop}/desk/messages/{quote(identifier, safe='')}"

    def inbox(self, identifier: str) -> str:
        return f"{self.sandbox}/inbox/of/{quote(identifier, safe='')}"

    def customer(self, identifier: str) -> str:
        return f"{self.shop}/desk/customers/{quote(identifier, safe='')}"

    def why(self, identifier: str) -> str:
        return f"{self.customer(identifier)}/why"

    def journey(self, name: str) -> str:
        return f"{self.shop}/desk/journeys/{quote(name, safe='')}"

    def run(self, party: str) -> str:
        return f"{self.temporal}/workflows/{quote(party, safe='')}"

    def runs(self, journey: str) -> str:
        wanted = quote(f'Journey="{journey}"')
        return f"{self.temporal}/workflows?query={wanted}"


def whole(stage: Stage, parts: Mapping[str, str], links: Links, token: str) -> str:
    """The page, with its parts in their places."""
    return _ENVIRONMENT.get_template("page.html").render(stage=stage, links=links, token=token, parts=parts)


def digest(html: str) -> str:
    """What tells two versions of a part apart."""
    return f"{crc32(html.encode()):x}"


def sections(stage: Stage, live: Live, killer: Killer, links: Links) -> dict[str, str]:
    """Each part's HTML by its id. What changes often stands apart from what does not: a mail is not loaded anew."""
    parts = _ENVIRONMENT.get_template("parts.html").module
    names: dict[str, Any] = {"stage": stage, "live": live, "links": links, "now": stage.clock.now()}

    def filled(part: str, **more: Any) -> str:
        template: Any = getattr(parts, part)
        return str(template(**names, **more)).strip()

    found = {"clock": filled("clock"), "figures": filled("figures"), "journeys": filled("journeys")}
    found |= {"books": filled("books"), "kills": filled("kills", killer=killer)}
    for one in live.followed:
        name = one.shopper.first_name.lower()
        zones = _zones(one)
        found |= {f"{name}-{part}": filled(part, one=one, zones=zones) for part in ("stand", "peek", "line")}
        if one.shopper.number == TOM.number:
            found[f"{name}-why"] = filled("why", one=one, zones=zones)
    return found


def _zones(one: Followed) -> times.Zones:
    shop = one.card.house.timezone if one.card else "UTC"
    return times.Zones(one.card.place.zone if one.card else shop, shop)


def _clock(instant: datetime, zone: str) -> str:
    """ "Tue 24, 10:05" on the clocks of `zone`."""
    return calendar.local(instant, zone).to_stdlib().strftime("%a %-d, %H:%M")


def _calendar(instant: datetime, zone: str) -> str:
    """ "Tuesday 24 November, 10:05"."""
    return calendar.local(instant, zone).to_stdlib().strftime("%A %-d %B, %H:%M")


def _said(value: Any, zone: str) -> str:
    """A value that was seen, as people read it: an instant on the customer's clock."""
    if isinstance(value, str) and len(value) > _ISO and value[10] == "T":
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return value
        return _clock(found, zone) if found.tzinfo else value
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _language(locale: str) -> str:
    """ "Chinese" of "zh-CN"."""
    return str(Locale.parse(locale, sep="-").get_language_name("en"))


def _territory(locale: str) -> str:
    """ "Germany" of "de-DE", "German" of "de"."""
    known = Locale.parse(locale, sep="-")
    return str(known.get_territory_name("en") or known.get_language_name("en"))


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": _clock, "calendar": _calendar, "said": _said}
    environment.filters |= {"language": _language, "territory": _territory}
    environment.globals |= {
        "style": Markup(STYLE),  # noqa: S704  ours, from a file of ours
        "script": Markup(SCRIPT),  # noqa: S704
        "distance": times.distance,
        "city": times.city,
        "digest": digest,
    }
    return environment


_ENVIRONMENT = _environment()
