"""Do the pages say what is on record, on both stores, and nothing that anybody smuggled in?"""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from desk_shop import AT, EVIL, NOW, UI, Shop
from web_shop import ROOT

from regulars.delivery import book as books
from regulars.store.journeys import LiveJourney
from regulars.store.messages import Message, MessageState
from regulars.store.statements import table


def text_of(page: str) -> str:
    return unescape(page)


def test_the_journeys_show_their_picture_and_who_is_where(shop: Shop) -> None:
    page = shop.page("/desk")
    assert page.count("<svg") == page.count('<section class="card">') >= 2
    welcome = page[page.index('href="/desk/journeys/welcome"') :]
    welcome = welcome[: welcome.index("</section>")]
    assert "2 here" in welcome
    assert "1 sent" in welcome and "1 skipped" in welcome and "1 left" in welcome
    assert ">on<" in welcome and f">{shop.version}<" in welcome
    assert "customer.phone" in welcome, "a branch says what it asks"


def test_a_paused_and_a_retired_journey_say_so(shop: Shop) -> None:
    with shop.web.database.write() as connection:
        live = table(LiveJourney)
        connection.execute(live.update().where(live.c.journey == "welcome").values(state="paused"))
        connection.execute(live.update().where(live.c.journey == "abandoned_cart").values(retired=True))
    page = shop.page("/desk")
    assert ">paused<" in page and ">retired<" in page


def test_a_step_of_an_older_version_is_in_the_table_and_its_people_are_found(shop: Shop) -> None:
    shop.walk("w9", "ana1", step="wait_of_old", phase="waiting")
    page = shop.page("/desk/journeys/welcome?step=wait_of_old")
    assert "of an older version" in page
    assert 'href="/desk/customers/ana1"' in page


def test_people_at_a_step_come_page_by_page_and_each_once(shop: Shop) -> None:
    for number in range(120):
        shop.customer(f"p{number:03d}", first_name=f"Person {number}")
        shop.walk(f"x{number:03d}", f"p{number:03d}", step="wait_2", phase="waiting")
    seen: list[str] = []
    path = "/desk/journeys/welcome?step=wait_2"
    for _ in range(3):
        page = shop.page(path)
        seen += [part[:4] for part in page.split('href="/desk/customers/')[1:]]
        more = page.partition('class="more" href="')[2].partition('"')[0]
        path = f"/desk/journeys/welcome{unescape(more).partition('#')[0]}"
    assert seen == [f"p{number:03d}" for number in range(120)]
    assert more == ""


def test_who_left_at_a_step_is_listed_with_the_reason(shop: Shop) -> None:
    page = shop.page("/desk/journeys/welcome?step=wait_1&which=left")
    assert 'href="/desk/customers/ana1"' in page and "cancelled" in page
    assert "/desk/customers/tom1" not in page


def test_whose_message_was_skipped_or_failed_is_listed_with_the_reason(shop: Shop) -> None:
    journey = shop.page("/desk/journeys/welcome")
    step = journey.partition("&amp;which=skipped")[0].rpartition("?step=")[2]
    page = shop.page(f"/desk/journeys/welcome?step={step}&which=skipped")
    people = page[page.index('id="people"') :]
    assert people.count('href="/desk/customers/') == 1
    assert "consent withdrawn" in people and 'href="/desk/messages/' in people
    assert "Nobody." in shop.page(f"/desk/journeys/welcome?step={step}&which=failed")
    assert shop.get(f"/desk/journeys/welcome?step={step}&which=other").status == 404


def test_a_customer_is_shown_with_what_comes_next_in_both_zones(shop: Shop) -> None:
    page = shop.page("/desk/customers/tom1")
    text = text_of(page)
    assert "in 4 hours" in text or "in 5 hours" in text
    assert "then if customer.phone" in text, "what comes after the wait"
    assert "Tue 10 Mar 2026, 16:00" in text and "(11:00 New York)" in text
    assert f'href="{UI}/workflows/w1"' in page
    assert "€40.50" in text
    assert "email: yes" in text and "sms: no" in text and "suppressed: stopped, by twilio" in text


def test_a_timeline_has_events_decisions_and_messages_in_order(shop: Shop) -> None:
    page = shop.page("/desk/customers/tom1")
    line = text_of(page[page.index("What happened") :])
    places = [line.index(word) for word in ("skipped: consent withdrawn", "Email Opened", "later: quiet hours")]
    assert places == sorted(places), "the latest comes first"
    assert 'href="/desk/messages/m1"' in page and 'href="/desk/messages/m2"' in page


