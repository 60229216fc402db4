"""Does everybody get the best language there is?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.delivery.locales import choose, fallbacks, formatting, normal

CHOICES = [
    ("zh-Hans-CN", ["zh-CN", "zh", "en"], "en", "zh-CN"),
    ("zh-Hans-CN", ["zh", "en"], "en", "zh"),
    ("zh_CN", ["zh-CN", "en"], "en", "zh-CN"),
    ("zh-CN", ["zh_CN", "en"], "en", "zh_CN"),
    ("zh-hant-tw", ["zh-Hant", "zh", "en"], "en", "zh-Hant"),
    ("enCA", ["en", "fr"], "fr", "en"),
    ("fr-CA", ["de", "en"], "de-DE", "de"),
    ("fr", ["en", "zh"], "de", "en"),
    ("fr", ["zh", "ja"], "de", "ja"),
    ("", ["zh", "de"], "de", "de"),
    ("!!", ["zh", "de"], "zh-CN", "zh"),
    (None, ["en"], "xx", "en"),
]


@pytest.mark.parametrize(("wanted", "available", "house", "expected"), CHOICES)
def test_the_best_language_is_chosen(wanted: str | None, available: list[str], house: str, expected: str) -> None:
    assert choose(wanted, available, house) == expected


def test_what_may_stand_in_for_a_tag_grows_more_general() -> None:
    assert list(fallbacks("zh-Hans-CN")) == ["zh-Hans-CN", "zh-CN", "zh-Hans", "zh"]
    assert list(fallbacks("enCA")) == ["en-CA", "en"]
    assert list(fallbacks("nonsense")) == []


def test_figures_are_the_customers_where_the_text_is_in_their_language() -> None:
    assert formatting("en-GB", "en") == "en_GB"
    assert formatting("de-DE", "en") == "en"
    assert formatting("zh_hans_cn", "zh-CN") == "zh_Hans_CN"


def test_nothing_to_choose_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        choose("en", [], "en")


@given(st.text(max_size=12), st.sets(st.sampled_from(["en", "zh-CN", "de", "pt_BR"]), min_size=1))
def test_somebody_always_gets_something_and_a_normal_tag_stays_as_it_is(wanted: str, available: set[str]) -> None:
    assert choose(wanted, available, "en") in available
    assert normal(normal(wanted)) == normal(wanted)
