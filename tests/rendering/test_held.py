"""Does Jinja survive two compilers, wherever it stands?"""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jinja2 import TemplateSyntaxError

from regulars.delivery.held import hold_tags
from regulars.delivery.links import Campaign, link_filters
from regulars.delivery.mjml import compile_mail
from regulars.delivery.traced import Source, Traced
from regulars.journeys.jinja import environment, render

CAMPAIGN = Campaign("email", "j", "t")
PLAIN = environment(autoescape=False)

LITERALS = st.text(alphabet="{}%#-\n<>&\"' ajinx0", max_size=12)
TAGS = st.sampled_from(
    [
        "{{ x }}",
        "{{- x -}}",
        "{% if 1 < 2 %}y{% endif %}",
        "{%- if x and 2 > 1 -%}y{% else %}n{% endif %}",
        "{{ 'a\"b' }}",
        "{% for i in [1, 2] %}{{ i }}{% endfor %}",
        "{{ '}}' }}",
        "jinja0x",
        "{{\n x\n}}",
    ]
)


@given(st.lists(LITERALS | TAGS, max_size=8))
@settings(max_examples=300)
def test_what_is_held_and_put_back_says_the_same(parts: list[str]) -> None:
    source = "".join(parts)
    try:
        expected = render(PLAIN.from_string(source), {"x": "X"})
    except TemplateSyntaxError:
        assume(False)
    assume("{#" not in source)  # comments are dropped, and so is what they keep from a minus sign
    held, text = hold_tags(Traced.of(Source("f", source)))
    assert render(PLAIN.from_string(held.restored(text.text).text), {"x": "X"}) == expected


def test_comments_are_dropped() -> None:
    _, text = hold_tags(Traced.of(Source("f", "a{# {{ nothing < }} #}b")))
    assert text.text == "ab"


VALUES = st.text(alphabet="ab<>&\"'{}%é茶 ", min_size=1, max_size=8).map(lambda value: f"^{value}$")
EXPRESSIONS = st.sampled_from(
    [
        "{{{{ v[{n}] }}}}",
        "{{{{ v[{n}] if 1 < 2 and 3 > 2 else '\"' }}}}",
        "{{% if v[{n}] != '<a b=\"c\">' %}}{{{{ v[{n}] }}}}{{% else %}}x{{% endif %}}",
        "{{% for i in [1] %}}{{{{ v[{n}] | default('<br>') }}}}{{% endfor %}}",
        "{{{{\n  v[{n}]\n}}}}",
    ]
)
PLACES = st.sampled_from(
    [
        "<mj-text>{}</mj-text>",
        "<mj-text>before <b>{}</b> &amp; after</mj-text>",
        '<mj-text><i title="{}">x</i></mj-text>',
        '<mj-text css-class="c" align="left"><p style="margin:0" title=\'{}\'>x</p></mj-text>',
        "<mj-table><tr><td>{}</td></tr></mj-table>",
        "<mj-table>{{% for row in [1] %}}<tr><td>{}</td></tr>{{% endfor %}}</mj-table>",
        '<mj-image src="https://a.example/b.png" alt="{}" />',
        '<mj-button href="https://a.example">{}</mj-button>',
        "<mj-raw><tr><td>{}</td></tr></mj-raw>",
        "{{% if 1 < 2 %}}<mj-text>{}</mj-text>{{% endif %}}",
    ]
)


class _Everything(HTMLParser):
    """All that a reader's program finds in texts and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += (value for _, value in attrs if value)


@given(st.lists(st.tuples(PLACES, EXPRESSIONS, VALUES), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_a_value_comes_out_whole_wherever_it_stands(written: list[tuple[str, str, str]]) -> None:
    blocks = [place.format(expression.format(n=n)) for n, (place, expression, _) in enumerate(written)]
    body = f"<mjml><mj-body><mj-section><mj-column>{''.join(blocks)}</mj-column></mj-section></mj-body></mjml>"
    compiled, mistakes, _ = compile_mail(Traced.of(Source("f", body)), CAMPAIGN)
    assert mistakes == []
    assert compiled is not None
    made = environment(autoescape=True)
    made.filters.update(link_filters(CAMPAIGN))
    html = render(made.from_string(compiled.html.text), {"v": [value for *_, value in written]})
    reader = _Everything()
    reader.feed(html)
    everything = "\n".join(reader.found)
    for *_, value in written:
        assert value in everything


def test_a_loop_stays_inside_its_table() -> None:
    body = (
        "<mjml><mj-body><mj-section><mj-column><mj-table><tr><th>Tea</th></tr>{% for i in v %}<tr><td>{{ i }}</td></tr>"
        "{% else %}<tr><td>none</td></tr>{% endfor %}</mj-table></mj-column></mj-section></mj-body></mjml>"
    )
    compiled, mistakes, _ = compile_mail(Traced.of(Source("f", body)), CAMPAIGN)
    assert mistakes == []
    assert compiled is not None
    html = render(environment(autoescape=True).from_string(compiled.html.text), {"v": ["Oolong", "Sencha"]})
    rows = html[html.index("<th") : html.index("Sencha")]
    assert "</table>" not in rows
    assert rows.count("<tbody>") == 0
    assert html.index("Oolong") < html.index("Sencha") < html.index("</tbody>", html.index("Sencha"))


def test_a_table_that_begins_with_a_loop_is_well_formed_with_no_rows() -> None:
    body = (
        "<mjml><mj-body><mj-section><mj-column><mj-table>{% for i in v %}<tr><td>{{ i }}</td></tr>{% endfor %}"
        "</mj-table></mj-column></mj-section></mj-body></mjml>"
    )
    compiled, _, _ = compile_mail(Traced.of(Source("f", body)), CAMPAIGN)
    assert compiled is not None
    template = environment(autoescape=True).from_string(compiled.html.text)
    for rows in ([], ["a"], ["a", "b"]):
        html = render(template, {"v": rows})
        assert html.count("<tbody>") == html.count("</tbody>")


def test_a_condition_around_a_section_of_a_wrapper_is_outlooks_condition_too() -> None:
    body = (
        "<mjml><mj-body><mj-wrapper>{% if v %}<mj-section><mj-column><mj-text>A</mj-text></mj-column></mj-section>"
        "{% endif %}<mj-section><mj-column><mj-text>B</mj-text></mj-column></mj-section></mj-wrapper></mj-body></mjml>"
    )
    compiled, mistakes, _ = compile_mail(Traced.of(Source("f", body)), CAMPAIGN)
    assert mistakes == []
    assert compiled is not None
    for v in (True, False):
        html = render(environment(autoescape=True).from_string(compiled.html.text), {"v": v})
        assert (">A<" in html) is v
        assert html.count("<!--[if") == html.count("<![endif]-->")
