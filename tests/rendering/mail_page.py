"""What is a whole mail around the few words that a test is about? By itself, or in a layout."""

from __future__ import annotations

FOOTER = '<mj-text>{{ shop.postal_address }} <a href="{{ unsubscribe_url }}">Leave</a></mj-text>'
LAYOUT = (
    "---\nwords:\n  en: {leave: 'Leave {{ shop.name }}'}\n  zh: {leave: 离开}\n---\n"
    '<mjml lang="{{ locale }}"><mj-head><mj-preview>{{ preview }}</mj-preview></mj-head><mj-body>'
    "<mj-section><mj-column>\n"
    "{% block body %}<mj-text>nothing</mj-text>{% endblock %}\n"
    '<mj-text>{{ shop.postal_address }} <a href="{{ unsubscribe_url }}">{{ words.leave }}</a></mj-text>\n'
    "</mj-column></mj-section></mj-body></mjml>\n"
)


def mail(body: str, head: str = "subject: Hello") -> str:
    """A whole mail around what stands in its column; a head may be given, and is followed by the line it ends on."""
    return (
        f"---\n{head}\n---\n<mjml><mj-body><mj-section><mj-column>\n{body}\n{FOOTER}</mj-column></mj-section>"
        "</mj-body></mjml>\n"
    )


def page(body: str, head: str = "subject: Hello") -> str:
    """A mail whose `body` stands in the layout."""
    return f"---\n{head}\n---\n{{% extends '_layout.mjml' %}}\n{{% block body %}}{body}{{% endblock %}}\n"
