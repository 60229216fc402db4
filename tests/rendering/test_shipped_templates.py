"""Are the templates that come with Regulars right, in both languages?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from regulars.delivery.segments import size_of
from regulars.delivery.templates import RenderedEmail, RenderedText, Templates
from regulars.journeys.jinja import Names
from regulars.journeys.model import Channel
from regulars.journeys.names import Scope, in_template

FOLDER = Path(__file__).parents[2] / "templates"
LOCALES = ("en", "zh")
# As long as those a shop's own domain makes of the codes that links are shortened to.
SHORT_LINK: Final = "https://t.mori.example/l/0123456789a"
# Who comes in by a segment or a date brings nothing that a template could show: as who was just created.
BRINGS_NOTHING: Final = "Customer Created"
STARTS: Final = {
    "abandoned_cart": "Checkout Started",
    "birthday": BRINGS_NOTHING,
    "dormant_winback": BRINGS_NOTHING,
    "vip_new_release": "Product Released",
    "welcome": "Order Completed",
}
RELEASED: Final = {
    "product_id": "p7",
    "title": "Dong Ding <Spring>",
    "description": "Roasted twice & rested.",
    "image_url": "https://cdn.example.com/dong-ding.jpg",
    "url": "https://shop.example.com/products/dong-ding?variant=3",
    "price_minor": 2450,
    "currency": "EUR",
}


def names_of(channel: Channel, template: str) -> Names:
    return in_template(Scope(STARTS[template.split("/")[0]]))


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates.load(FOLDER, names_of)


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
        "dormant_winback/we_miss_you",
        "dormant_winback/what_is_new",
        "birthday/wishes",
        "vip_new_release/first_look",
    }
    assert set(texts(templates)) >= {
        "welcome/care",
        "abandoned_cart/last_call",
        "dormant_winback/hello_again",
        "birthday/wishes",
        "vip_new_release/last_chance",
    }
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
            sent: RenderedText = templates.text(
                "sms", name, locale, context, shorten=lambda url: "https://r.example.com/l/Ab3dE"
            )
            assert size_of(sent.text).segments == 1, sent.text
            assert "STOP" in sent.text
            assert "None" not in sent.text
            assert size_of(sent.text).encoding == ("GSM-7" if locale == "en" else "UCS-2")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_text_stays_short_whatever_the_name_the_title_and_the_link(templates: Templates, locale: str) -> None:
    long = {
        "en": "Muscatel Second Flush from the upper slopes of Castleton",
        "zh": "武夷山正岩三坑两涧百年老枞水仙炭焙岩茶",
    }
    context = customer_of(locale)
    context |= {"customer": {"first_name": long[locale]}, "start": {"title": long[locale], "url": "https://a.example"}}
    for name in texts(templates):
        if name.startswith(("dormant_winback/", "birthday/", "vip_new_release/")):
            sent = templates.text("sms", name, locale, context, shorten=lambda url: SHORT_LINK)
            assert size_of(sent.text).segments <= (1 if locale == "en" else 2), (sent.text, size_of(sent.text))
            assert "STOP" in sent.text


@pytest.mark.parametrize("locale", LOCALES)
def test_a_release_is_shown_with_its_picture_price_and_link(templates: Templates, locale: str) -> None:
    sent = templates.email("vip_new_release/first_look", locale, {**customer_of(locale), "start": RELEASED})
    assert "Dong Ding <Spring>" in sent.subject
    tagged = "dong-ding?variant=3&utm_source=regulars&utm_medium=email&utm_campaign=vip_new_release"
    for said in ("Dong Ding <Spring>", "Roasted twice & rested.", "€24.50", tagged):
        assert said in sent.text
    assert "Dong Ding &lt;Spring&gt;" in sent.html
    assert 'src="https://cdn.example.com/dong-ding.jpg"' in sent.html


@pytest.mark.parametrize("locale", LOCALES)
def test_a_release_of_which_little_is_known_leads_to_the_shop_and_shows_no_gaps(
    templates: Templates, locale: str
) -> None:
    for start in ({"title": "Dong Ding"}, dict.fromkeys(RELEASED)):
        context = {**customer_of(locale), "start": start}
        sent = templates.email("vip_new_release/first_look", locale, context)
        assert "<img" not in sent.html
        assert "€" not in sent.text
        assert "font-size:20px" not in sent.html  # the line of the price
        assert 'href="https://mori.example.com?utm_source=regulars' in sent.html
        text = templates.text("sms", "vip_new_release/last_chance", locale, context).text
        assert "https://mori.example.com?utm_source=regulars&utm_medium=sms" in text


@pytest.mark.parametrize(("locale", "month"), [("en-GB", "August 2026"), ("zh-CN", "2026年8月")])
def test_who_stayed_away_reads_the_month_of_their_last_order_where_they_are(
    templates: Templates, locale: str, month: str
) -> None:
    context = customer_of(locale)
    context["customer"] |= {"last_order_at": datetime(2026, 7, 31, 18, tzinfo=UTC)}  # past midnight in Shanghai
    for name in ("dormant_winback/we_miss_you", "dormant_winback/what_is_new"):
        assert month in templates.email(name, locale, context).text
        assert "2026" not in templates.email(name, locale, nobody_known(context)).text


@pytest.mark.parametrize("locale", LOCALES)
def test_every_mail_has_one_button(templates: Templates, locale: str) -> None:
    for name in mails(templates):
        source = templates.sources[f"email/{name}.{locale}.mjml"]
        assert source.count("<mj-button") == 1, name
