"""Which files are templates? Read from a folder, each in its place, as texts by path; or what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from regulars.delivery.locales import normal
from regulars.journeys.channels import CHANNELS, TRAITS_OF, Channel
from regulars.journeys.mistakes import Mistake

FILE_LIMIT: Final = 400_000  # bytes; the language takes 200,000 characters
SET_LIMIT: Final = 8_000_000  # bytes of all together: the database keeps a set for each version that is walked
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class File:
    """A template in one language. `path` is below the folder of templates."""

    path: str
    channel: Channel
    journey: str
    name: str
    locale: str

    @property
    def template(self) -> str:
        return f"{self.journey}/{self.name}"


def read(folder: Path) -> tuple[dict[str, str], list[Mistake]]:
    """Texts by path, of templates and layouts. What is named otherwise is a mistake, not overlooked."""
    mistakes: list[Mistake] = []

    def wrong(path: str, message: str) -> None:
        place = f"{folder.name}/{path}" if path else str(folder)
        mistakes.append(Mistake(place, 1, 1, None, None, message, None, "unreadable-file"))

    if not folder.is_dir():
        wrong("", "there is no such folder of templates")
        return {}, mistakes
    texts: dict[str, str] = {}
    seen: dict[tuple[Channel, str, str], str] = {}
    size = 0
    for channel in CHANNELS:
        for place in sorted((folder / channel).rglob("*")):
            path = place.relative_to(folder).as_posix()
            if place.is_dir() or _is_left_over(place.relative_to(folder)):
                continue
            file = None if is_layout(path) else _file(path, channel)
            if isinstance(file, str):
                wrong(path, file)
                continue
            if file is not None:
                key = (channel, file.template, normal(file.locale))
                if (first := seen.setdefault(key, path)) != path:
                    wrong(path, f"expected one file for each locale, but {folder.name}/{first} is for the same")
                    continue
            text = _text(place)
            if isinstance(text, _Unreadable):
                wrong(path, text.reason)
                continue
            texts[path] = text
            size += len(text.encode())
    if size > SET_LIMIT:
        wrong("", f"expected at most {SET_LIMIT:,} bytes of templates, found {size:,}")
    return texts, mistakes


def _is_left_over(path: Path) -> bool:
    """What systems and editors leave beside the files."""
    return any(part.startswith(".") for part in path.parts) or path.name.endswith(("~", ".bak", ".orig", ".swp"))


def templates(texts: Mapping[str, str], channel: Channel) -> Iterator[File]:
    """The templates of a channel among texts that were read, by path."""
    for path in sorted(texts):
        if path.startswith(f"{channel}/") and not is_layout(path) and isinstance(file := _file(path, channel), File):
            yield file


def is_layout(path: str) -> bool:
    """Whether mails extend this one."""
    return path.startswith("email/_") and path.endswith(TRAITS_OF["email"].ending) and path.count("/") == 1


def _file(path: str, channel: Channel) -> File | str:
    """What a path says of a template, or how it should look."""
    ending, parts = TRAITS_OF[channel].ending, path.split("/")
    name, dot, locale = parts[-1].removesuffix(ending).partition(".")
    if len(parts) != 3 or not parts[-1].endswith(ending) or not dot or not _NAME.fullmatch(name):
        return f"expected {channel}/<journey>/<name>.<locale>{ending}, in lower-case letters"
    if not normal(locale):
        return f"expected a locale like en or zh-CN before {ending}, not '{locale}'"
    return File(path, channel, parts[1], name, locale)


@dataclass(frozen=True, slots=True)
class _Unreadable:
    reason: str


def _text(place: Path) -> str | _Unreadable:
    """What the file says, its lines ending as ours do."""
    try:
        with place.open("rb") as file:
            raw = file.read(FILE_LIMIT + 1)
    except OSError as error:
        return _Unreadable(f"the file cannot be read: {error.strerror or error}")
    if len(raw) > FILE_LIMIT:
        return _Unreadable(f"expected at most {FILE_LIMIT:,} bytes")
    if b"\0" in raw:  # which no database keeps in a text
        return _Unreadable(f"expected text, found a zero at byte {raw.index(0)}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _Unreadable(f"not UTF-8 at byte {error.start}")
    return text.replace("\r\n", "\n").replace("\r", "\n")
