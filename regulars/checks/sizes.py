"""How long are the messages, as they come out? Mails that Gmail clips, and texts that cost more than they seem to."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.checks import samples
from regulars.checks.finding import Finding
from regulars.checks.looked import Looked
from regulars.delivery.opt_out import STOP_KEYWORDS
from regulars.delivery.segments import Size, size_of
from regulars.delivery.templates import CLIPPED_BYTES, RenderError, Templates
from regulars.journeys.channels import TRAITS_OF
from regulars.journeys.model import Journey, Send
from regulars.journeys.yaml_source import Spot

MANY = 3  # segments
_TOP = Spot(1, 1)
_STOPS = STOP_KEYWORDS - {"end", "cancel", "remove", "quit"}  # which stand in other sentences too


def found(looked: Looked) -> Iterator[Finding]:
    """Each template in each of its languages, once for the first message that uses it."""
    templates, seen = looked.templates, set[tuple[str, str]]()
    if templates is None:
        return
    for journey, send in looked.uses():
        if (send.kind, send.template) in seen:
            continue
        seen.add((send.kind, send.template))
        for locale in templates.locales(send.kind, send.template):
            try:
                if TRAITS_OF[send.kind].form == "mail":
                    yield from _mail(looked, templates, journey, send, locale)
                elif TRAITS_OF[send.kind].segmented:
                    yield from _text(looked, templates, journey, send, locale)
            except RenderError:  # a sample says nothing of a shop's own data
                continue


def _mail(looked: Looked, templates: Templates, journey: Journey, send: Send, locale: str) -> Iterator[Finding]:
    rendered = templates.email(send.template, locale, samples.context(looked.book.house, journey, send, locale))
    length = len(rendered.html.encode())
    file = looked.template_file(send.kind, send.template, locale)
    said = any((warning.file, warning.code) == (file, "clipped-mail") for warning in templates.warnings)
    if length > CLIPPED_BYTES and not said:
        message = f"the mail's HTML has {length:,} bytes with sample values, and Gmail shows {CLIPPED_BYTES:,}"
        yield Finding.at(file, _TOP, "clipped-mail", message)


def _text(looked: Looked, templates: Templates, journey: Journey, send: Send, locale: str) -> Iterator[Finding]:
    names = samples.context(looked.book.house, journey, send, locale)
    text = templates.text(send.kind, send.template, locale, names, shorten=lambda url: samples.SHORT_LINK).text
    size, file = size_of(text), looked.template_file(send.kind, send.template, locale)
    if size.segments >= MANY:
        message = f"the text takes {size.segments} segments with sample values ({size.encoding}{_why(text, size)})"
        yield Finding.at(file, _TOP, "long-sms", message)
    if send.purpose == "marketing" and not any(word in text.lower() for word in _STOPS):
        yield Finding.at(file, _TOP, "sms-without-stop", "the text does not say how to stop them")


def _why(text: str, size: Size) -> str:
    """The letters that keep a text from the encoding with more room, where they are few."""
    if size.encoding == "GSM-7":
        return ""
    dear = list(dict.fromkeys(letter for letter in text if size_of(letter).encoding == "UCS-2"))
    return f", for {' '.join(dear)}" if len(dear) <= 5 else ""
