"""Does every market read its own language? Templates and layouts that lack one that others have."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.checks.finding import Finding
from regulars.checks.looked import Looked
from regulars.delivery import files
from regulars.delivery.locales import parts_of
from regulars.delivery.sources import Reader
from regulars.delivery.templates import Templates
from regulars.journeys.channels import Channel
from regulars.journeys.model import Journey, Send


def found(looked: Looked) -> Iterator[Finding]:
    if looked.templates is None:
        return
    used = {(send.kind, send.template): (journey, send) for journey, send in reversed(list(looked.uses()))}
    spoken = {which: _languages(looked.templates, *which) for which in used}
    every = frozenset[str]().union(*spoken.values()) if spoken else frozenset[str]()
    wanted: dict[str, list[str]] = {}
    for country, market in looked.book.house.markets.items():
        if not market.locale:
            continue
        language = parts_of(market.locale)[0]
        wanted.setdefault(language, []).append(country)
        if every and language not in every:
            message = f"no template is in {language!r}: customers of {country} read {looked.book.house.locale}"
            yield looked.in_house(f"the market {country}", "unspoken-market", message, "locale")
    for which, (journey, send) in used.items():
        for language in sorted((wanted.keys() & every) - spoken[which]):
            yield _missing(looked, journey, send, language, wanted[language])
    yield from _layouts(looked, looked.templates)


def _missing(looked: Looked, journey: Journey, send: Send, language: str, countries: list[str]) -> Finding:
    file = looked.template_file(send.kind, send.template, language)
    message = f"there is no {file}: customers of {', '.join(countries)} read it in another language"
    return looked.in_step(journey, send, "missing-locale", message, send.kind)


def _languages(templates: Templates, channel: Channel, template: str) -> frozenset[str]:
    return frozenset(parts_of(locale)[0] for locale in templates.locales(channel, template))


def _layouts(looked: Looked, templates: Templates) -> Iterator[Finding]:
    """Layouts whose words lack a language that some mail is in."""
    mails = {parts_of(file.locale)[0] for file in files.templates(templates.sources, "email")}
    for path, text in sorted(templates.sources.items()):
        written = Reader().read(text, path, None, frozenset({"words"})) if files.is_layout(path) else None
        if written is None or not written.words:
            continue
        first = next(iter(next(iter(written.words.values())).values()), None)
        if first is None:
            continue
        for language in sorted(mails - {parts_of(locale)[0] for locale in written.words}):
            message = f"the layout has no words in {language!r}, and there are mails in it"
            yield Finding.at(f"{looked.folder.name}/{path}", first.at(1, 1), "missing-locale", message)