def test_a_long_timeline_comes_page_by_page_and_everything_once(shop: Shop) -> None:
    for number in range(95):
        at = AT + timedelta(days=1, minutes=number // 3)  # three at the same instant
        shop.event(f"z{number:03d}", customer_id="tom1", name=f"Event {number:03d}", occurred_at=at)
        shop.decision(f"q{number:03d}", customer_id="tom1", gate=f"gate {number:03d}", decided_at=at)
    seen: list[str] = []
    path = "/desk/customers/tom1"
    for _ in range(10):
        page = shop.page(path)
        seen += [part[:9] for part in page.split("<b>Event ")[1:]] + [
            part[:8] for part in page.split("<span>gate ")[1:]
        ]
        more = page.partition('class="more" href="?before=')[2].partition('"')[0]
        if not more:
            break
        path = f"/desk/customers/tom1?before={more}"
    names = sorted(part[:3] for part in seen)
    assert names == sorted([f"{number:03d}" for number in range(95)] * 2)
    assert "Latest" in page


def test_a_message_shows_its_gates_with_the_values_they_saw(shop: Shop) -> None:
    text = text_of(shop.page("/desk/messages/m2"))
    assert text.index("later: quiet hours") < text.index("skipped: consent withdrawn")
    assert "Europe/Berlin" in text and EVIL not in shop.page("/desk/messages/m2")
    assert f"Steep it {EVIL}" in text, "a text is shown as it was sent"
    assert "https://mori.example/tea" in text


def test_a_mail_is_rendered_again_and_says_that_its_template_was_edited(shop: Shop) -> None:
    page = shop.page("/desk/messages/m1")
    assert "has been edited since it was sent" in page
    assert 'sandbox=""' in page and 'src="/desk/messages/m1/mail"' in page
    assert "Email Opened" in page and "all gates" in page
    mail = shop.get("/desk/messages/m1/mail")
    assert mail.status == 200
    assert "sandbox;" in mail.headers["content-security-policy"]
    assert "Mulberry Street" in mail.body.decode() and EVIL not in mail.body.decode()


def test_a_mail_of_the_same_template_says_so(shop: Shop) -> None:
    _, templates = books.read(ROOT / "journeys.yaml", ROOT / "templates")
    version = templates.version("email", "welcome/hello", "en")
    of = table(Message)
    with shop.web.database.write() as connection:
        connection.execute(of.update().where(of.c.id == "m1").values(template_version=version))
    assert "Rendered again by the template that was sent" in shop.page("/desk/messages/m1")


def test_the_links_of_a_mail_that_is_looked_at_unsubscribe_nobody(quick: Shop) -> None:
    mail = quick.get("/desk/messages/m1/mail").body.decode()
    links = [part.partition('"')[0] for part in mail.split('href="')[1:] if "/u/" in part.partition('"')[0]]
    assert links
    for link in links:
        assert quick.get(link[link.index("/u/") :]).status == 404


def test_a_text_that_has_not_been_sent_is_shown_as_it_would_read(shop: Shop) -> None:
    held = {"state": MessageState.held, "reason": "quiet hours", "held_until": NOW + timedelta(hours=9)}
    shop.message("m3", "w1", "tom1", step="care", channel="sms", template="welcome/care", **held)
    page = shop.page("/desk/messages/m3")
    assert "It has not been sent" in page and 'class="bubble"' in page and "<iframe" not in page


def test_what_was_to_happen_is_shown_only_while_it_still_is(quick: Shop) -> None:
    soon = {"resolve_by": NOW, "held_until": NOW}
    quick.message("m4", "w1", "tom1", state=MessageState.accepted, **soon)
    quick.message("m5", "w1", "tom1", state=MessageState.unknown, **soon)
    assert "to be settled by" not in quick.page("/desk/messages/m4")
    unknown = quick.page("/desk/messages/m5")
    assert "to be settled by" in unknown and "held back until" not in unknown


def test_a_mail_that_cannot_be_rendered_says_why(quick: Shop) -> None:
    of = table(Message)
    with quick.web.database.write() as connection:
        connection.execute(of.update().where(of.c.id == "m1").values(step="gone"))
    assert "cannot be rendered again: its step is no longer known" in quick.page("/desk/messages/m1")
    assert quick.get("/desk/messages/m1/mail").status == 404


def test_a_message_held_back_is_what_its_walk_waits_for(quick: Shop) -> None:
    held = {"state": MessageState.held, "reason": "quiet hours", "held_until": NOW + timedelta(hours=9)}
    quick.message("m3", "w1", "tom1", step="care", channel="sms", template="welcome/care", **held)
    text = text_of(quick.page("/desk/customers/tom1"))
    assert "sms care is held back: quiet hours" in text


def test_nothing_that_a_customer_is_called_becomes_markup(shop: Shop) -> None:
    for path in (
        "/desk/customers/tom1",
        "/desk/messages/m1",
        "/desk/messages/m2",
        "/desk/journeys/welcome?step=wait_1",
    ):
        page = shop.page(path)
        assert "<script" not in page, path
        assert "&lt;script&gt;alert(1)" in page, path
    found = shop.find("<script>alert(2)</script>")
    assert found.status == 404 and b"<script" not in found.body


@pytest.mark.parametrize(
    "path",
    [
        "/desk/customers/nobody",
        "/desk/customers/tom1?before=nonsense",
        "/desk/customers/tom1?before=99999999999999999999.x",
        "/desk/customers/tom1?before=%F0%9F%8D%B5.x",
        "/desk/messages/none",
        "/desk/messages/none/mail",
        "/desk/messages/m2/mail",
        "/desk/journeys/none",
        "/desk/journeys/welcome?step=wait_1&which=up",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(quick: Shop, path: str) -> None:
    answer = quick.get(path)
    assert answer.status == 404
    assert b"There is no such" in answer.body
    assert answer.headers["cache-control"] == "no-store"
