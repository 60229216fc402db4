"""Is MJML judged before it is compiled, and does what is right come out as it was meant?"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from mail_page import mail

from regulars.delivery.markup import read
from regulars.delivery.mjml_words import ATTRIBUTES, CHILDREN, HTML, TEXT_ONLY

FILE = "templates/email/j/t.en.mjml"

WRONG = [
    ("<mj-txt>a</mj-txt>", 5, 1, "unknown tag 'mj-txt'; did you mean 'mj-text'?"),
    ('<mj-text colour="red">a</mj-text>', 5, 10, "mj-text has no attribute 'colour'; did you mean 'color'?"),
    ("<mj-column></mj-column>", 5, 1, "mj-column cannot stand in mj-column, only in mj-group, mj-section"),
    (
        "<mj-text><mj-button>a</mj-button></mj-text>",
        5,
        10,
        "mj-button cannot stand in mj-text, only in mj-column, mj-hero",
    ),
    ("stray words", 5, 1, "text cannot stand directly in mj-column: put it in mj-text"),
    ("<mj-text>a</mj-text> {{ event.x }}", 5, 22, "a value cannot stand directly in mj-column: put it in mj-text"),
    ("<mj-text>\n  a < b</mj-text>", 6, 5, "'<' begins no tag here: write &lt;"),
    ("<mj-text><b>a</mj-text>", 5, 10, "<b> is not closed before </mj-text>"),
    ("<mj-text>a</b></mj-text>", 5, 11, "</b> closes nothing"),
    ("<mj-text align=left>a</mj-text>", 5, 10, "'align' needs a value in quotes"),
    ('<mj-text align="left" align="right">a</mj-text>', 5, 23, "'align' is written twice"),
    (
        "<mj-text {% if event.x %}align='left'{% endif %}>a</mj-text>",
        5,
        10,
        "Jinja may stand in text or in an attribute",
    ),
    ('<mj-include path="x" />', 5, 1, "mj-include is not offered"),
    ('<mj-image src="https://a.b/c.png" width="{{ event.w }}" />', 5, 42, "{{ event.w }} does not survive MJML here"),
    ('<mj-button href="javascript:alert(1)">a</mj-button>', 5, 18, "expected a link to http, https, mailto or tel"),
    ('<mj-image src="logo.png" />', 5, 16, "expected a picture's address that begins with https://"),
    ("<h{{ event.n }}>a</h{{ event.n }}>", 5, 1, "Jinja may stand in text or in an attribute"),
    ("<mj-carousel>{% if event.x %}{% endif %}</mj-carousel>", 4, 1, "MJML: "),
]


@pytest.mark.parametrize(("body", "line", "column", "message"), WRONG, ids=[case[0][:40] for case in WRONG])
def test_a_mistake_is_found_in_its_place(
    body: str, line: int, column: int, message: str, mistakes: Callable[..., list[str]]
) -> None:
    found = mistakes({"email/j/t.en.mjml": mail(body)})
    assert any(one.startswith(f"{FILE}:{line}:{column}: {message}") for one in found), found


def test_every_mistake_of_every_template_is_told_at_once(mistakes: Callable[..., list[str]]) -> None:
    found = mistakes(
        {
            "email/j/a.en.mjml": mail("<mj-txt>a</mj-txt><mj-text colour='x'>a</mj-text>"),
            "email/j/b.en.mjml": mail("<mj-text>{{ custmer.first_name }}</mj-text>", "subjct: x"),
            "sms/j/c.en.txt": "Hi {{ customer.frist_name }}",
        }
    )
    assert [one.split(": ", 1)[1] for one in sorted(found)] == [
        "unknown tag 'mj-txt'; did you mean 'mj-text'?",
        "mj-text has no attribute 'colour'; did you mean 'color'?",
        "expected 'subject: ...' in the head",
        "unknown word 'subjct' in the head; did you mean 'subject'?",
        "unknown name 'custmer'; did you mean 'customer'?",
        "'customer' has no 'frist_name'; did you mean 'first_name'?",
    ]


def test_jinja_may_stand_in_a_style_a_link_a_picture_and_a_condition(rendered: Callable[..., str]) -> None:
    html = rendered(
        '<mj-text color="{{ event.color }}"><p style="padding:{{ event.n }}px">{% if event.n < 5 and event.n > 1 %}few'
        '{% endif %}</p></mj-text><mj-image src="{{ event["img"] }}" alt="{{ event.alt }}" href="{{ event.url }}" />',
        event={"color": "#f00", "n": 3, "img": "https://a.b/c.png", "alt": 'say "hi"', "url": "https://a.b/?x=1&y=2"},
    )
    assert "color:#f00" in html
    assert re.search("padding: ?3px", html)
    assert ">few<" in html
    assert 'src="https://a.b/c.png"' in html
    assert 'alt="say &#34;hi&#34;"' in html
    assert 'href="https://a.b/?x=1&amp;y=2&amp;utm_source=regulars' in html


def test_white_space_between_words_is_kept_and_comments_are_not(rendered: Callable[..., str]) -> None:
    html = rendered("<mj-text>a {% if 1 %}b{% endif %}\n  <b>c</b>\n  <i>d</i><!-- secret {{ event.x }} --></mj-text>")
    assert "a b <b>c</b> <i>d</i>" in html
    assert "secret" not in html


def test_styles_are_inlined_and_what_depends_on_the_screen_stays(rendered: Callable[..., str]) -> None:
    html = rendered('<mj-text><p class="big">a</p></mj-text>')
    assert "@media" in html
    assert "<link" not in html
    assert "fonts.googleapis" not in html


def test_what_only_looks_like_jinja_is_text(rendered: Callable[..., str]) -> None:
    html = rendered("<mj-text>&#123;{{ event.x }} &#123;% if %} &#123;# not a comment</mj-text>", event={"x": 1})
    assert "{1 {% if %} {# not a comment" in html


def test_quotes_in_an_attribute_stay_in_it(rendered: Callable[..., str]) -> None:
    html = rendered("""<mj-text><i title='say "hi"' lang='en'>a</i></mj-text>""")
    assert '<i lang="en" title="say &quot;hi&quot;">' in html or '<i title="say &quot;hi&quot;" lang="en">' in html


def test_values_are_escaped(rendered: Callable[..., str]) -> None:
    html = rendered("<mj-text>{{ customer.first_name }}</mj-text>", customer={"first_name": "<script>&'\""})
    assert "&lt;script&gt;&amp;&#39;&#34;" in html
    assert "<script>" not in html


def test_a_column_that_may_be_missing_is_warned_of(write: Callable[..., object]) -> None:
    column = "<mj-column{}><mj-text>a</mj-text></mj-column>"
    page = mail("<mj-text>x</mj-text>").replace(
        "<mj-section>", "<mj-section>{% if event.x %}" + column.format("") + "{% endif %}", 1
    )
    found = write({"email/j/t.en.mjml": page}).warnings  # type: ignore[attr-defined]
    assert [(one.line, "give it a width" in one.message) for one in found] == [(4, True)]
    whole = page.replace("<mj-section>{% if event.x %}", "{% if event.x %}<mj-section>", 1).replace(
        "{% endif %}<mj-column>", "</mj-section>{% endif %}<mj-section><mj-column>", 1
    )
    assert write({"email/j/t.en.mjml": whole}).warnings == ()  # type: ignore[attr-defined]
    good = page.replace(column.format(""), column.format(' width="50%"'))
    assert write({"email/j/t.en.mjml": good}).warnings == ()  # type: ignore[attr-defined]


def test_every_tag_of_the_vocabulary_has_a_home() -> None:
    homes = set().union(*CHILDREN.values())
    assert set(ATTRIBUTES) - homes == set()
    assert homes - set(ATTRIBUTES) == set()
    assert set(HTML) | set(TEXT_ONLY) <= set(ATTRIBUTES)


def test_the_pieces_of_markup_cover_all_of_it() -> None:
    text = "<a x='1' y=\"2\">b<br/><!-- c > -->d</a> < <p q>"
    pieces = read(text).pieces
    ends = [0, *(piece.end for piece in pieces)]
    assert [piece.start for piece in pieces] == ends[:-1]
    assert ends[-1] <= len(text)
    assert re.sub(r"\s", "", "".join(text[piece.start : piece.end] for piece in pieces)).startswith("<ax='1'")
