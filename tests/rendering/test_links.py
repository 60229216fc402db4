"""Does every link lead where it may, and tell the shop where it came from?"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_page import mail
from markupsafe import Markup

from regulars.delivery.links import NOWHERE, Campaign, guarded, link_filters, with_links

CAMPAIGN = Campaign("email", "abandoned_cart", "offer")
UTM = "utm_source=regulars&utm_medium=email&utm_campaign=abandoned_cart&utm_content=offer"

TAGGED = [
    ("https://a.example", f"https://a.example?{UTM}"),
    ("https://a.example/b?c=1", f"https://a.example/b?c=1&{UTM}"),
    ("https://a.example/b?c=1&#top", f"https://a.example/b?c=1&{UTM}#top"),
    ("https://a.example/#/cart?x=1", f"https://a.example/?{UTM}#/cart?x=1"),
    ("https://a.example/?", f"https://a.example/?{UTM}"),
    (
        "https://a.example/?utm_source=partner&a=b%26c",
        f"https://a.example/?utm_source=partner&a=b%26c&{UTM.removeprefix('utm_source=regulars&')}",
    ),
    (
        "https://a.example/?utm_source=x&utm_medium=y&utm_campaign=z&utm_content=w",
        "https://a.example/?utm_source=x&utm_medium=y&utm_campaign=z&utm_content=w",
    ),
    ("https://a.example/?utm_source=", f"https://a.example/?utm_source=&{UTM.removeprefix('utm_source=regulars&')}"),
    ("https://a.example/?next=utm_source", f"https://a.example/?next=utm_source&{UTM}"),
    ("https://a.example/?q#utm_source=x", f"https://a.example/?q&{UTM}#utm_source=x"),
    ("https://a.example/茶?q=绿茶&p=%E8%8C%B6#泡", f"https://a.example/茶?q=绿茶&p=%E8%8C%B6&{UTM}#泡"),
    ("https://茶.example", f"https://茶.example?{UTM}"),
    ("HTTPS://A.example/b", f"HTTPS://A.example/b?{UTM}"),
    ("/cart?x=1", "/cart?x=1"),
    ("//a.example", "//a.example"),
    ("mailto:a@b.example?subject=x", "mailto:a@b.example?subject=x"),
    ("tel:+4912345", "tel:+4912345"),
    ("#", "#"),
]


@pytest.mark.parametrize(("url", "expected"), TAGGED)
def test_a_web_link_is_tagged_without_breaking_it(url: str, expected: str) -> None:
    assert CAMPAIGN.tag(url) == expected


@given(st.text("ab=&%2", max_size=10), st.text("ab#?/", max_size=5))
def test_tagging_keeps_query_and_fragment_and_happens_once(query: str, fragment: str) -> None:
    url = f"https://a.example/p?{query}#{fragment}"
    tagged = CAMPAIGN.tag(url)
    before, after = urlsplit(url), urlsplit(tagged)
    assert after.fragment == before.fragment
    kept = parse_qsl(after.query, keep_blank_values=True)[:-4]
    assert kept == parse_qsl(before.query.strip("&"), keep_blank_values=True)
    assert CAMPAIGN.tag(tagged) == tagged


def test_names_are_encoded() -> None:
    assert Campaign("sms", "a b&c", "d/e").tag("https://x.example").endswith("utm_campaign=a%20b%26c&utm_content=d%2Fe")


NOT_ALLOWED = [
    *(
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        " \x01javascript:alert(1)",
        "data:text/html,x",
    ),
    *("vbscript:x", "//evil.example", "https:evil", "http:///x", "/cart", "www.shop.example", "", "file:///etc/passwd"),
    *("https://", "mailto:", "jav&#x61;script:alert(1)"),
]


@pytest.mark.parametrize("url", NOT_ALLOWED)
def test_a_link_to_anywhere_else_leads_nowhere(url: str) -> None:
    assert guarded(url) == NOWHERE


@pytest.mark.parametrize("url", ["https://a.example/x?y=z#w", "HTTP://A.example", "mailto:a@b.example", "tel:+49123"])
def test_a_link_to_the_web_a_mailbox_or_a_telephone_is_kept(url: str) -> None:
    assert guarded(url) == url


@given(st.text() | st.text().map(lambda rest: "https://a.example/" + rest))
def test_whatever_comes_in_nothing_comes_out_that_leaves_its_attribute_or_line(url: str) -> None:
    out = guarded(url)
    assert out == NOWHERE or out.lower().startswith(("http://", "https://", "mailto:", "tel:"))
    assert not set(out) & set("\r\n\t\"'<>\\` \u2028\x00")


def test_the_filters_escape_what_came_escaped_and_leave_plain_text_plain() -> None:
    link, own, picture = (link_filters(CAMPAIGN)[name] for name in ("_link", "_own_link", "_picture"))
    assert (
        link(Markup("https://a.example/?x=1&amp;y=2"))
        == f"https://a.example/?x=1&amp;y=2&amp;{UTM.replace('&', '&amp;')}"
    )
    assert link("https://a.example/?x=1&y=2") == f"https://a.example/?x=1&y=2&{UTM}"
    assert own("https://r.example/u/1") == "https://r.example/u/1"
    assert own(None) == NOWHERE
    assert picture("mailto:a@b.example") == ""


def test_only_a_link_that_unsubscribes_tells_nothing(rendered: Callable[..., str]) -> None:
    html = rendered(
        '<mj-text><a href="{{ event.url }}">a</a> <a href="https://x.example/{{ event.id }}#f">b</a></mj-text>',
        event={"url": "https://y.example/?q=1#z", "id": 7},
    )
    assert (
        "https://y.example/?q=1&amp;utm_source=regulars&amp;utm_medium=email&amp;utm_campaign=j&amp;utm_content=t#z"
        in html
    )
    assert "https://x.example/7?utm_source=regulars" in html
    assert 'href="https://r.example.com/u/abc"' in html


HREFS = [
    ("https://y.example/茶?q=绿#泡", "https://y.example/茶?q=绿&amp;<utm>#泡"),
    ("https://y.example/?a=1&amp;b=2", "https://y.example/?a=1&amp;b=2&amp;<utm>"),
    ("https://y.example/{{ event.slug }}", "https://y.example/tea?<utm>"),
    ("https://y.example/{{ event.slug }}?q={{ event.id }}#{{ event.part }}", "https://y.example/tea?q=7&amp;<utm>#top"),
    ("{{ shop.website ~ '/' ~ event.slug }}", "https://mori.example.com/tea?<utm>"),
    (
        "{{ shop.website }}/{% if event.id %}{{ event.slug }}{% else %}all{% endif %}",
        "https://mori.example.com/tea?<utm>",
    ),
    ("mailto:a@b.example?subject={{ event.slug }}", "mailto:a@b.example?subject=tea"),
    ("tel:+49{{ event.id }}", "tel:+497"),
    ("{{ event.path }}", "#"),
    ("{{ unsubscribe_url }}", "https://r.example.com/u/abc"),
    ("{{ unsubscribe_url | default('https://z.example') }}", "https://r.example.com/u/abc"),
]


@pytest.mark.parametrize(("href", "expected"), HREFS)
def test_a_link_of_a_mail_is_tagged_however_it_is_built(href: str, expected: str, rendered: Callable[..., str]) -> None:
    utm = "utm_source=regulars&amp;utm_medium=email&amp;utm_campaign=j&amp;utm_content=t"
    event = {"slug": "tea", "id": 7, "part": "top", "path": "/cart"}
    html = rendered(f'<mj-text><a class="it" href="{href}">a</a></mj-text>', event=event)
    found = re.search(r'<a class="it" href="([^"]*)"', html)
    assert found is not None
    assert found[1] == expected.replace("<utm>", utm)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "&#106;avascript:alert(1)", None, 'x" onclick="alert(1)'])
def test_a_link_that_data_names_cannot_run_anything(url: Any, rendered: Callable[..., str]) -> None:
    link = '<mj-text><a href="{% if 1 %}{{ event.url }}{% endif %}">b</a></mj-text>'
    body = '<mj-button href="{{ event.url }}">a</mj-button>' + link
    html = rendered(body, event={"url": url})
    assert html.count('href="#"') == 2
    assert "onclick" not in html


def test_a_picture_in_a_style_cannot_break_out_of_it(write: Callable[..., Any], context: dict[str, Any]) -> None:
    page = mail("<mj-text>a</mj-text>").replace("<mj-section>", '<mj-section background-url="{{ event.bg }}">', 1)
    templates = write({"email/j/t.en.mjml": page})
    html = templates.email("j/t", "en", {**context, "event": {"bg": "https://a.example/x');color:red;('.png"}}).html
    assert "url('https://a.example/x%27);color:red;(%27.png')" in html


IN_TEXT = [
    ("See https://a.example/b.", "See <https://a.example/b>."),
    ("请看https://a.example/b?c=1，谢谢", "请看<https://a.example/b?c=1>，谢谢"),
    ("(https://a.example/b)", "(<https://a.example/b>)"),
    ("https://a.example/x-_~ https://b.example", "<https://a.example/x-_~> <https://b.example>"),
    ("no link: example.com", "no link: example.com"),
]


@pytest.mark.parametrize(("text", "expected"), IN_TEXT)
def test_links_are_found_in_text_without_its_punctuation(text: str, expected: str) -> None:
    assert with_links(text, lambda url: f"<{url}>") == expected
