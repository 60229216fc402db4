"""Which templates are there, and is every one of them right? Read, judged and compiled, all mistakes in one run."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from regulars.delivery.layouts import Assembler
from regulars.delivery.links import Campaign, link_filters
from regulars.delivery.locales import normal
from regulars.delivery.mjml import compile_mail
from regulars.delivery.parts import CLIPPED_BYTES, Part
from regulars.delivery.sources import Field, Reader, Written
from regulars.delivery.traced import Spot, Traced
from regulars.journeys.jinja import Names, environment, faults
from regulars.journeys.mistakes import Mistake
from regulars.journeys.model import CHANNELS, Channel

_ENDINGS: Final[dict[Channel, str]] = {"email": ".mjml", "sms": ".txt"}
_HEADS: Final[dict[Channel, frozenset[str]]] = {
    "email": frozenset({"subject", "preview", "sender"}),
    "sms": frozenset(),
}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
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
class CompiledSms:
    """A text message in one language, ready to be rendered."""

    text: Part
    campaign: Campaign
    version: str


@dataclass(frozen=True, slots=True)
class _File:
    """A template's file. `file`: how mistakes name it."""

    path: Path
    file: str
    channel: Channel
    journey: str
    name: str
    locale: str

    @property
    def template(self) -> str:
        return f"{self.journey}/{self.name}"


