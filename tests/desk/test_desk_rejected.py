"""Can what was refused be looked at, by whom it may be, and is nothing in it markup?"""

from __future__ import annotations

from datetime import timedelta

from desk_shop import AT, EVIL, Shop

from regulars.store.audiences import SegmentMember
from regulars.store.customers import Customer
from regulars.store.events import Rejected
from regulars.store.statements import table


def refused(shop: Shop, many: int, body: str = '{"event": "Order Completed"}') -> None:
    rows = [
        {
            "id": f"{n:064x}",
            "source": "segment",
            "reason": f"number {n}",
            "body": body,
            "received_at": AT + timedelta(minutes=n // 2),
        }
        for n in range(many)
    ]
    shop.add(Rejected, *rows)


def test_refused_events_come_page_by_page_and_each_once(shop: Shop) -> None:
    refused(shop, 70)
    seen: list[str] = []
    path = "/desk/rejected"
    while path:
        page = shop.page(path)
        seen += [part.partition("</h3>")[0] for part in page.split("<h3>")[1:]]
        more = page.partition('class="more" href="')[2].partition('"')[0] if "Older" in page else ""
        path = f"/desk/rejected{more}" if more else ""
    assert seen == [f"number {n}" for n in range(69, -1, -1)]


def test_what_it_said_is_laid_out_and_never_markup(shop: Shop) -> None:
    refused(shop, 1, f'{{"event": "{EVIL}"}}'.replace('"' + EVIL + '"', '"<b>x</b>"'))
    page = shop.page("/desk/rejected")
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x</b>" not in page


def test_what_was_cut_is_shown_as_it_is(shop: Shop) -> None:
    refused(shop, 1, '{"event": "Order Comp')
    assert "Order Comp" in shop.page("/desk/rejected")


def test_without_any_it_says_so_and_a_strange_place_is_none(shop: Shop) -> None:
    assert "There is none." in shop.page("/desk/rejected")
    assert shop.get("/desk/rejected?before=nonsense").status == 404


def test_the_desk_counts_segments_and_a_customer_shows_theirs(shop: Shop) -> None:
    shop.customer("eva1", tags=["b2b"], traits={"birthday": "02-29"})
    shop.customer("udo1")
    shop.add(SegmentMember, *({"segment": "vip", "customer_id": one, "since": AT} for one in ("eva1", "udo1")))
    page = shop.page("/desk")
    assert "VIP</dt><dd>2</dd>" in page
    card = shop.page("/desk/customers/eva1")
    assert all(word in card for word in ("VIP", "b2b", "birthday", "02-29"))


def test_who_is_held_out_is_counted_apart(shop: Shop) -> None:
    before = shop.page("/desk/journeys/welcome").partition("entered</dt><dd>")[2].partition("<")[0]
    with shop.web.database.read() as connection:
        known = connection.execute(table(Customer).select()).mappings().first()
    assert known is not None
    over = {"state": "closed", "outcome": "held_out", "closed_at": AT}
    shop.walk("h1", known["id"], **over)
    shop.walk("h2", known["id"], **over, goal_at=AT)
    page = shop.page("/desk/journeys/welcome")
    assert page.partition("entered</dt><dd>")[2].partition("<")[0] == before
    assert "held out, not among these</dt><dd>2<" in page
    assert "held out, at the goal</dt><dd>1<" in page
