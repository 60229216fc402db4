"""Is what is read from a folder of templates whole, bounded, and the same on every machine?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mail_page import mail
from sqlalchemy.exc import OperationalError

from regulars.delivery import files
from regulars.delivery.templates import Templates
from regulars.journeys.jinja import Names


def written(folder: Path, path: str, content: bytes) -> Path:
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return folder


def messages(folder: Path) -> list[str]:
    return [f"{one.file}: {one.message}" for one in files.read(folder)[1]]


def test_lines_and_marks_of_other_systems_make_no_difference(tmp_path: Path) -> None:
    unix = written(tmp_path / "a", "sms/j/t.en.txt", b"Hi\nthere\n")
    other = written(tmp_path / "b", "sms/j/t.en.txt", b"\xef\xbb\xbfHi\r\nthere\r\n")
    assert files.read(unix) == files.read(other) == ({"sms/j/t.en.txt": "Hi\nthere\n"}, [])


def test_a_file_that_no_database_keeps_or_that_is_too_long_is_a_mistake(tmp_path: Path) -> None:
    folder = written(tmp_path / "templates", "sms/j/zero.en.txt", b"Hi \0 there")
    written(folder, "sms/j/long.en.txt", b"x" * (files.FILE_LIMIT + 1))
    written(folder, "sms/j/fits.en.txt", b"x" * files.FILE_LIMIT)
    assert messages(folder) == [
        "templates/sms/j/long.en.txt: expected at most 400,000 bytes",
        "templates/sms/j/zero.en.txt: expected text, found a zero at byte 3",
    ]


def test_all_templates_together_are_bounded(tmp_path: Path) -> None:
    folder, many = tmp_path / "templates", files.SET_LIMIT // files.FILE_LIMIT
    for number in range(many):
        written(folder, f"sms/j/t{number}.en.txt", b"x" * files.FILE_LIMIT)
    assert messages(folder) == []
    written(folder, "sms/j/more.en.txt", b"x")
    assert messages(folder) == [f"{folder}: expected at most 8,000,000 bytes of templates, found 8,000,001"]


def test_what_an_editor_leaves_beside_is_not_read(tmp_path: Path) -> None:
    folder = written(tmp_path / "templates", "sms/j/.t.en.txt.swp", b"\xff\0")
    written(folder, "email/.git/config", b"x")
    assert files.read(folder) == ({}, [])


def test_a_database_that_is_away_is_not_the_customers_fault(write: Any, context: dict[str, Any]) -> None:
    """A question that cannot be answered now may be answered later: the message must not fail for good."""

    def bought(**_: object) -> bool:
        raise OperationalError("SELECT", {}, OSError("gone"))

    page = mail("<mj-text>{% if bought() %}x{% endif %}</mj-text>")
    roots = ("customer", "shop", "unsubscribe_url")
    names = Names(dict.fromkeys(roots), frozenset({"bought"}))
    templates = Templates.of({"email/j/t.en.mjml": page}, lambda channel, template: names, house_locale="en")
    with pytest.raises(OperationalError):
        templates.email("j/t", "en", {**context, "bought": bought})
