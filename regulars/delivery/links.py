"""Where may a link lead, and how does the shop recognise who came by it?"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from markupsafe import Markup, escape

from regulars.journeys.formats import missing
from regulars.journeys.model import Channel

NOWHERE: Final = "#"
SCHEMES: Final = ("http", "https", "mailto", "tel")
_ALLOWED: Final = re.compile(r"https?://[^/?#\s]|mailto:[^\s]|tel:[^\s]", re.IGNORECASE)
_UNSUBSCRIBE: Final = re.compile(r"\bunsubscribe_url\b")
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# What would end the attribute, style or line that a link stands in; escaping alone does not hold inside CSS.
_UNSAFE: Final = str.maketrans({" ": "%20", '"': "%22", "'": "%27", "<": "%3C", ">": "%3E", "\\": "%5C", "`": "%60"})
# A text's link ends before white space, quotes, any letter beyond ASCII, and punctuation that closes a sentence.
_IN_TEXT: Final = re.compile(r"""https?://[!#-&(-;=?-~]*[#-&*+/-9=@-Z\\^-z|~-]""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a link tells the shop's analytics about the message it stands in."""

    channel: Channel
    journey: str
    template: str
    parameters: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        campaign, content = quote(self.journey, safe=""), quote(self.template, safe="")
        parameters = ("utm_source=regulars", f"utm_medium={self.channel}", f"utm_campaign={campaign}")
        object.__setattr__(self, "parameters", (*parameters, f"utm_content={content}"))

    def tag(self, url: str) -> str:
        """Add what is not there yet to a web link's query; links of other schemes stay as they are."""
        if not _WEB.match(url):
            return url
        base, sharp, fragment = url.partition("#")
        path, _, query = base.partition("?")
        added = self.parameters
        if "utm_" in query:
            present = {part.partition("=")[0] for part in query.split("&")}
            added = tuple(one for one in added if one.partition("=")[0] not in present)
        joined = "&".join((query.strip("&"), *added) if query.strip("&") else added)
        return f"{path}?{joined}{sharp}{fragment}"


def with_links(text: str, change: Callable[[str], str]) -> str:
    """The text with every web link sent through `change`."""
    return _IN_TEXT.sub(lambda found: change(found[0]), text)


@lru_cache(maxsize=1024)  # a mail says each of its links twice, in its HTML and in its text
def guarded(url: str) -> str:
    """The link, if it leads to the web, a mailbox or a telephone; else one that leads nowhere."""
    clean = _CONTROL.sub("", url).strip().translate(_UNSAFE)
    return clean if _ALLOWED.match(clean) else NOWHERE


def link_filter(jinja: str) -> str:
    """The filter that a link written in Jinja goes through: one that leads to unsubscribing tells nothing else."""
    return "_own_link" if _UNSUBSCRIBE.search(jinja) else "_link"


def link_filters(campaign: Campaign) -> dict[str, Any]:
    """The filters through which every link goes that is known only when a message is rendered.

    ``_link`` tags and guards, ``_own_link`` (unsubscribe) guards, ``_picture`` lets web addresses pass alone.
    Each takes escaped text as Markup and gives it back so; plain text stays plain.
    """

    def link(value: Any) -> str:
        return _again(value, campaign.tag(guarded(_plain(value))))

    def own_link(value: Any) -> str:
        return _again(value, guarded(_plain(value)))

    def picture(value: Any) -> str:
        url = guarded(_plain(value))
        return _again(value, url if _WEB.match(url) else "")

    return {"_link": link, "_own_link": own_link, "_picture": picture}


def _plain(value: Any) -> str:
    if missing(value):
        return ""
    return value.unescape() if isinstance(value, Markup) else str(value)


def _again(value: Any, url: str) -> str:
    return escape(url) if isinstance(value, Markup) else url
