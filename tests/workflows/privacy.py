"""Does a history hold anything of a person? Every text is looked at: payloads, failures, memos, attributes, all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableMapping, MutableSequence
from typing import Any

from google.protobuf.message import Message
from temporalio.client import WorkflowHistory

_EMAIL = re.compile(r"[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.:])\+\d[\d ().-]{6,}\d")
_MACHINE = frozenset({"identity"})  # process and host of a worker


def personal_data_in(history: WorkflowHistory | Message, names: Iterable[str] = ()) -> list[str]:
    """E-mail addresses, phone numbers and any of `names` found in a history, each with its place; empty when clean.

    `names`: what the customers of the run are called, and any other words that must not be there.
    """
    words = [name for name in names if name]
    events: Iterable[Message] = history.events if isinstance(history, WorkflowHistory) else [history]
    found = []
    for event in events:
        for place, text in _texts(event, event.DESCRIPTOR.name):
            hits = [*_EMAIL.findall(text), *_PHONE.findall(text), *(word for word in words if word in text)]
            found += [f"{place}: {hit}" for hit in hits]
    return found


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
