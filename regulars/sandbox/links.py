"""Which link would a person follow? Any in the message but the one that unsubscribes."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from regulars.sandbox.settings import is_http_url

_URL = re.compile(r"https?://[^\s<>\"']+")
_UNSUBSCRIBE = re.compile(r"unsubscribe|opt[-_]?out|preferences", re.IGNORECASE)
_TRAILING = ".,;:!?)]}"
_ENOUGH = 1_000_000


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self._open: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._finish()
            self._open = (dict(attrs).get("href") or "", [])

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._finish()

    def close(self) -> None:
        super().close()
        self._finish()

    def _finish(self) -> None:
        if self._open:
            href, label = self._open[0].strip(), "".join(self._open[1])
            if is_http_url(href) and not _UNSUBSCRIBE.search(href + " " + label):
                self.links.append(href)
            self._open = None


def in_html(html: str, list_unsubscribe: str | None = None) -> list[str]:
    """The http links of a mail in order, without those that unsubscribe: by their address, their label, or because the
    List-Unsubscribe header names them."""
    parser = _Anchors()
    parser.feed(html[:_ENOUGH])
    parser.close()
    named = set(re.findall(r"<([^>]*)>", list_unsubscribe or ""))
    return [link for link in parser.links if link not in named]


def in_text(text: str) -> list[str]:
    """The http links of a text in order, without the punctuation that follows them."""
    found = [url.rstrip(_TRAILING) for url in _URL.findall(text)]
    return [url for url in found if is_http_url(url) and not _UNSUBSCRIBE.search(url)]


def without_links(text: str) -> str:
    """What stays the same in a text from run to run: links carry tokens."""
    return _URL.sub("", text)
