"""Does a stranger who opens the demo see it all? The page of a demo that runs, in a real Chromium.

With REGULARS_SCREENSHOTS=folder the page is photographed, wide and on a phone, light and dark.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from demo_commands import Command, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_LONG = 60_000  # milliseconds


@dataclass
class Watched:
    """A demo that plays, and somebody who looks at it."""

    command: Command
    address: str
    page: Page
    browser: Browser

    def number(self, part: str, name: str) -> int:
        """A figure of the page, by the word below it."""
        return int(self.page.locator(f"#{part} div:has(dt:text-is('{name}')) dd").inner_text())


@pytest.fixture(scope="module")
def watched(
    browser: Browser, lasting_regulars: Callable[..., Command], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    """Opened as soon as its address is told; on its page nothing is blocked and nothing goes wrong unnoticed."""
    data = tmp_path_factory.mktemp("seen") / "shop"
    demo = lasting_regulars("demo", "--days", "4", "--pace", "5", "--customers", "16", "--json", data=data)
    address = f"{demo.address('watch it')}/demo"
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    yield Watched(demo, address, page, browser)
    page.close()
    assert [said for said in complaints if "ERR_CONNECTION" not in said] == []


def test_the_days_go_by_and_the_past_is_there(watched: Watched) -> None:
    page = watched.page
    page.get_by_role("heading", name="Day 1").wait_for(timeout=_LONG)
    assert re.search(r"Half a year of its past is there: \d+ orders of \d+ of them", page.inner_text("#figures"))
    page.get_by_role("heading", name="Day 2").wait_for(timeout=_LONG)
    assert watched.number("figures", "webhooks taken") > 20


def test_mei_and_tom_are_followed_each_on_their_own_clock(watched: Watched) -> None:
    page = watched.page
    page.locator("#mei-line .message").first.wait_for(timeout=_LONG)
    assert "reads Chinese" in page.inner_text("#mei-stand") and "Shanghai" in page.inner_text("#mei-stand")
    assert "mail in Chinese" in page.inner_text("#mei-line")
    page.locator("#tom-line .message").first.wait_for(timeout=_LONG)
    assert "Berlin" in page.inner_text("#tom-stand")
    for name in ("mei", "tom"):
        assert "Run in Temporal" in page.inner_text(f"#{name}-stand")
        assert "Enters “Abandoned cart”" in page.inner_text(f"#{name}-line")
    mail = page.frame_locator("#mei-peek iframe")
    mail.get_by_text("Mulberry Street").first.wait_for(timeout=_LONG)


def test_the_worker_is_killed_and_the_books_stay_at_nought(watched: Watched) -> None:
    page, before = watched.page, watched.command.pids()
    page.get_by_role("button", name="Kill the worker").click()
    page.get_by_text("back after").wait_for(timeout=_LONG)
    after = wait_for(lambda: (now := watched.command.pids()).get("worker") != before["worker"] and now, "next worker")
    assert {name for name in before if before[name] != after[name]} == {"worker"}
    sent = watched.number("books", "sent, says our ledger")
    wait_for(lambda: (page.wait_for_timeout(100), watched.number("books", "sent, says our ledger") > sent)[1], "mail")
    assert (watched.number("books", "sent twice"), watched.number("books", "lost")) == (0, 0)


def test_why_tom_got_no_text_is_answered_with_values(watched: Watched) -> None:
    page = watched.page
    told = page.locator("#tom-why .case", has_text="last_call")
    told.locator(".pill:not(.wait)").first.wait_for(timeout=_LONG)
    assert told.locator(".pill").first.inner_text() == "not sent"
    taken_back = r"Consent had been withdrawn on \w{3} \d+ \w{3} \d{4}, 08:25 by shopify consent"
    assert re.search(taken_back, told.inner_text()), "when he took it back, on his clock"


def test_the_links_lead_to_the_inbox_the_desk_and_the_run(watched: Watched) -> None:
    page = watched.page
    for link, words in (
        (page.locator("#mei-peek p a").first, "mei.lin@example.com"),
        (page.locator("#mei-line .message a").first, "Dispatches"),
        (page.locator("#tom-stand h2 a"), "Tom Wagner"),
        (page.locator("#journeys td a").first, "Abandoned cart"),
    ):
        other = watched.browser.new_page()
        other.goto(str(link.get_attribute("href")))
        assert words in other.inner_text("body")
        other.close()
    run = str(page.locator("#mei-stand a", has_text="Temporal").first.get_attribute("href"))
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/namespaces/default/workflows/[0-9a-z]{13}", run)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_no_wider_than_the_screen(watched: Watched, browser: Browser, width: int, scheme: str) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page.goto(watched.address)
    if folder := os.environ.get("REGULARS_SCREENSHOTS"):
        page.wait_for_timeout(500)
        page.screenshot(path=Path(folder) / f"demo-{width}-{scheme}.png", full_page=True)
    assert page.evaluate(_WIDER) <= 0
    page.close()


def test_the_inbox_shows_the_shops_time(watched: Watched) -> None:
    """Mails of several days, all sent within half a minute."""
    other = watched.browser.new_page()
    other.goto(str(watched.page.locator("nav a", has_text="Inbox").get_attribute("href")))
    days = {line.split("\n")[-1] for line in other.locator(".row time").all_inner_texts()}
    other.close()
    assert len(days) >= 2


def test_at_the_end_the_page_says_so_and_the_result_balances(watched: Watched) -> None:
    """The last: its demo is over."""
    watched.page.get_by_role("heading", name="4 days are over").wait_for(timeout=_LONG)
    told = json.loads(wait_for(watched.command.out.read_text, "result", 120))
    assert told["books"] == {"duplicates": 0, "lost": 0, "unknown": 0}
    watched.command.stop(patience=40)
    watched.page.wait_for_selector("body.gone", timeout=_LONG)
