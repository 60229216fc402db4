"""Which templates are there, and is every one of them right? Read, judged and compiled, all mistakes in one run."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Final

from jinja2 import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from regulars.delivery import files
from regulars.delivery.files import File
from regulars.delivery.layouts import Assembler
from regulars.delivery.links import Campaign, link_filters
from regulars.delivery.mjml import compile_mail
from regulars.delivery.parts import CLIPPED_BYTES, Part
from regulars.delivery.sources import Field, Reader, Written
from regulars.delivery.traced import Spot, Traced
from regulars.journeys.channels import TRAITS_OF
from regulars.journeys.jinja import Names, environment, faults
from regulars.journeys.mistakes import Mistake
from regulars.journeys.model import Channel

_CONTENT_SID: Final = re.compile(r"HX[0-9a-fA-F]{32}")
_OWN: Final = {"locale": None}  # names that we add to the context ourselves
_OWN_IN_MAIL: Final = {"subject": None, "preview": None, **_OWN}


@dataclass(frozen=True, slots=True)
class CompiledMail:
    """A mail in one language, ready to be rendered."""

    subject: Part
    preview: Part | None
    sender: Part | None
    html: Part
    text: Part
    marketing: bool
    version: str


@dataclass(frozen=True, slots=True)
class Approved:
    """A text that the channel's owner approved beforehand: the vendor has it by `sid`, and we fill its variables."""

    sid: str
    variables: tuple[tuple[str, Part], ...]


@dataclass(frozen=True, slots=True)
class CompiledText:
    """A text message in one language, ready to be rendered. `approved`: what may go where its words may not."""

    text: Part
    campaign: Campaign
    version: str
    approved: Approved | None = None


@dataclass(frozen=True, slots=True)
class _Body:
    """What became of a mail's body; without parts where there are mistakes."""

    parts: tuple[Part, Part] | None
    mistakes: tuple[Mistake, ...]
    warnings: tuple[Mistake, ...]


