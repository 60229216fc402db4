"""Is a whole file read as it is meant, or refused with everything that is wrong in it?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from regulars.journeys.happening import Happening, Start
from regulars.journeys.load import load_book, read_book
from regulars.journeys.mistakes import Mistake, Mistakes
from regulars.journeys.model import Book, If, Market, Send, Wait, WaitFor, WaitUntil
from regulars.journeys.span import Span
from regulars.journeys.yaml_source import LENGTH

Whole = Callable[..., str]
Read = Callable[[str], tuple[Mistake, ...]]

EVERY_STEP = """\
      - email: a/hello-there
        purpose: service
        topic: care
        valid_for: 6 hours
        if: not did("Order Refunded", within="30 days")
      - sms: a/text
        id: texted
        was: sms_1
      - wait: 2 weeks
      - wait_until: "09:30"
      - wait_until: {at: "18:00", days: [monday, friday]}
        if: customer.phone
      - wait_for: {event: Email Clicked, of: hello_there, where: "event.url", within: 1 day}
        id: click
        then: [wait: 1 hour]
        otherwise: [wait: 2 hours]
      - if: '"DE" == customer.country'
        then:
          - wait: 1 day
        else:
          - sms: b/last
"""


def book(text: str) -> Book:
    return read_book(text, "journeys.yaml")


def test_every_step_is_read_with_its_words(whole: Whole) -> None:
    assert book(whole("steps", EVERY_STEP)).journeys["first"].steps == (
        Send(
            *("email", "hello_there", "hello_there", "a/hello-there", "service", "care", Span(6, "hour")),
            condition='not did("Order Refunded", within="30 days")',
        ),
        Send("sms", "texted", "sms_1", "a/text"),
        Wait("wait", "wait_1", "wait_1", Span(2, "week")),
        WaitUntil("wait_until", "wait_until_1", "wait_until_1", "09:30"),
        WaitUntil("wait_until", "wait_until_2", "wait_until_2", "18:00", ("monday", "friday"), "customer.phone"),
        WaitFor(
            *("wait_for", "click", "click", Happening("Email Clicked", "event.url", "hello_there"), Span(1, "day")),
            then=(Wait("wait", "wait_2", "wait_2", Span(1, "hour")),),
            otherwise=(Wait("wait", "wait_3", "wait_3", Span(2, "hour")),),
        ),
        If(
            *("if", "if_1", "if_1", '"DE" == customer.country'),
            then=(Wait("wait", "wait_4", "wait_4", Span(1, "day")),),
            otherwise=(Send("sms", "last", "last", "b/last"),),
        ),
    )


def test_what_is_not_said_has_its_default(whole: Whole) -> None:
    journey = book(whole("journey")).journeys["first"]
    assert (journey.title, journey.priority) == ("First", "normal")
    assert (journey.goal, journey.leave, journey.while_) == (None, (), None)
    assert book(whole("start", "{event: Customer Created}")).journeys["first"].start == Start("Customer Created")


def test_a_key_is_kept_as_the_name_of_the_property(whole: Whole) -> None:
    start = "{event: Checkout Started, key: event.checkout_id, settle: 5 minutes, again: after 2 weeks}"
    assert book(whole("start", start)).journeys["first"].start == Start(
        "Checkout Started", None, "checkout_id", Span(5, "minute"), Span(2, "week")
    )


def test_leave_takes_one_happening_or_a_list(whole: Whole) -> None:
    one = book(whole("journey", "    leave: {event: Email Complained, of: b}\n"))
    many = book(whole("journey", "    leave: [{event: Order Paid}, {event: SMS Stopped, of: c}]\n"))
    assert one.journeys["first"].leave == (Happening("Email Complained", None, "b"),)
    assert many.journeys["first"].leave == (Happening("Order Paid"), Happening("SMS Stopped", None, "c"))


def test_norway_is_a_market_when_it_is_quoted(whole: Whole) -> None:
    markets = book(whole("house", '  markets: {"NO": {locale: nb-NO, currency: NOK}}\n')).house.markets
    assert markets == {"NO": Market("NO", locale="nb-NO", currency="NOK")}


def test_a_service_message_needs_no_postal_address(whole: Whole) -> None:
    text = "<house but postal_address><journey>    steps: [{email: a/b, purpose: service}]\n"
    assert book(whole("file", text)).house.postal_address == ""


def test_a_custom_event_is_known_once_it_has_come_in(whole: Whole) -> None:
    text = whole("start", "{event: Tea Ceremony Booked, again: never, where: event.guests > 2}")
    with pytest.raises(Mistakes, match="unknown event 'Tea Ceremony Booked'"):
        book(text)
    learnt = read_book(text, "journeys.yaml", learnt=["Tea Ceremony Booked"])
    assert learnt.journeys["first"].start.where == "event.guests > 2"


def test_templates_are_looked_for_by_channel_and_name(whole: Whole) -> None:
    names = {"email": frozenset({"a/b", "a/c"}), "sms": frozenset({"a/b"})}
    with pytest.raises(Mistakes) as caught:
        read_book(whole("house"), "journeys.yaml", templates=names.__getitem__)
    assert [(one.step, one.message) for one in caught.value.found] == [
        ("c", "there is no template 'a/c' below templates/sms/; did you mean 'a/b'?")
    ]


def test_all_mistakes_come_in_one_run_in_the_order_of_the_file(whole: Whole, mistakes_in: Read) -> None:
    text = (
        whole("timezone", "Mars/Olympus")
        .replace("again: never", "again: nevr")
        .replace("    steps:\n", "    gaol: {}\n    steps:\n      - wait: 1 dya\n      - wait_until: 9\n")
        + "  second:\n    start: {event: Order Payed}\n"
    )
    assert [(one.line, one.journey, one.step) for one in mistakes_in(text)] == [
        (3, None, None),
        (11, "first", None),
        (12, "first", None),
        (14, "first", "wait_1"),
        (15, "first", "wait_until_1"),
        (18, "second", None),
        (19, "second", None),
    ]


def test_a_mistake_prints_as_one_line_that_names_file_line_journey_and_step(whole: Whole, mistakes_in: Read) -> None:
    (mistake,) = mistakes_in(whole("steps", "      - wait: 2 dais\n"))
    assert str(mistake).startswith("journeys.yaml:13:15: journey first, step wait_1: expected a span like")
    with pytest.raises(Mistakes) as caught:
        book(whole("steps", "      - wait: 2 dais\n"))
    assert str(caught.value) == str(mistake)


def refused(path: Path) -> str:
    with pytest.raises(Mistakes) as caught:
        load_book(path)
    (mistake,) = caught.value.found
    return str(mistake).removeprefix(f"{path}:")


def test_a_file_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    assert refused(tmp_path / "journeys.yaml") == "1:1: the file cannot be read: No such file or directory"
    assert refused(tmp_path) == "1:1: the file cannot be read: Is a directory"


def test_a_file_in_another_encoding_is_a_mistake_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "journeys.yaml"
    path.write_bytes("house:\n  name: Köln\n".encode("latin-1"))
    assert refused(path) == "2:10: expected a file in UTF-8: save it with that encoding"


def test_a_byte_order_mark_and_the_line_ends_of_windows_do_no_harm(tmp_path: Path, whole: Whole) -> None:
    path = tmp_path / "journeys.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + whole("steps", EVERY_STEP).replace("\n", "\r\n").encode())
    assert load_book(path) == book(whole("steps", EVERY_STEP))
    path.write_bytes(b"\xef\xbb\xbf" + whole("steps", "      - wait: 1 day\n        if: x.y + 'a' > b\n").encode())
    with pytest.raises(Mistakes) as caught:
        load_book(path)
    assert [one.column for one in caught.value.found] == [13, 19, 25]


@pytest.mark.parametrize("size", [LENGTH + 1, 10_000_000])
def test_a_file_beyond_all_length_is_a_mistake(tmp_path: Path, size: int) -> None:
    path = tmp_path / "journeys.yaml"
    path.write_bytes(b"#" * size)
    assert refused(path) == "1:1: the file is too long: at most 1,000,000 characters are read"


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "{a: ", "[{a: "])
def test_a_file_nested_beyond_all_depth_is_a_mistake(opening: str, mistakes_in: Read) -> None:
    (mistake,) = mistakes_in(opening * 100_000)
    assert mistake.message == "nested more than 40 deep"


def test_branches_within_branches_are_read_as_deep_as_a_file_may_go(whole: Whole) -> None:
    text = "".join(" " * (6 + 4 * n) + "- if: customer.phone\n" + " " * (8 + 4 * n) + "then:\n" for n in range(15))
    steps = book(whole("steps", text + " " * 66 + "- wait: 1 day\n")).journeys["first"].steps
    for _ in range(15):
        (step,) = steps
        assert isinstance(step, If)
        steps = step.then
    assert isinstance(steps[0], Wait)
