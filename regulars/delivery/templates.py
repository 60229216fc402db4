"""What does the customer read? Every template, compiled when it is loaded and rendered in the customer's language."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from regulars.delivery import files
from regulars.delivery.links import with_links
from regulars.delivery.loading import CompiledMail, CompiledText, Loader
from regulars.delivery.locales import choose, formatting
from regulars.delivery.parts import CLIPPED_BYTES, RenderError, one_line, printable
from regulars.delivery.plain_text import tidy
from regulars.delivery.providers.base import Content
from regulars.delivery.segments import Size, size_of, thrifty
from regulars.journeys.channels import CHANNELS, TRAITS_OF
from regulars.journeys.formats import LOCALE
from regulars.journeys.jinja import Names
from regulars.journeys.mistakes import Mistake, Mistakes
from regulars.journeys.model import Channel
from regulars.journeys.nearest import nearest

__all__ = ["CLIPPED_BYTES", "RenderError", "RenderedEmail", "RenderedText", "Templates", "Unavailable"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """A mail as it is sent. `sender` is None where the template names none; `clipped`: Gmail would cut it off."""

    subject: str
    preview: str
    html: str
    text: str
    locale: str
    version: str
    sender: str | None
    clipped: bool


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A text message as it is sent. `size`: None where it is not paid for by the segment."""

    text: str
    locale: str
    version: str
    size: Size | None


def _as_it_is(url: str) -> str:
    return url


class Unavailable(Exception):
    """There is no such template that could be sent. No customer's fault: the next apply may bring it."""


