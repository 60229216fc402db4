"""Can support click from a question to its answer, in a real browser without scripts?

With REGULARS_SCREENSHOTS=folder each page is photographed, wide and on a phone, light and dark.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from desk_shop import UI, Shop, opened
from playwright.sync_api import Browser, HttpCredentials, Page

from regulars.store.database import Database

_PASSWORD = "correct horse"
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_PAGES = {
    "journeys": "/desk",
    "journey": "/desk/journeys/abandoned_cart",
    "people": "/desk/journeys/welcome?step=wait_1",
    "customer": "/desk/customers/tom1",
    "why": "/desk/customers/tom1/why",
    "mail": "/desk/messages/m1",
    "text": "/desk/messages/m2",
}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without JavaScript, on which nothing is blocked and nothing goes wrong unnoticed."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    found = context.new_page()
    complaints: list[str] = []
    found.on("console", lambda said: complaints.append(said.text))
    found.on("requestfailed", lambda request: complaints.append(f"{request.url} failed"))
    yield found
    context.close()
    assert [said for said in complaints if "mail" not in said] == []


def test_from_a_search_to_the_customer_to_the_message(quick: Shop, page: Page) -> None:
    page.goto(f"http://127.0.0.1:{quick.web.port}/desk")
    page.get_by_role("searchbox").fill("Tom@example.com")
    page.get_by_role("button", name="Find").click()
    assert page.url.endswith("/desk/customers/tom1")
    assert page.get_by_role("heading", level=1).inner_text() == "Tom <script>alert(1)</script>"
    assert page.get_by_text("in 4 hours").or_(page.get_by_text("in 5 hours")).is_visible()
    page.get_by_role("link", name="Steep it").click()
    assert page.url.endswith("/desk/messages/m2")
    assert page.get_by_text("skipped: consent withdrawn").is_visible()
    page.get_by_role("link", name="← Tom").click()
    page.locator("a[href='/desk/messages/m1']").first.click()
    assert page.get_by_text("all gates", exact=True).is_visible()


def test_from_a_customer_and_from_a_message_to_why(quick: Shop, page: Page) -> None:
    page.goto(f"http://127.0.0.1:{quick.web.port}/desk/customers/tom1")
    page.get_by_role("link", name="Why did they get what they got").click()
    assert page.url.endswith("/desk/customers/tom1/why")
    assert page.get_by_text("Consent had been withdrawn on Tue 10 Mar 2026, 16:00").is_visible()
    assert page.get_by_role("link", name="Run in Temporal").first.get_attribute("href") == f"{UI}/workflows/w1"
    page.get_by_label("As of").fill("2026-03-10T17:00")
    page.get_by_role("button", name="Show").click()
    assert page.get_by_text("within quiet hours of Europe/Berlin").is_visible()
    assert not page.get_by_text("Consent had been withdrawn").is_visible()
    page.goto(f"http://127.0.0.1:{quick.web.port}/desk/messages/m2")
    page.get_by_role("link", name="Why?").click()
    assert page.url.endswith("/why?about=m2")
    assert page.get_by_text("Consent had been withdrawn").is_visible()
    assert page.get_by_text("never entered").count() == 0, "the one message alone"


def test_a_mail_is_seen_in_its_frame_and_nothing_in_it_runs(quick: Shop, page: Page) -> None:
    page.goto(f"http://127.0.0.1:{quick.web.port}/desk/messages/m1")
    mail = page.frame_locator("iframe")
    assert mail.get_by_text("Mulberry Street").is_visible()
    assert page.locator("iframe").get_attribute("sandbox") == ""


def test_from_a_picture_to_the_people_at_a_step(quick: Shop, page: Page) -> None:
    page.goto(f"http://127.0.0.1:{quick.web.port}/desk")
    page.locator("svg a", has_text="2 here").first.click()
    assert "step=wait_1" in page.url
    page.get_by_role("link", name="Ana").click()
    assert page.url.endswith("/desk/customers/ana1")


def test_the_password_opens_the_pages_and_the_mail_in_its_frame(browser: Browser, sqlite_database: Database) -> None:
    with opened(sqlite_database, desk_password=_PASSWORD) as shop:
        known: HttpCredentials = {"username": "me", "password": _PASSWORD}
        context = browser.new_context(java_script_enabled=False, http_credentials=known)
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{shop.web.port}/desk/messages/m1")
        assert page.frame_locator("iframe").get_by_text("Mulberry Street").is_visible()
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_screen(
    quick: Shop, browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    for name, path in _PAGES.items():
        page.goto(f"http://127.0.0.1:{quick.web.port}{path}")
        if folder := os.environ.get("REGULARS_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"desk-{name}-{width}-{scheme}.png", full_page=True)
        assert page.evaluate(_WIDER) <= 0, name
        assert page.evaluate("getComputedStyle(document.body).margin") == "0px", "its style holds"
    context.close()