@dataclass
class Loader:
    """Loads what is below `folder`. Nothing that it holds may be used while there are `mistakes`."""

    folder: Path
    names: Callable[[Channel, str], Names]
    house_locale: str
    service: Collection[str]
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[Mistake] = field(default_factory=list)
    mails: dict[str, dict[str, CompiledMail]] = field(default_factory=dict)
    texts: dict[str, dict[str, CompiledSms]] = field(default_factory=dict)

    def load(self) -> None:
        """Load everything; what is wrong goes to `mistakes`."""
        if not self.folder.is_dir():
            self.mistakes.append(Mistake(str(self.folder), 1, 1, None, None, "there is no such folder of templates"))
            return
        reader = Reader(self.mistakes)
        assembler = Assembler(self._layouts(reader), self.house_locale, self.mistakes)
        for channel in CHANNELS:
            for file in self._files(channel):
                written = reader.read(file.path, file.file, file.journey, _HEADS[channel])
                if written is None:
                    continue
                if channel == "email":
                    self._mail(file, written, assembler)
                else:
                    self._sms(file, written)

    def _layouts(self, reader: Reader) -> dict[str, Written | None]:
        keys = frozenset({"words"})
        paths = sorted((self.folder / "email").glob("_*.mjml"))
        return {path.name: reader.read(path, self._called(path), None, keys) for path in paths}

    def _called(self, path: Path) -> str:
        return f"{self.folder.name}/{path.relative_to(self.folder).as_posix()}"

    def _files(self, channel: Channel) -> Iterator[_File]:
        """The templates of a channel. What is named otherwise than templates are is a mistake, not overlooked."""
        top, ending = self.folder / channel, _ENDINGS[channel]
        seen: dict[tuple[str, str], str] = {}
        for path in sorted(top.rglob("*")):
            parts, called = path.relative_to(top).parts, self._called(path)
            if path.is_dir() or any(part.startswith(".") for part in parts):
                continue
            if len(parts) == 1 and parts[0].startswith("_") and parts[0].endswith(ending) and channel == "email":
                continue
            name, dot, locale = path.name.removesuffix(ending).partition(".")
            if len(parts) != 2 or path.suffix != ending or not dot or not _NAME.fullmatch(name):
                self._misnamed(called, f"expected {channel}/<journey>/<name>.<locale>{ending}, in lower-case letters")
            elif not normal(locale):
                self._misnamed(called, f"expected a locale like en or zh-CN before {ending}, not '{locale}'")
            elif (first := seen.setdefault((f"{parts[0]}/{name}", normal(locale)), called)) != called:
                self._misnamed(called, f"expected one file for each locale, but {first} is for the same")
            else:
                yield _File(path, called, channel, parts[0], name, locale)

    def _misnamed(self, called: str, message: str) -> None:
        self.mistakes.append(Mistake(called, 1, 1, None, None, message))

    def _judged(self, source: str, names: Names, place: Callable[[int, int], Spot]) -> bool:
        """Whether a piece of Jinja may run; what is wrong with it is put in its place."""
        found = faults(source, names)
        self.mistakes += (place(fault.line, fault.column).mistake(fault.message) for fault in found)
        return not found

    def _line(self, key: str, head: Field | None, names: Names) -> Part | None:
        """One line of the head, compiled."""
        if head is None or not self._judged(head.text, names, head.at):
            return None
        return Part.of_lines(head.text, lambda line: head.at(max(1, line), 1), environment(autoescape=False))

    def _sms(self, file: _File, written: Written) -> None:
        names = _with(self.names("sms", file.template), _OWN)
        body = written.body
        if not body.text.strip():
            self.mistakes.append(Mistake(file.file, 1, 1, file.journey, None, "the text is empty"))
        elif self._judged(body.text, names, body.at):
            part = Part.of_lines(body.text, lambda line: body.at(max(1, line), 1), environment(autoescape=False))
            campaign = Campaign("sms", file.journey, file.name)
            made = CompiledSms(part, campaign, _version(body.text))
            self.texts.setdefault(file.template, {})[file.locale] = made

    def _mail(self, file: _File, written: Written, assembler: Assembler) -> None:
        names = self.names("email", file.template)
        lines = {key: self._line(key, one, _with(names, _OWN)) for key, one in written.head.items()}
        if "subject" not in written.head:
            self.mistakes.append(Mistake(file.file, 1, 1, file.journey, None, "expected 'subject: ...' in the head"))
        before = len(self.mistakes)
        body = assembler.assembled(written, file.locale)
        judged = self._judged(body.text, _with(names, _OWN_IN_MAIL), body.at)
        if not judged or len(self.mistakes) > before:
            return
        campaign = Campaign("email", file.journey, file.name)
        mail, mistakes, warnings = compile_mail(body, campaign)
        self.mistakes += mistakes
        self.warnings += warnings
        subject = lines.get("subject")
        if mail is None or mistakes:
            return
        whole = Spot(file.file, 1, 1, file.journey)
        try:
            html = Part.of(mail.html, whole, _with_links(campaign, autoescape=True))
            text = Part.of(mail.text, whole, _with_links(campaign, autoescape=False))
        except TemplateSyntaxError as error:
            self.mistakes.append(whole.mistake(f"an if or for does not survive MJML where it stands: {error.message}"))
            return
        if len(html.source.encode()) > CLIPPED_BYTES:
            message = f"the HTML is longer than {CLIPPED_BYTES} bytes: Gmail will cut off its end"
            self.warnings.append(whole.mistake(message))
        marketing = file.template not in self.service
        if marketing:
            self._lawful(html, text, body)
        if subject is None:
            return
        version = _version(*(part.source for part in (*filter(None, lines.values()), html, text)))
        made = CompiledMail(subject, lines.get("preview"), lines.get("sender"), html, text, marketing, version)
        self.mails.setdefault(file.template, {})[file.locale] = made

    def _lawful(self, html: Part, text: Part, body: Traced) -> None:
        """CAN-SPAM and its kin: every marketing mail says how to leave, and who writes from where."""
        end = body.spot(max(0, len(body.text.rstrip()) - 1))
        for root, attribute in (("unsubscribe_url", None), ("shop", "postal_address")):
            name = f"{root}.{attribute}" if attribute else root
            for part, what in ((html, "HTML"), (text, "text")):
                if not part.always_names(root, attribute):
                    message = f"a marketing mail shows {{{{ {name} }}}} to everybody, outside of if and for"
                    self.mistakes.append(end.mistake(f"{message}: it is not in the {what}"))
                    break


def _with(names: Names, more: dict[str, None]) -> Names:
    return Names({**names.roots, **more}, names.questions)


def _with_links(campaign: Campaign, *, autoescape: bool) -> ImmutableSandboxedEnvironment:
    made = environment(autoescape=autoescape)
    made.filters.update(link_filters(campaign))
    return made


def _version(*sources: str) -> str:
    return sha256("\0".join(sources).encode()).hexdigest()[:12]