@dataclass
class Loader:
    """Loads templates from texts by path. Nothing that it holds may be used while there are `mistakes`.

    `folder`: how mistakes name the place of the texts. `names`: what may be named in a template; None: it is not to be
    loaded.
    """

    texts: Mapping[str, str]
    folder: str
    names: Callable[[Channel, str], Names | None]
    house_locale: str
    service: Collection[str]
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[Mistake] = field(default_factory=list)
    mails: dict[str, dict[str, CompiledMail]] = field(default_factory=dict)
    texts_of: dict[Channel, dict[str, dict[str, CompiledText]]] = field(default_factory=dict)

    def load(self) -> None:
        """Load everything; what is wrong goes to `mistakes`."""
        reader = Reader(self.mistakes)
        assembler = Assembler(self._layouts(reader), self.house_locale, self.mistakes)
        for channel, traits in TRAITS_OF.items():
            for file in files.templates(self.texts, channel):
                names = self.names(channel, file.template)
                if names is None:
                    continue
                written = reader.read(self.texts[file.path], self._called(file.path), file.journey, traits.head)
                if written is None:
                    continue
                if traits.form == "mail":
                    self._mail(file, written, names, assembler)
                else:
                    self._text(file, written, names)

    def _layouts(self, reader: Reader) -> dict[str, Written | None]:
        keys = frozenset({"words"})
        paths = [path for path in sorted(self.texts) if files.is_layout(path)]
        called = {path: path.removeprefix("email/") for path in paths}
        return {called[path]: reader.read(self.texts[path], self._called(path), None, keys) for path in paths}

    def _called(self, path: str) -> str:
        return f"{self.folder}/{path}"

    def _judged(self, source: str, names: Names, place: Callable[[int, int], Spot]) -> bool:
        """Whether a piece of Jinja may run; what is wrong with it is put in its place."""
        found = faults(source, names)
        self.mistakes += (place(fault.line, fault.column).mistake(fault.message, fault.code) for fault in found)
        return not found

    def _line(self, key: str, head: Field | None, names: Names) -> Part | None:
        """One line of the head, compiled."""
        if head is None or not self._judged(head.text, names, head.at):
            return None
        return Part.of_lines(head.text, lambda line: head.at(max(1, line), 1), environment(autoescape=False))

    def _text(self, file: File, written: Written, names: Names) -> None:
        body, approved = written.body, self._approved(written, names)
        if not body.text.strip():
            self.mistakes.append(written.source.spot(0).mistake("the text is empty"))
        elif self._judged(body.text, _with(names, _OWN), body.at):
            part = Part.of_lines(body.text, lambda line: body.at(max(1, line), 1), environment(autoescape=False))
            campaign = Campaign(file.channel, file.journey, file.name)
            content = (approved.sid, *(f"{name}={one.source}" for name, one in approved.variables)) if approved else ()
            made = CompiledText(part, campaign, _version(body.text, *content), approved)
            self.texts_of.setdefault(file.channel, {}).setdefault(file.template, {})[file.locale] = made

    def _approved(self, written: Written, names: Names) -> Approved | None:
        """The content that the head names, with its variables compiled."""
        named, known = written.head.get("content_sid"), _with(names, _OWN)
        lines = [(name, self._line(name, one, known)) for name, one in written.variables.items()]
        if named is None:
            for one in list(written.variables.values())[:1]:
                message = "these are the variables of a content: expected 'content_sid: HX...' beside them"
                self.mistakes.append(one.at(1, 1).mistake(message))
            return None
        if not _CONTENT_SID.fullmatch(named.text):
            expected = "a content's SID: HX and 32 hexadecimal digits, as the vendor's console shows it"
            self.mistakes.append(named.at(1, 1).mistake(f"expected {expected}, found '{named.text[:60]}'"))
        return Approved(named.text, tuple((name, line) for name, line in lines if line is not None))

    def _mail(self, file: File, written: Written, names: Names, assembler: Assembler) -> None:
        lines = {key: self._line(key, one, _with(names, _OWN)) for key, one in written.head.items()}
        if "subject" not in written.head:
            self.mistakes.append(written.source.spot(0).mistake("expected 'subject: ...' in the head"))
        before = len(self.mistakes)
        body = assembler.assembled(written, file.locale)
        judged = self._judged(body.text, _with(names, _OWN_IN_MAIL), body.at)
        if not judged or len(self.mistakes) > before:
            return
        made = _compiled(body, Campaign("email", file.journey, file.name), written.source.spot(0))
        self.mistakes += made.mistakes
        self.warnings += made.warnings
        subject = lines.get("subject")
        if made.parts is None:
            return
        html, text = made.parts
        marketing = file.template not in self.service
        if marketing:
            self._lawful(html, text, body)
        if subject is None:
            return
        version = _version(*(part.source for part in (*filter(None, lines.values()), html, text)))
        mail = CompiledMail(subject, lines.get("preview"), lines.get("sender"), html, text, marketing, version)
        self.mails.setdefault(file.template, {})[file.locale] = mail

    def _lawful(self, html: Part, text: Part, body: Traced) -> None:
        """CAN-SPAM and its kin: every marketing mail says how to leave, and who writes from where."""
        end = body.spot(max(0, len(body.text.rstrip()) - 1))
        for root, attribute in (("unsubscribe_url", None), ("shop", "postal_address")):
            name = f"{root}.{attribute}" if attribute else root
            for part, what in ((html, "HTML"), (text, "text")):
                if not part.always_names(root, attribute):
                    message = f"a marketing mail shows {{{{ {name} }}}} to everybody, outside of if and for"
                    self.mistakes.append(end.mistake(f"{message}: it is not in the {what}", "no-way-out"))
                    break


@lru_cache(maxsize=512)
def _compiled(body: Traced, campaign: Campaign, whole: Spot) -> _Body:
    """The dear part, done once for a body whoever uses it: MJML takes 100 times as long as all the rest."""
    mail, mistakes, warnings = compile_mail(body, campaign)
    if mail is None or mistakes:
        return _Body(None, tuple(mistakes), tuple(warnings))
    try:
        html = Part.of(mail.html, whole, _with_links(campaign, autoescape=True))
        text = Part.of(mail.text, whole, _with_links(campaign, autoescape=False))
    except TemplateSyntaxError as error:
        torn = whole.mistake(f"an if or for does not survive MJML where it stands: {error.message}")
        return _Body(None, (torn,), tuple(warnings))
    if len(html.source.encode()) > CLIPPED_BYTES:
        message = f"the HTML is longer than {CLIPPED_BYTES} bytes: Gmail will cut off its end"
        warnings.append(whole.mistake(message, "clipped-mail"))
    return _Body((html, text), (), tuple(warnings))


def _with(names: Names, more: dict[str, None]) -> Names:
    return Names({**names.roots, **more}, names.questions)


def _with_links(campaign: Campaign, *, autoescape: bool) -> ImmutableSandboxedEnvironment:
    made = environment(autoescape=autoescape)
    made.filters.update(link_filters(campaign))
    return made


def _version(*sources: str) -> str:
    return sha256("\0".join(sources).encode()).hexdigest()[:12]
