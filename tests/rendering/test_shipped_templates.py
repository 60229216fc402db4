"""Are the templates that come with Regulars right, in both languages?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from regulars.delivery.templates import RenderedEmail, RenderedSms, Templates
from regulars.journeys.names import Scope, in_template

FOLDER = Path(__file__).parents[2] / "templates"
LOCALES = ("en", "zh")


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates.load(FOLDER, lambda channel, template: in_template(Scope("Checkout Started")))


def customer_of(locale: str) -> dict[str, Any]:
    chinese = locale.startswith("zh")
    items = [
        {"title": "武夷岩茶" if chinese else "Wuyi Rock Oolong", "quantity": 2, "price_minor": 2400, "image_url": None},
        {
            "title": "<盖碗>" if chinese else "<Gaiwan>",
            "quantity": 1,
            "price_minor": 3200,
            "image_url": "https://cdn.example.com/g.jpg",
        },
    ]
    start = {
        "checkout_id": "c9",
        "cart_token": "t",
        "total_minor": 8000,
        "currency": "EUR",
        "recovery_url": "https://shop.example.com/checkouts/c9?key=abc",
        "items": items,
        "item_count": 3,
        "first_item": items[0]["title"],
    }
    return {
        "customer": {"first_name": "雅琪" if chinese else "Ada", "timezone": "Asia/Shanghai", "tags": []},
        "start": start,
        "event": start,
        "shop": {
            "name": "Mori & Me",
            "website": "https://mori.example.com",
            "postal_address": "12 Harbour Lane, Hamburg",
            "currency": "EUR",
            "timezone": "Europe/Berlin",
        },
        "unsubscribe_url": "https://r.example.com/u/abc",
        "message": {"id": "m1"},
    }


def nobody_known(context: dict[str, Any]) -> dict[str, Any]:
    """The same, of a customer and a cart of which nothing is known."""
    return {**context, "customer": {}, "start": {"currency": "EUR"}, "event": {}}


def mails(templates: Templates) -> list[str]:
    return [name for channel, name in templates.names() if channel == "email"]


def texts(templates: Templates) -> list[str]:
    return [name for channel, name in templates.names() if channel == "sms"]


def test_every_template_is_there_in_both_languages_and_nothing_is_warned_of(templates: Templates) -> None:
    assert set(mails(templates)) >= {
        "welcome/hello",
        "welcome/story",
        "abandoned_cart/reminder",
        "abandoned_cart/offer",
    }
    assert set(texts(templates)) >= {"welcome/care", "abandoned_cart/last_call"}
    assert templates.warnings == ()
    for channel, name in templates.names():
        assert set(templates.locales(channel, name)) >= set(LOCALES)


@pytest.mark.parametrize("locale", ["en-GB", "zh-Hans-CN"])
def test_every_mail_is_whole(templates: Templates, locale: str) -> None:
    for name in mails(templates):
        for context in (customer_of(locale), nobody_known(customer_of(locale))):
            sent = templates.email(name, locale, context)
            assert sent.locale == locale[:2]
            _is_whole(sent)


def _is_whole(sent: RenderedEmail) -> None:
    for part in (sent.html, sent.text, sent.subject, sent.preview):
        assert part
        for trace in ("None", "{{", "{%", "jinja", "Undefined", "&amp;amp;"):
            assert trace not in part
    assert 'href="https://r.example.com/u/abc"' in sent.html
    assert "https://r.example.com/u/abc" in sent.text
    assert "12 Harbour Lane" in sent.html
    assert "12 Harbour Lane" in sent.text
    assert not sent.clipped
    assert "http://" not in sent.html.replace("http://www.w3.org/1999/xhtml", "")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_cart_is_shown_with_its_sums_and_leads_back(templates: Templates, locale: str) -> None:
    for name in ("abandoned_cart/reminder", "abandoned_cart/offer"):
        sent = templates.email(name, locale, customer_of(locale))
        for said in ("€48.00", "€32.00", "€80.00"):
            assert said in sent.html
            assert said in sent.text
        assert "&lt;Gaiwan&gt;" in sent.html or "&lt;盖碗&gt;" in sent.html
        assert (
            f"key=abc&utm_source=regulars&utm_medium=email&utm_campaign=abandoned_cart&utm_content={name[15:]}"
            in sent.text
        )


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_fits_and_says_how_to_stop(templates: Templates, locale: str) -> None:
    for name in texts(templates):
        for context in (customer_of(locale), nobody_known(customer_of(locale))):
            sent: RenderedSms = templates.sms(
                name, locale, context, shorten=lambda url: "https://r.example.com/l/Ab3dE"
            )
            assert sent.segments == 1, sent.text
            assert "STOP" in sent.text
            assert "None" not in sent.text
            assert sent.encoding == ("GSM-7" if locale == "en" else "UCS-2")
