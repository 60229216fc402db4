"""Does a folder of templates give every customer the right message, or none?"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_page import LAYOUT, mail, page

from regulars.delivery.parts import one_line
from regulars.delivery.templates import CLIPPED_BYTES, RenderError, Unavailable
from regulars.journeys.formats import LIST_LIMIT


def test_what_is_not_known_prints_as_nothing(write: Callable[..., Any], context: dict[str, Any]) -> None:
    body = "<mj-text>[{{ customer.last_name }}{{ event.gone }}{{ event.gone.further }}{{ start.x | upper }}]</mj-text>"
    sent = write({"email/j/t.en.mjml": mail(body, 'subject: "Hi {{ customer.last_name }}"')}).email(
        "j/t", "en", context
    )
    assert "[]" in sent.html
    assert "[]" in sent.text
    assert sent.subject == "Hi"


def test_a_template_fills_its_layout_with_words_in_its_language(
    write: Callable[..., Any], context: dict[str, Any]
) -> None:
    files = {
        "email/_layout.mjml": LAYOUT,
        "email/j/t.en.mjml": page("<mj-text>Tea</mj-text>", "subject: Hello\npreview: P & Q"),
        "email/j/t.zh.mjml": page("<mj-text>茶</mj-text>"),
        "email/j/u.de.mjml": page("", "subject: Hallo"),
    }
    templates = write(files)
    english, chinese = templates.email("j/t", "en-GB", context), templates.email("j/t", "zh_CN", context)
    assert "Leave Mori &amp; Me" in english.html
    assert "Leave Mori & Me <https://r.example.com/u/abc>" in english.text
    assert "P &amp; Q" in english.html
    assert 'lang="zh"' in chinese.html
    assert "离开" in chinese.html
    assert "nothing" not in english.html
    assert "Leave Mori" in templates.email("j/u", "de", context).html


@pytest.mark.parametrize("root", ["unsubscribe_url", "shop"])
def test_a_marketing_mail_is_not_rendered_where_the_law_is_not_met(
    root: str, write: Callable[..., Any], context: dict[str, Any]
) -> None:
    templates = write({"email/j/t.en.mjml": mail("")})
    with pytest.raises(RenderError, match=r"there is no (unsubscribe_url|shop\.postal_address)"):
        templates.email("j/t", "en", {**context, root: None})


SECRET = "ada@example.com"
FAILING = [
    ("<mj-text>\n{{ event.secret + 1 }}</mj-text>", 6),
    ("<mj-text>{{ event.secret | money('EUR') }}</mj-text>", 5),
    ("<mj-text>a</mj-text>\n\n<mj-text>{% if event.secret > 5 %}x{% endif %}</mj-text>", 7),
    ("<mj-text>{% for x in event.secret %}{{ x }}{% endfor %}</mj-text>", 5),
    ("<mj-text>{{ event.secret | date }}</mj-text>", 5),
]


@pytest.mark.parametrize(("body", "line"), FAILING, ids=[case[0][-40:] for case in FAILING])
def test_data_that_make_a_template_fail_are_not_told(
    body: str, line: int, write: Callable[..., Any], context: dict[str, Any]
) -> None:
    templates = write({"email/j/t.en.mjml": mail(body)})
    with pytest.raises(RenderError) as raised:
        templates.email("j/t", "en", {**context, "event": {"secret": SECRET}})
    assert raised.value.reason.startswith(f"templates/email/j/t.en.mjml:{line}:")
    assert SECRET not in "".join(traceback.format_exception(raised.value))
    assert raised.value.__context__ is None


def test_a_subject_that_fails_names_its_line(write: Callable[..., Any], context: dict[str, Any]) -> None:
    templates = write({"email/j/t.en.mjml": mail("", 'preview: x\nsubject: "{{ event.x * 2 }}"')})
    with pytest.raises(RenderError, match=r"t\.en\.mjml:3:"):
        templates.email("j/t", "en", {**context, "event": {"x": "y"}})


def test_a_mail_without_a_subject_and_a_text_without_words_are_not_sent(
    write: Callable[..., Any], context: dict[str, Any]
) -> None:
    templates = write({"email/j/t.en.mjml": mail("", 'subject: "{{ event.x }}"'), "sms/j/t.en.txt": "{{ event.x }}"})
    with pytest.raises(RenderError, match="subject is empty"):
        templates.email("j/t", "en", context)
    with pytest.raises(RenderError, match="text is empty"):
        templates.text("sms", "j/t", "en", context)
    with pytest.raises(Unavailable, match=r"there is no sms template 'j/u'; did you mean 'j/t'\?"):
        templates.text("sms", "j/u", "en", context)


@given(st.text())
def test_nothing_that_ends_a_line_gets_into_a_header(text: str) -> None:
    line = one_line(f"a{text}b")
    assert len(line.splitlines()) == 1
    assert not set(line) & set("\r\n\x00\x85\u2028\u2029")


def test_a_name_cannot_add_a_header(write: Callable[..., Any], context: dict[str, Any]) -> None:
    head = (
        'subject: "Hi {{ customer.first_name }}"\npreview: "{{ customer.first_name }}"\n'
        'sender: "{{ customer.first_name }} <a@b.example>"'
    )
    evil = {**context, "customer": {"first_name": "Ada\r\nBcc: all@example.com\u2028"}}
    sent = write({"email/j/t.en.mjml": mail("", head)}).email("j/t", "en", evil)
    assert sent.subject == "Hi Ada Bcc: all@example.com"
    assert sent.preview == "Ada Bcc: all@example.com"
    assert sent.sender == "Ada Bcc: all@example.com <a@b.example>"


def test_long_lists_are_cut(write: Callable[..., Any], context: dict[str, Any]) -> None:
    table = "<mj-table>{% for x in event.items %}<tr><td>row{{ x }}</td></tr>{% endfor %}</mj-table>"
    sent = write({"email/j/t.en.mjml": mail(table)}).email(
        "j/t", "en", {**context, "event": {"items": list(range(999))}}
    )
    assert sent.html.count(">row") == LIST_LIMIT
    assert sent.text.count("row") == LIST_LIMIT


def test_what_is_endless_is_stopped(write: Callable[..., Any], context: dict[str, Any]) -> None:
    templates = write({"email/j/t.en.mjml": mail("<mj-text>{{ event.x }}</mj-text>")})
    with pytest.raises(RenderError, match="longer than"):
        templates.email("j/t", "en", {**context, "event": {"x": "a" * 1_000_001}})


def test_a_mail_that_gmail_would_clip_is_marked(write: Callable[..., Any], context: dict[str, Any]) -> None:
    templates = write({"email/j/t.en.mjml": mail("<mj-text>{{ event.x }}</mj-text>")})
    assert templates.warnings == ()
    assert not templates.email("j/t", "en", context).clipped
    assert templates.email("j/t", "en", {**context, "event": {"x": "茶" * (CLIPPED_BYTES // 3)}}).clipped
    long = write({"email/j/t.en.mjml": mail(f"<mj-text>{'a' * CLIPPED_BYTES}</mj-text>")})
    assert ["Gmail" in warning.message for warning in long.warnings] == [True]


def test_a_version_changes_with_everything_a_customer_reads(write: Callable[..., Any]) -> None:
    files = {
        "email/_layout.mjml": LAYOUT,
        "email/j/t.en.mjml": page("<mj-text>Tea</mj-text>", "subject: Hello\npreview: p"),
        "email/j/t.zh.mjml": page("<mj-text>茶</mj-text>"),
        "sms/j/t.en.txt": "Hi",
    }
    first = write(files)
    assert first.version("email", "j/t", "en-GB") == first.version("email", "j/t", "en")
    assert first.version("email", "j/t", "zh") != first.version("email", "j/t", "en")
    for name, old, new in (
        ("email/j/t.en.mjml", "Tea", "Teas"),
        ("email/j/t.en.mjml", "Hello", "Hallo"),
        ("email/j/t.en.mjml", "preview: p", "preview: q"),
        ("email/_layout.mjml", "Leave", "Go"),
    ):
        changed = write({**files, name: files[name].replace(old, new)})
        assert changed.version("email", "j/t", "en") != first.version("email", "j/t", "en"), new
        assert changed.version("sms", "j/t", "en") == first.version("sms", "j/t", "en")


def test_what_there_is_can_be_asked(write: Callable[..., Any]) -> None:
    templates = write({"email/j/t.en.mjml": mail(""), "email/j/t.zh_CN.mjml": mail(""), "sms/k/u.de.txt": "x"})
    assert templates.names() == (("email", "j/t"), ("sms", "k/u"))
    assert templates.has("email", "j/t")
    assert not templates.has("sms", "j/t")
    assert templates.locales("email", "j/t") == ("en", "zh_CN")
    assert templates.locales("sms", "gone") == ()


def test_every_link_of_a_text_is_tagged_and_shortened(write: Callable[..., Any], context: dict[str, Any]) -> None:
    templates = write({"sms/cart/last.en.txt": "Hi, {{ event.url }}. Leave: {{ unsubscribe_url }}"})
    asked: list[str] = []

    def shorten(url: str) -> str:
        asked.append(url)
        return f"https://s.example/{len(asked)}"

    sent = templates.text(
        "sms", "cart/last", "en", {**context, "event": {"url": "https://a.example/c?d=1#e"}}, shorten=shorten
    )
    assert sent.text == "Hi, https://s.example/1. Leave: https://s.example/2"
    assert asked == [
        "https://a.example/c?d=1&utm_source=regulars&utm_medium=sms&utm_campaign=cart&utm_content=last#e",
        "https://r.example.com/u/abc",
    ]
    assert sent.size is not None
    assert (sent.size.segments, sent.size.encoding) == (1, "GSM-7")


def test_figures_stand_in_the_customers_locale_and_time_in_their_zone(
    write: Callable[..., Any], context: dict[str, Any]
) -> None:
    text = "{{ event.x | money('EUR') }} {{ event.at | date('short') }}"
    templates = write({"sms/j/t.en.txt": text, "sms/j/t.de.txt": text})
    data = {**context, "event": {"x": 123456, "at": "2026-03-04T23:30:00+00:00"}}
    assert templates.text("sms", "j/t", "de-AT", data).text == "€ 1.234,56 05.03.26"
    assert templates.text("sms", "j/t", "en-GB", data).text == "€1,234.56 05/03/2026"
    assert templates.text("sms", "j/t", "fr-FR", data).text == "€1,234.56 3/5/26"
