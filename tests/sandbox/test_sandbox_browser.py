"""Can a mail be read in a real browser, without scrolling inside of it?"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from sandbox_servers import Running

# As long as the longest mail that ships is on a telephone's width.
PARAGRAPHS = "".join(f"<p>{number}: a cup of tea, 一杯茶</p>" for number in range(35))
HTML = f'<html><head><meta charset="utf-8"></head><body>{PARAGRAPHS}</body></html>'
_SCROLLS = "document.documentElement.scrollHeight - document.documentElement.clientHeight"


@pytest.mark.parametrize("view", ["wide", "phone"])
def test_a_mail_as_long_as_those_that_ship_is_seen_whole(sandbox: Running, browser: Browser, view: str) -> None:
    sandbox.mail(content=[{"type": "text/html", "value": HTML}])
    page = browser.new_page(viewport={"width": 1360, "height": 800})
    page.goto(f"{sandbox.url}/inbox/1")
    page.locator(f"label[for={view}]").click()
    framed = page.frames[1]
    assert framed.evaluate("document.documentElement.scrollHeight") >= 1180
    assert framed.evaluate(_SCROLLS) == 0
    page.close()


def test_a_longer_mail_is_seen_whole_on_its_own(sandbox: Running, browser: Browser) -> None:
    sandbox.mail(content=[{"type": "text/html", "value": HTML.replace("</body>", PARAGRAPHS + "</body>")}])
    page = browser.new_page()
    page.goto(f"{sandbox.url}/inbox/1")
    with page.expect_popup() as opened:
        page.get_by_text("On its own").click()
    alone = opened.value
    alone.wait_for_load_state()
    assert alone.locator("p").count() == 70
    assert alone.locator("iframe").count() == 0
    assert "一杯茶" in alone.locator("p").first.inner_text()
    page.close()
