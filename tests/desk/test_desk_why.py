"""Does the desk say why, for whom it should, with its links, as of then, and without running what customers wrote?"""

from __future__ import annotations

import re

import pytest
from desk_shop import AT, EVIL, UI, Shop


def test_a_customer_is_told_of_with_reasons_and_the_way_to_message_and_run(shop: Shop) -> None:
    page = shop.page("/desk/customers/tom1/why")
    assert "Consent had been withdrawn on Tue 10 Mar 2026, 16:00" in page
    assert 'href="/desk/messages/m2"' in page
    assert f'href="{UI}/workflows/w1"' in page
    assert "not sent" in page and "sent</span>" in page
    assert "never entered" in page, "of journeys that he never came to"
    assert EVIL not in page and "&lt;script&gt;" in page


def test_the_customers_page_and_the_messages_page_lead_to_it(quick: Shop) -> None:
    assert 'href="/desk/customers/tom1/why"' in quick.page("/desk/customers/tom1")
    link = re.search(r'href="(/desk/customers/tom1/why\?about=m2)"', quick.page("/desk/messages/m2"))
    assert link is not None
    page = quick.page(link[1])
    assert "Consent had been withdrawn" in page
    assert "/desk/messages/m1" not in page, "the one message alone"


def test_it_is_told_as_of_an_hour_on_the_customers_clock(quick: Shop) -> None:
    page = quick.page("/desk/customers/tom1/why?about=welcome&at=2026-03-10T17:00")
    assert "Consent had been withdrawn" not in page, "that was at 19:00"
    assert "quiet hours" in page


@pytest.mark.parametrize(
    "path",
    [
        "/desk/customers/nobody/why",
        "/desk/customers/tom1/why?about=welcom",
        "/desk/customers/tom1/why?at=yesterday",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(quick: Shop, path: str) -> None:
    answer = quick.get(path)
    assert answer.status == 404
    assert (
        "There is no" in answer.body.decode()
        or "did you mean" in answer.body.decode()
        or "is no time" in answer.body.decode()
    )


def test_of_another_customers_message_nothing_is_told(quick: Shop) -> None:
    quick.message("m7", "w2", "ana1", dispatched_at=AT)
    assert quick.get("/desk/customers/tom1/why?about=m7").status == 404
