"""Does the demo's page tell what is on record, to this machine alone, and does its button kill one process alone?"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator

import pytest
from demo_page_shop import Shown, shown
from desk_shop import EVIL

from regulars.store.database import Database
from regulars.store.messages import Message
from regulars.store.statements import table


@pytest.fixture
def page(sqlite_database: Database) -> Iterator[Shown]:
    with shown(sqlite_database) as found:
        yield found


def test_the_page_answers_why_with_the_values_that_the_decisions_saw(page: Shown) -> None:
    status, html, headers = page.get("/demo")
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    why = page.live()["sections"]["tom-why"]["html"]
    assert why in html
    assert "not sent" in why
    assert "It was due on Tue 10 Mar 2026, 16:00, within quiet hours of Europe/Berlin" in why, "on Tom's clock"
    assert "Consent had been withdrawn on Tue 10 Mar 2026, 16:00" in why
    assert why.index("quiet hours") < why.index("Consent had been withdrawn")
    assert f"{page.booth.links.shop}/desk/customers/tom1/why" in why
    assert EVIL not in html and "&lt;script&gt;" in html


def test_a_text_that_went_is_not_said_to_have_been_kept(page: Shown) -> None:
    of = table(Message)
    with page.shop.web.database.write() as connection:
        connection.execute(of.update().where(of.c.id == "m2").values(state="accepted"))
    why = page.live()["sections"]["tom-why"]["html"]
    assert '"pill good">sent' in why
    assert "not sent</span>" not in why


def test_what_happened_is_told_on_the_customers_clock_and_leads_to_the_desk_the_inbox_and_the_run(page: Shown) -> None:
    parts = {name: part["html"] for name, part in page.live()["sections"].items()}
    assert "Enters “Welcome”" in parts["tom-line"]
    assert "<i>customer.orders</i> 1" in parts["tom-line"]
    assert "Opens the mail" in parts["tom-line"]
    assert "is held back: quiet hours" in parts["tom-line"]
    assert f"{page.booth.links.shop}/desk/messages/m2" in parts["tom-line"]
    assert f"{page.booth.links.sandbox}/inbox/of/m1" in parts["tom-peek"]
    assert f"{page.booth.links.temporal}/workflows/w1" in parts["tom-stand"]
    assert "in 5 hours" in parts["tom-stand"] and "Berlin" in parts["tom-stand"]


def test_the_books_are_held_against_the_vendors_own(page: Shown) -> None:
    live = page.live()
    assert live["figures"]["lost"] == 1, "the ledger says that m1 was sent, and the vendors have nothing"
    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", live["sections"]["books"]["html"]))
    assert (figures["sent, says our ledger"], figures["received, say the vendors"]) == ("1", "0")
    assert (figures["held back for now"], figures["on the wire"]) == ("0", "0")
    page.had["m1"] = 1
    figures = page.live()["figures"]
    assert (figures["lost"], figures["duplicates"]) == (0, 0)
    page.had["m1"] = 2
    assert page.live()["figures"]["duplicates"] == 1
    page.had["m1"] = page.had["m2"] = 1
    assert page.live()["figures"]["duplicates"] == 1, "m2 was skipped, and yet they have it"


def test_a_page_elsewhere_can_neither_read_along_nor_press_the_button(page: Shown) -> None:
    token = page.booth.token
    assert page.get("/demo", host="evil.example")[0] == 403
    assert page.get("/demo/live", host="evil.example:80")[0] == 403
    assert page.press(token) == 403
    assert page.press(token, origin="http://evil.example") == 403
    assert page.press(token, origin="null") == 403
    assert page.press("", origin=page.url) == 403
    assert page.press(token[:-1], origin=page.url) == 403
    assert page.press("x" * 2000, origin=page.url) == 413
    assert page.worker.poll() is None
    assert page.booth.killer.kills == []


def test_the_button_kills_the_worker_once_and_tells_how_long_it_was_away(page: Shown) -> None:
    of = table(Message)
    with page.shop.web.database.write() as connection:
        connection.execute(of.update().where(of.c.id == "m1").values(state="dispatching"))
    assert page.press(page.booth.token, origin=page.url, accept="text/html") == 303
    assert page.worker.wait(10) == -signal.SIGKILL
    figures = page.live()["figures"]
    (kill,) = figures["kills"]
    assert (kill["pid"], kill["on_the_wire"]) == (page.worker.pid, 1)
    assert 0 < kill["back_after"] < 5
    assert page.press(page.booth.token, origin=page.url) == 204, "there is none to kill"
    assert len(page.live()["figures"]["kills"]) == 1
    kills = page.live()["sections"]["kills"]["html"]
    assert "1 message on the wire" in kills and "back after" in kills


def test_a_mail_is_shown_on_its_own_and_nothing_in_it_runs_or_is_fetched(page: Shown) -> None:
    status, html, headers = page.get("/demo/mail/m1")
    assert status == 200
    assert "Mulberry Street" in html
    policy = headers["content-security-policy"]
    assert policy.startswith("sandbox;") and "img-src data:" in policy and "script-src" not in policy
    assert page.get("/demo/mail/m2")[0] == 404
    assert page.get("/demo/mail/none")[0] == 404


def test_the_bare_address_leads_to_the_page(page: Shown) -> None:
    status, _, headers = page.get("/")
    assert (status, headers["location"]) == (307, "/demo")