class Templates:
    """Templates, compiled. `sources`: what they were made of, by path. `warnings`: what is worth a look and keeps
    nothing from being sent."""

    def __init__(
        self,
        mails: Mapping[str, Mapping[str, CompiledMail]],
        texts: Mapping[Channel, Mapping[str, Mapping[str, CompiledText]]],
        sources: Mapping[str, str],
        warnings: tuple[Mistake, ...],
        house_locale: str,
    ) -> None:
        self._mails, self._texts, self._house_locale = mails, texts, house_locale
        self.sources, self.warnings = sources, warnings

    @staticmethod
    def load(
        folder: Path,
        names: Names | Callable[[Channel, str], Names],
        *,
        house_locale: str = "en",
        service: Collection[str] = (),
    ) -> Templates:
        """Load ``<channel>/<journey>/<name>.<locale>.mjml`` (or ``.txt``, as the channel has it) below `folder`, as
        `of` does. Raises Mistakes, those of the folder and those of what is in it."""
        sources, mistakes = files.read(folder)
        offered = names if callable(names) else lambda channel, template: names
        return Templates.of(
            sources, offered, house_locale=house_locale, service=service, folder=folder.name, mistakes=mistakes
        )

    @staticmethod
    def of(
        sources: Mapping[str, str],
        names: Callable[[Channel, str], Names | None],
        *,
        house_locale: str,
        service: Collection[str] = (),
        folder: str = "templates",
        mistakes: Collection[Mistake] = (),
    ) -> Templates:
        """Compile texts by path below `folder`.

        `names`: what may be named in a template, by channel and template; None leaves it out. `service`: the mails that
        need no way to unsubscribe and no postal address. Raises Mistakes with every mistake of every template, and with
        the `mistakes` known already.
        """
        loader = Loader(sources, folder, names, house_locale, service, list(mistakes))
        loader.load()
        if loader.mistakes:
            raise Mistakes(loader.mistakes)
        return Templates(loader.mails, loader.texts_of, sources, tuple(sorted(set(loader.warnings))), house_locale)

    def has(self, channel: Channel, template: str) -> bool:
        """Whether there is such a template in any language."""
        return template in self._of(channel)

    def names(self) -> tuple[tuple[Channel, str], ...]:
        """Every template by channel and name, sorted."""
        return tuple((channel, name) for channel in CHANNELS for name in sorted(self._of(channel)))

    def locales(self, channel: Channel, template: str) -> tuple[str, ...]:
        """The languages of a template, as its files are named; none where there is no such template."""
        return tuple(sorted(self._of(channel).get(template, ())))

    def version(self, channel: Channel, template: str, locale: str) -> str:
        """Twelve hex digits that change when anything does that a customer of this locale would read.

        Raises KeyError where there is no such template.
        """
        found = self._of(channel)[template]
        return found[choose(locale, found, self._house_locale)].version

    def email(self, template: str, locale: str, context: Mapping[str, Any]) -> RenderedEmail:
        """Render a mail; `context` holds plain data by root name. Raises RenderError, or Unavailable."""
        found = self._found(self._mails, "email", template)
        chosen = choose(locale, found, self._house_locale)
        mail, names = found[chosen], _names(context, locale, chosen)
        if mail.marketing:
            _expect_lawful(context, template)
        subject = one_line(mail.subject.render(names))
        if not subject:
            raise RenderError(f"email {template} ({chosen}): the subject is empty")
        preview = one_line(mail.preview.render(names)) if mail.preview else ""
        names |= {"subject": subject, "preview": preview}
        html = mail.html.render(names)
        return RenderedEmail(
            subject=subject,
            preview=preview,
            html=html,
            text=tidy(mail.text.render(names)),
            locale=chosen,
            version=mail.version,
            sender=(one_line(mail.sender.render(names)) or None) if mail.sender else None,
            clipped=len(html) * 4 > CLIPPED_BYTES and len(html.encode()) > CLIPPED_BYTES,
        )

    def text(
        self,
        channel: Channel,
        template: str,
        locale: str,
        context: Mapping[str, Any],
        *,
        shorten: Callable[[str], str] = _as_it_is,
    ) -> RenderedText:
        """Render a text message, each of its web links sent through `shorten`. Raises RenderError, or Unavailable."""
        found = self._found(self._texts.get(channel, {}), channel, template)
        chosen = choose(locale, found, self._house_locale)
        made, segmented = found[chosen], TRAITS_OF[channel].segmented
        text = tidy(printable(made.text.render(_names(context, locale, chosen))))
        text = _linked(thrifty(text) if segmented else text, made, context, shorten)
        if not text:
            raise RenderError(f"{channel} {template} ({chosen}): the text is empty")
        return RenderedText(text, chosen, made.version, size_of(text) if segmented else None)

    def content(
        self,
        channel: Channel,
        template: str,
        locale: str,
        context: Mapping[str, Any],
        *,
        shorten: Callable[[str], str] = _as_it_is,
    ) -> Content | None:
        """The approved content that a text may go as, its variables filled in a line each; None where its template
        names none. Raises RenderError, or Unavailable."""
        found = self._found(self._texts.get(channel, {}), channel, template)
        chosen = choose(locale, found, self._house_locale)
        made = found[chosen]
        if made.approved is None:
            return None
        names, variables = _names(context, locale, chosen), {}
        for name, part in made.approved.variables:
            value = variables[name] = _linked(one_line(part.render(names)), made, context, shorten)
            if not value:
                raise RenderError(f"{channel} {template} ({chosen}): variable {name} is empty")
        return Content(made.approved.sid, variables)

    def _of(self, channel: Channel) -> Mapping[str, Mapping[str, CompiledMail | CompiledText]]:
        return self._mails if TRAITS_OF[channel].form == "mail" else self._texts.get(channel, {})

    def _found(self, among: Mapping[str, Mapping[str, _T]], channel: Channel, template: str) -> Mapping[str, _T]:
        if template not in among:
            raise Unavailable(f"there is no {channel} template '{template}'{nearest(template, among)}")
        return among[template]


def _linked(text: str, made: CompiledText, context: Mapping[str, Any], shorten: Callable[[str], str]) -> str:
    own = context.get("unsubscribe_url")
    return with_links(text, lambda url: shorten(url if url == own else made.campaign.tag(url)))


def _names(context: Mapping[str, Any], locale: str, chosen: str) -> dict[str, Any]:
    return {**context, "locale": chosen, LOCALE: formatting(locale, chosen)}


def _expect_lawful(context: Mapping[str, Any], template: str) -> None:
    """A marketing mail without a way out, or without an address, goes to nobody."""
    shop = context.get("shop")
    if not context.get("unsubscribe_url"):
        raise RenderError(f"email {template}: there is no unsubscribe_url")
    if not (isinstance(shop, Mapping) and shop.get("postal_address")):
        raise RenderError(f"email {template}: there is no shop.postal_address")
