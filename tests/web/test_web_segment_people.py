"""Whom are a Segment client's calls about, and what may be sent to them? Over HTTP, against the real process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from segment_client import MEI, NOW, batch, identify, send, track
from web_shop import Web

from regulars.store.customers import Consent, Customer, Identity
from regulars.store.events import Event


def test_a_browser_becomes_the_user_who_identifies_in_it(web: Web) -> None:
    browsing = track(1, "Product Viewed", {"product_id": "5"}, userId=None, anonymousId="a1")
    assert send(web, "batch", batch(browsing, identify(2, MEI, anonymousId="a1"))).status == 200
    assert send(web, "track", track(3, "Product Viewed", userId=None, anonymousId="a1")).status == 200
    mei = web.one(Customer)
    assert {row["customer_id"] for row in web.rows(Event)} == {mei["id"]}
    other = identify(4, {"email": "tom@example.com"}, userId="u2", anonymousId="a1")
    assert send(web, "identify", other).status == 200  # the same browser, somebody else
    assert len(web.rows(Customer)) == 2
    assert web.one(Identity, kind="anonymous")["customer_id"] == mei["id"]


def test_an_alias_is_another_name_of_the_same_user(web: Web) -> None:
    browsing = track(1, "Product Viewed", userId=None, anonymousId="a1")
    alias = {"type": "alias", "userId": "u1", "previousId": "a1", "messageId": "m2"}
    assert send(web, "batch", batch(browsing, alias, track(3, "Tasted"), track(4, "Tasted", userId="a1"))).status == 200
    assert send(web, "alias", {**alias, "messageId": "m5", "previousId": "u0"}).status == 200
    assert send(web, "track", track(6, "Tasted", userId="u0")).status == 200
    assert len(web.rows(Customer)) == 1
    assert len(web.rows(Event)) == 4


def consents(web: Web) -> list[tuple[str, bool, str | None]]:
    rows = sorted(web.rows(Consent), key=lambda row: (row["occurred_at"], row["recorded_at"]))
    return [(row["channel"], row["granted"], row["address"]) for row in rows]


def test_consent_is_what_is_told_to_be_and_nothing_else(web: Web) -> None:
    known = {"email": "mei@example.com", "subscribed": True, "marketing": True}
    assert send(web, "identify", identify(1, known, context={"traits": {"email_consent": True}})).status == 200
    assert consents(web) == []
    assert send(web, "identify", identify(2, {**known, "email_consent": True})).status == 200
    assert send(web, "identify", identify(3, {**known, "email_consent": True})).status == 200
    assert consents(web) == [("email", True, "mei@example.com")]
    assert len(web.rows(Event, name="Consent Given")) == 1


def test_traits_that_are_repeated_do_not_outweigh_a_withdrawal(web: Web) -> None:
    known = {"email": "mei@example.com", "email_consent": True}
    assert send(web, "identify", identify(1, known)).status == 200
    assert send(web, "track", track(2, "Consent Withdrawn", {"channel": "email"})).status == 200
    later = {"timestamp": (NOW + timedelta(seconds=5)).isoformat()}
    assert send(web, "identify", identify(3, known, **later)).status == 200
    assert [granted for _, granted, _ in consents(web)] == [True, False]
    dated = {**known, "email_consent_at": datetime.now(UTC).isoformat()}
    assert send(web, "identify", identify(4, dated, **later)).status == 200
    assert [granted for _, granted, _ in consents(web)] == [True, False, True]


@pytest.mark.parametrize("channel", [None, "mail", "", 5, "Email"])
def test_consent_on_an_unknown_channel_is_refused(quick: Web, channel: Any) -> None:
    assert send(quick, "track", track(1, "Consent Given", {"channel": channel})).status == 400
    assert quick.rows(Consent) == quick.rows(Event) == []


def test_what_else_is_told_of_a_customer_is_kept_by_its_name_and_the_latest_word_counts(web: Web) -> None:
    known = {"email": "mei@example.com", "birthday": "1990-03-05", "points": 7, "gold": True, "first name": "x"}
    told = {**known, "list": [1], "nothing": None, "blank": " ", "sms_consent": False, "long": "x" * 999}
    assert send(web, "identify", identify(1, told)).status == 200
    assert web.one(Customer)["traits"] == {"birthday": "1990-03-05", "points": 7, "gold": True, "long": "x" * 200}
    before, after = ((NOW + timedelta(hours=hours)).isoformat() for hours in (-2, 1))
    older = identify(2, {"birthday": "1991-01-01", "shoe": 38}, timestamp=before)
    assert send(web, "identify", older).status == 200
    newer = identify(3, {"birthday": "02-29", "points": "eight"}, timestamp=after)
    assert send(web, "identify", newer).status == 200
    kept = web.one(Customer)["traits"]
    assert kept == {"birthday": "02-29", "points": "eight", "gold": True, "long": "x" * 200, "shoe": 38}


def test_a_profile_of_thousands_of_traits_is_kept_within_bounds(web: Web) -> None:
    assert send(web, "identify", identify(1, {f"t{n}": n for n in range(900)})).status == 200
    assert len(web.one(Customer)["traits"]) == 50
