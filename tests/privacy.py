"""Does a text hold anything of a person? Every text of a history is looked at: payloads, failures, memos, all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, MutableMapping, MutableSequence
from typing import Any
from urllib.parse import unquote

import phonenumbers
from google.protobuf.message import Message
from temporalio.client import WorkflowHistory

_EMAIL = re.compile(r"[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.:])\+\d[\d ().-]{6,}\d")
_BETWEEN = r"[\s().\-/]*"  # what people put between a phone number's digits
_MACHINE = frozenset({"identity"})  # process and host of a worker


def personal_data_in(history: WorkflowHistory | Message, known: Iterable[str] = ()) -> list[str]:
    """E-mail addresses, phone numbers and anything `known` found in a history, each with its place; empty when clean.

    `known`: what the customers of the run are called, their addresses, and any other words that must not be there. A
    word in E.164 ("+14155550123") is found however it is written.
    """
    words = patterns(known)
    messages: Iterable[Message] = history.events if isinstance(history, WorkflowHistory) else [history]
    return [
        f"{place}: {hit}"
        for message in messages
        for place, text in _texts(message, message.DESCRIPTOR.name)
        for hit in personal_data(text, words)
    ]


def patterns(known: Iterable[str]) -> list[re.Pattern[str]]:
    """How each of these words is looked for: whole, a phone number in any spelling, an address in any case."""
    return [_pattern(word) for word in sorted({word for word in known if word})]


def personal_data(text: str, words: Iterable[re.Pattern[str]]) -> list[str]:
    """What one text holds of a person, as it is written and as JSON and URLs escape it."""
    readings = dict.fromkeys(reading for plain in (text, *_json_strings(text)) for reading in (plain, unquote(plain)))
    looks = (_EMAIL, _PHONE, *words)
    return list(dict.fromkeys(hit[0] for reading in readings for look in looks for hit in look.finditer(reading)))


def _pattern(word: str) -> re.Pattern[str]:
    if re.fullmatch(r"\+\d{7,15}", word):
        number = phonenumbers.parse(word)
        digits = _BETWEEN.join(str(number.national_number))
        return re.compile(rf"(?<!\d)(?:(?:\+|00)?{number.country_code}{_BETWEEN})?(?:\(?0\)?)?{_BETWEEN}{digits}(?!\d)")
    if "@" in word:
        return re.compile(re.escape(word), re.IGNORECASE)
    # Chinese sets no space between words, and "Grace" is not in "Graceful".
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)" if word.isascii() else re.escape(word))


def _json_strings(text: str) -> Iterator[str]:
    """Keys and strings of a JSON document, unescaped; nothing where the text is none."""
    try:
        yield from _strings(json.loads(text))
    except ValueError:
        return


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _texts(message: Message, place: str) -> Iterator[tuple[str, str]]:
    """Every string and every bytes of a message, however deep."""
    for descriptor, value in message.ListFields():
        if descriptor.name in _MACHINE:
            continue
        yield from _of(value, f"{place}.{descriptor.name}")


def _of(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Message):
        yield from _texts(value, place)
    elif isinstance(value, str):
        yield place, value
    elif isinstance(value, bytes):
        yield place, value.decode(errors="replace")
    elif isinstance(value, MutableMapping):
        for key, item in value.items():
            yield from _of(key, place)
            yield from _of(item, f"{place}[{key}]")
    elif isinstance(value, MutableSequence):
        for item in value:
            yield from _of(item, place)
