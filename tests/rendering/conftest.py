"""What every test of rendering starts from: a folder of templates, and what a customer's message is made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mail_page import mail

from regulars.delivery.templates import Templates
from regulars.journeys.jinja import Names
from regulars.journeys.mistakes import Mistakes

NAMES = Names(
    {
        "customer": frozenset({"first_name", "last_name", "timezone", "tags"}),
        "event": None,
        "start": None,
        "shop": frozenset({"name", "website", "postal_address", "currency", "timezone"}),
        "unsubscribe_url": frozenset(),
        "message": frozenset({"id"}),
    }
)
Write = Callable[..., Templates]


@pytest.fixture
def context() -> dict[str, Any]:
    """One customer, her event and the shop."""
    return {
        "customer": {"first_name": "Ada", "last_name": None, "timezone": "Europe/Berlin", "tags": []},
        "event": {},
        "start": {},
        "shop": {
            "name": "Mori & Me",
            "website": "https://mori.example.com",
            "postal_address": "12 Harbour Lane",
            "currency": "EUR",
            "timezone": "UTC",
        },
        "unsubscribe_url": "https://r.example.com/u/abc",
        "message": {"id": "m1"},
    }


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files below ``templates/`` and load them."""

    def written(files: dict[str, str], **options: Any) -> Templates:
        for name, text in files.items():
            path = tmp_path / "templates" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return Templates.load(tmp_path / "templates", NAMES, **options)

    return written


@pytest.fixture
def mistakes(write: Write) -> Callable[..., list[str]]:
    """Write files and tell what is wrong with them, each as ``file:line:column: message``."""

    def found(files: dict[str, str], **options: Any) -> list[str]:
        with pytest.raises(Mistakes) as raised:
            write(files, **options)
        return [f"{one.file}:{one.line}:{one.column}: {one.message}" for one in raised.value.found]

    return found


@pytest.fixture
def rendered(write: Write, context: dict[str, Any]) -> Callable[..., str]:
    """The HTML of one mail around a body."""

    def html(body: str, **more: Any) -> str:
        templates = write({"email/j/t.en.mjml": mail(body)})
        return templates.email("j/t", "en", {**context, **more}).html

    return html
