"""Is every mistake of segments.yaml found in its place, in the segment where it is?

In each text a `«` stands before the place where the mistake is expected.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from regulars.journeys.load import load_book
from regulars.journeys.mistakes import Mistake, Mistakes

Case = tuple[str, str | None, str]  # the file, the segment, the message
Read = Callable[..., tuple[Mistake, ...]]
Place = Callable[..., str]

SEGMENT_MISTAKES: dict[str, Case] = {
    "field of no customer": (
        "segments:\n  vip: {where: customer.«ordrs >= 3}\n",
        "vip",
        "'customer' has no 'ordrs'; did you mean 'orders'?",
    ),
    "field alone": ("segments:\n  vip: {where: «orders >= 3}\n", "vip", "unknown name 'orders'"),
    "event, where nothing happens": (
        "segments:\n  vip: {where: «event.total_minor > 5}\n",
        "vip",
        "unknown name 'event'",
    ),
    "event in a question": (
        "segments:\n  vip:\n    where: did(«'Ordr Completed')\n",
        "vip",
        "unknown event 'Ordr Completed'; did you mean 'Order Completed'?",
    ),
    "journey in a question": ("segments:\n  vip:\n    where: in_journey(«'frist')\n", "vip", "did you mean 'first'?"),
    "span in a question": (
        "segments:\n  vip:\n    where: count('Order Paid', within=«'3 months') > 2\n",
        "vip",
        "did you mean '90 days'?",
    ),
    "segment of a segment": (
        "segments:\n  vip: {where: customer.orders > 3}\n  best:\n    where: in_segment(«'vip')\n",
        "best",
        "a segment cannot ask for another one: write the condition of that here",
    ),
    "segment of itself": (
        "segments:\n  vip:\n    where: not in_segment(«'vip')\n",
        "vip",
        "cannot ask for another one",
    ),
    "no condition": ("segments:\n  «vip: {title: VIP}\n", "vip", "a segment needs 'where'"),
    "condition of nothing": ("segments:\n  vip:\n    «where:\n", "vip", "expected a condition, found nothing"),
    "condition that is a list": ("segments:\n  vip: {where: «[a]}\n", "vip", "expected a condition, found a list"),
    "condition that is cut": (
        "segments:\n  vip: {where: «did('Order Paid', within='3 days')}\n",
        "vip",
        "goes on its own line: write 'where: <condition>'",
    ),
    "condition that begins with a quote": (
        'segments:\n  german:\n    where: "DE" «== customer.country\n',
        "german",
        "is quoted whole: write where: '\"DE\" == customer.country'",
    ),
    "bare condition": ("segments:\n  vip: «customer.orders > 3\n", "vip", "a segment: expected title, where below it"),
    "unknown word": ("segments:\n  vip: {«were: 'true', where: customer.orders}\n", "vip", "did you mean 'where'?"),
    "word of a journey": ("segments:\n  vip: {where: customer.orders, «while: x}\n", "vip", "below a journey's name"),
    "title of nothing": (
        "segments:\n  vip: {«title: , where: customer.orders}\n",
        "vip",
        "expected a text, found nothing",
    ),
    "name": ("segments:\n  «VIP: {where: customer.orders}\n", "VIP", "expected an id of small letters, digits and _"),
    "name of everybody": (
        "segments:\n  «everyone: {where: customer.orders}\n",
        "everyone",
        "'everyone' is everybody, and no segment: call it otherwise",
    ),
    "segment twice": (
        "segments:\n  vip: {where: customer.orders}\n  «vip: {where: customer.phone}\n",
        None,
        "'vip' is written twice, first in line 2",
    ),
    "bare no": ("segments:\n  vip: {where: customer.orders, title: «no}\n", "vip", 'write "no" for the word'),
    "no segments": ("segments: «[]\n", None, "segments: expected segments by their names, found a list"),
    "nothing below": ("«segments:\n", None, "segments: expected segments by their names, found nothing"),
    "top word": (
        "«vip: {where: customer.orders}\nsegments: {vip: {where: customer.orders}}\n",
        None,
        "expected segments",
    ),
    "journeys among segments": (
        "«journeys: {}\nsegments: {vip: {where: customer.orders}}\n",
        None,
        "the file has no word 'journeys': it stands at the top of journeys.yaml",
    ),
    "a list": ("«- vip\n", None, "the file: expected segments below it, found a list"),
    "a tab": ("segments:\n«\tvip: {}\n", None, "a tab: lines are indented with spaces"),
}


@pytest.mark.parametrize("case", SEGMENT_MISTAKES.values(), ids=SEGMENT_MISTAKES.keys())
def test_a_mistake_in_a_segment_is_found_in_its_place(case: Case, mistakes_in: Read, whole: Place) -> None:
    written, segment, message = case
    before, _, after = written.partition("«")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    (found,) = mistakes_in(whole("journey"), before + after)
    assert (found.file, found.line, found.column, found.segment) == ("segments.yaml", line, column, segment), found
    assert message in found.message
    assert (found.journey, found.step) == (None, None)


def test_a_mistake_prints_with_its_segment(mistakes_in: Read, whole: Place) -> None:
    (found,) = mistakes_in(whole("journey"), "segments:\n  vip: {where: customer.ordrs}\n")
    assert str(found).startswith("segments.yaml:2:25: segment vip: 'customer' has no 'ordrs'")


def test_mistakes_of_both_files_come_in_one_run(mistakes_in: Read, whole: Place) -> None:
    found = mistakes_in(whole("start", "{enters: vpi, again: never}"), "segments:\n  vip: {were: 'true'}\n")
    assert [(one.file, one.line) for one in found] == [
        ("journeys.yaml", 11),
        ("segments.yaml", 2),
        ("segments.yaml", 2),
    ]


def test_a_segment_with_a_mistake_is_known_to_the_journeys_all_the_same(mistakes_in: Read, whole: Place) -> None:
    (found,) = mistakes_in(whole("start", "{enters: vip, again: never}"), "segments:\n  vip: {where: ordrs}\n")
    assert found.file == "segments.yaml"


def test_a_segments_file_that_is_no_yaml_is_one_mistake_however_many_journeys_speak_of_it(
    mistakes_in: Read, whole: Place
) -> None:
    (found,) = mistakes_in(
        whole("start", "{enters: vip, again: never}"), "segments:\n  vip:\n\twhere: customer.phone\n"
    )
    assert (found.file, found.line) == ("segments.yaml", 3)


def test_the_segments_stand_beside_the_journeys(tmp_path: Path, whole: Place) -> None:
    journeys, segments = tmp_path / "journeys.yaml", tmp_path / "segments.yaml"
    journeys.write_text(whole("start", "{enters: vip, again: never}"))
    segments.write_text("segments:\n  vip: {title: Best, where: customer.orders >= 3}\n")
    assert load_book(journeys).house.segments["vip"].title == "Best"
    segments.write_bytes("segments: {vip: {title: schön}}".encode("latin-1"))
    with pytest.raises(Mistakes) as caught:
        load_book(journeys)
    (found,) = caught.value.found
    assert str(found) == f"{segments}:1:28: expected a file in UTF-8: save it with that encoding"
    segments.unlink()
    with pytest.raises(Mistakes, match="there is no segment 'vip'"):
        load_book(journeys)


@pytest.mark.parametrize("text", ["", "\n\n", "# none yet\n"])
def test_a_file_that_says_nothing_has_no_segments(mistakes_in: Read, whole: Place, text: str) -> None:
    assert mistakes_in(whole("journey"), text) == ()
