"""What is a whole mail around the few words that a test is about?"""

from __future__ import annotations

FOOTER = '<mj-text>{{ shop.postal_address }} <a href="{{ unsubscribe_url }}">Leave</a></mj-text>'


def mail(body: str, head: str = "subject: Hello") -> str:
    """A whole mail around what stands in its column; a head may be given, and is followed by the line it ends on."""
    return (
        f"---\n{head}\n---\n<mjml><mj-body><mj-section><mj-column>\n{body}\n{FOOTER}</mj-column></mj-section>"
        "</mj-body></mjml>\n"
    )
