"""Does the desk simulate what is live, for a customer or a profile, and say what is wrong with what was asked?"""

from __future__ import annotations

from html import unescape
from urllib.parse import urlencode

from desk_shop import EVIL, Shop
from web_shop import Answer

PROFILE = """\
id: zoe
email: zoe@example.com
first_name: %s
timezone: Europe/Berlin
consents: [{channel: email, given: "2026-01-05T10:00:00Z"}]
"""


def ask(shop: Shop, **form: str) -> Answer:
    said = {"journey": "welcome", "from": "2026-03-02", "days": "20", **form}
    return shop.web.call("POST", "/desk/simulate", urlencode(said))


def test_the_form_offers_every_journey(quick: Shop) -> None:
    page = quick.page("/desk/simulate?journey=birthday")
    assert '<option value="birthday" selected>' in page and '<option value="welcome">' in page
    assert 'href="/desk/simulate?journey=welcome"' in quick.page("/desk/journeys/welcome")


def test_a_pasted_profile_walks_and_its_mails_are_shown_in_frames(quick: Shop) -> None:
    answer = ask(quick, profile=PROFILE % "Zoe")
    page = unescape(answer.body.decode())
    assert answer.status == 200
    assert "invented: Order Completed" in page and "Welcome, Zoe. The kettle is on" in page
    assert answer.body.decode().count('<iframe class="mail" sandbox srcdoc="') == 2
    assert "style-src 'unsafe-inline'" in answer.headers["content-security-policy"]


def test_somebody_on_record_is_asked_about_by_address_and_as_they_are_known(shop: Shop) -> None:
    row = {"email": "ines@example.com", "first_name": "Ines", "timezone": "Asia/Tokyo", "country": "JP"}
    shop.customer("ines1", **row)
    answer = ask(shop, customer="ines@example.com")
    page = unescape(answer.body.decode())
    assert answer.status == 200
    assert "welcome for Ines" in page
    assert "not sent: no consent" in page


def test_what_is_wrong_is_told_in_its_place(quick: Shop) -> None:
    for form, said in (
        ({"profile": "email: zoe@example.com\ntimezone: Mars/Base"}, "the profile:2:11: expected a time zone"),
        (
            {"profile": PROFILE % "Zoe", "script": "- {after: 1 hour, event: Odrer Completed}"},
            "the script:1:26: unknown event",
        ),
        ({"profile": PROFILE % "Zoe", "journey": "welcom"}, "did you mean 'welcome'"),
        ({"profile": PROFILE % "Zoe", "days": "many"}, "days: expected a number"),
        ({"profile": PROFILE % "Zoe", "from": "tomorrow"}, "from: expected a day"),
        ({"customer": "nobody@example.com"}, "there is no one customer by 'nobody@example.com'"),
    ):
        answer = ask(quick, **form)
        assert answer.status == 422, form
        assert said in unescape(answer.body.decode())


def test_nothing_that_is_pasted_becomes_markup(quick: Shop) -> None:
    answer = ask(quick, profile=PROFILE % f"'{EVIL}'", script="[]")
    assert answer.status == 200
    assert EVIL not in answer.body.decode()


def test_nothing_is_written(quick: Shop) -> None:
    def count() -> list[int]:
        with quick.web.database.read() as connection:
            names = ("message", "enrollment", "event", "decision", "customer")
            return [connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in names]

    before = count()
    assert ask(quick, profile=PROFILE % "Zoe").status == 200
    assert count() == before
