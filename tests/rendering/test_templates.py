"""Does a folder of templates give every customer the right message, or say why not?"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_page import FOOTER, mail

from regulars.delivery.parts import one_line
from regulars.delivery.templates import CLIPPED_BYTES, RenderError, Unavailable
from regulars.journeys.formats import LIST_LIMIT

Files = dict[str, str]
LAYOUT = (
    "---\nwords:\n  en: {leave: 'Leave {{ shop.name }}'}\n  zh: {leave: 离开}\n---\n"
    '<mjml lang="{{ locale }}"><mj-head><mj-preview>{{ preview }}</mj-preview></mj-head><mj-body>'
    "<mj-section><mj-column>\n"
    "{% block body %}<mj-text>nothing</mj-text>{% endblock %}\n"
    '<mj-text>{{ shop.postal_address }} <a href="{{ unsubscribe_url }}">{{ words.leave }}</a></mj-text>\n'
    "</mj-column></mj-section></mj-body></mjml>\n"
)


def page(body: str, head: str = "subject: Hello") -> str:
    return f"---\n{head}\n---\n{{% extends '_layout.mjml' %}}\n{{% block body %}}{body}{{% endblock %}}\n"


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


LAYOUT_MISTAKES: list[tuple[str, str]] = [
    (
        "---\nsubject: x\n---\n{% extends '_layuot.mjml' %}",
        "t.en.mjml:4:1: there is no layout '_layuot.mjml'; did you mean '_layout.mjml'?",
    ),
    (
        page("").replace("block body", "block bdoy"),
        "t.en.mjml:5:1: templates/email/_layout.mjml has no block 'bdoy'; did",
    ),
    (page("") + "lost", "t.en.mjml:6:1: this stands outside of every block"),
    (page("").replace("{% endblock %}", ""), "t.en.mjml:5:1: block 'body' is never closed"),
    (page("<mj-text>{{ words.leaf }}</mj-text>"), "t.en.mjml:5:26: there are no words 'leaf'; did you mean 'leave'?"),
    (page("<mj-text>\n {{ customer.nam }}</mj-text>"), "t.en.mjml:6:14: 'customer' has no 'nam'"),
    (page("<mj-text>{% if %}</mj-text>"), "t.en.mjml:5:32: "),
]


@pytest.mark.parametrize(("text", "message"), LAYOUT_MISTAKES, ids=[case[1][:50] for case in LAYOUT_MISTAKES])
def test_a_mistake_inside_a_layout_keeps_its_own_place(
    text: str, message: str, mistakes: Callable[..., list[str]]
) -> None:
    found = mistakes({"email/_layout.mjml": LAYOUT, "email/j/t.en.mjml": text})
    assert any(message in one for one in found), found


def test_a_mistake_of_the_layout_is_told_once_and_in_the_layout(mistakes: Callable[..., list[str]]) -> None:
    broken = LAYOUT.replace("shop.postal_address", "shop.postal_adress").replace("{{ shop.name }}", "{{ shop.nmae }}")
    found = mistakes({"email/_layout.mjml": broken, "email/j/a.en.mjml": page(""), "email/j/b.en.mjml": page("")})
    assert found == [
        "templates/email/_layout.mjml:3:30: 'shop' has no 'nmae'; did you mean 'name'?",
        "templates/email/_layout.mjml:8:18: 'shop' has no 'postal_adress'; did you mean 'postal_address'?",
    ]


def test_words_are_there_in_every_language_of_the_layout(mistakes: Callable[..., list[str]]) -> None:
    broken = LAYOUT.replace("zh: {leave: 离开}", "zh: {other: 离开}")
    found = mistakes({"email/_layout.mjml": broken, "email/j/t.en.mjml": page("")})
    assert "templates/email/_layout.mjml:4:3: 'leave' has no words in zh" in found


HEAD_MISTAKES: list[tuple[Files, str]] = [
    ({"email/j/t.en.mjml": mail("", "subject: {{ customer.first_name }}, hi")}, "quotes"),
    (
        {"email/j/t.en.mjml": mail("", 'subject: "Hi {{ customer.fist_name }}"')},
        ":2:26: 'customer' has no 'fist_name'; did",
    ),
    ({"email/j/t.en.mjml": mail("", "preview: x")}, "expected 'subject: ...' in the head"),
    ({"email/j/t.en.mjml": mail("", "subject: a\nsubject: b")}, ":3:1: 'subject' is written twice"),
    ({"email/j/t.en.mjml": mail("", "subject: [a]")}, ":2:1: expected a text after 'subject:'"),
    ({"email/j/t.en.mjml": "---\nsubject: a\n<mjml></mjml>"}, ":1:1: the head is not closed"),
    ({"sms/j/t.en.txt": "---\nsender: x\n---\nHi"}, ":2:1: unknown word 'sender' in the head"),
    ({"sms/j/t.en.txt": " \n"}, "the text is empty"),
    ({"email/t.en.mjml": "x"}, "expected email/<journey>/<name>.<locale>.mjml"),
    ({"email/j/T.en.mjml": "x"}, "expected email/<journey>/<name>.<locale>.mjml"),
    ({"email/j/t.mjml": "x"}, "expected email/<journey>/<name>.<locale>.mjml"),
    ({"email/j/t.english.mjml": "x"}, "expected a locale like en or zh-CN before .mjml, not 'english'"),
    ({"sms/j/t.zh_CN.txt": "x", "sms/j/t.zh-cn.txt": "y"}, "one file for each locale, but templates/sms/j/t.zh-cn.txt"),
]


@pytest.mark.parametrize(("files", "message"), HEAD_MISTAKES, ids=[case[1][:50] for case in HEAD_MISTAKES])
def test_a_mistake_in_a_head_or_a_name_is_found(files: Files, message: str, mistakes: Callable[..., list[str]]) -> None:
    found = mistakes(files)
    assert any(message in one for one in found), found


def test_a_file_that_is_not_text_and_a_folder_that_is_not_there_are_mistakes(
    mistakes: Callable[..., list[str]], tmp_path: Any
) -> None:
    assert "there is no such folder" in mistakes({})[0]
    (tmp_path / "templates/sms/j").mkdir(parents=True)
    (tmp_path / "templates/sms/j/t.en.txt").write_bytes(b"caf\xe9")
    assert mistakes({}) == ["templates/sms/j/t.en.txt:1:1: not UTF-8 at byte 3"]


UNLAWFUL = [
    ('<mj-text><a href="https://a.example">Leave</a> {{ shop.postal_address }}</mj-text>', "unsubscribe_url"),
    ('<mj-text><a href="{{ unsubscribe_url }}">Leave</a></mj-text>', "shop.postal_address"),
    (f"{{% if event.x %}}{FOOTER}{{% endif %}}", "unsubscribe_url"),
    (
        '<mj-image src="https://a.example/x.png" alt="{{ shop.postal_address }}" />'
        "<mj-text>{{ unsubscribe_url }}</mj-text>",
        "shop.postal_address",
    ),
]


@pytest.mark.parametrize(("footer", "missing"), UNLAWFUL, ids=range(len(UNLAWFUL)))
def test_a_marketing_mail_says_how_to_leave_and_who_writes(
    footer: str, missing: str, mistakes: Callable[..., list[str]], write: Callable[..., Any]
) -> None:
    files = {"email/j/t.en.mjml": mail("").replace(FOOTER, footer)}
    assert any(f"shows {{{{ {missing} }}}} to everybody" in one for one in mistakes(files))
    assert write(files, service={"j/t"}).has("email", "j/t")


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
        templates.sms("j/t", "en", context)
    with pytest.raises(Unavailable, match=r"there is no sms template 'j/u'; did you mean 'j/t'\?"):
        templates.sms("j/u", "en", context)


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

    sent = templates.sms("cart/last", "en", {**context, "event": {"url": "https://a.example/c?d=1#e"}}, shorten=shorten)
    assert sent.text == "Hi, https://s.example/1. Leave: https://s.example/2"
    assert asked == [
        "https://a.example/c?d=1&utm_source=regulars&utm_medium=sms&utm_campaign=cart&utm_content=last#e",
        "https://r.example.com/u/abc",
    ]
    assert (sent.segments, sent.encoding) == (1, "GSM-7")


def test_figures_stand_in_the_customers_locale_and_time_in_their_zone(
    write: Callable[..., Any], context: dict[str, Any]
) -> None:
    text = "{{ event.x | money('EUR') }} {{ event.at | date('short') }}"
    templates = write({"sms/j/t.en.txt": text, "sms/j/t.de.txt": text})
    data = {**context, "event": {"x": 123456, "at": "2026-03-04T23:30:00+00:00"}}
    assert templates.sms("j/t", "de-AT", data).text == "€ 1.234,56 05.03.26"
    assert templates.sms("j/t", "en-GB", data).text == "€1,234.56 05/03/2026"
    assert templates.sms("j/t", "fr-FR", data).text == "€1,234.56 3/5/26"
