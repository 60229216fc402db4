"""Does each check find what provokes it, in its place, and leave alone what just does not?"""

from __future__ import annotations

from pathlib import Path

import pytest
from check_shop import Pair, checked, places
from heard_pairs import HEARD_PAIRS
from loading_pairs import LOADING_PAIRS
from reach_pairs import REACH_PAIRS
from sending_pairs import SENDING_PAIRS
from template_pairs import TEMPLATE_PAIRS

from regulars.checks.table import LOADING, TABLE

PAIRS: dict[str, dict[str, Pair]] = {}
for pairs in (LOADING_PAIRS, REACH_PAIRS, HEARD_PAIRS, SENDING_PAIRS, TEMPLATE_PAIRS):
    PAIRS |= pairs
EACH = [pytest.param(code, pair, id=f"{code}: {name}") for code, pairs in PAIRS.items() for name, pair in pairs.items()]


@pytest.mark.parametrize(("code", "pair"), EACH)
def test_a_check_finds_what_provokes_it_where_it_stands(code: str, pair: Pair, tmp_path: Path) -> None:
    found, marks = checked(tmp_path, pair[0])
    of_code = [one for one in found.findings if one.code == code]
    assert places(tmp_path, of_code) == [(path, *place) for path, place in marks.items()], found.findings
    assert all(one.message and one.mend.endswith(".") for one in of_code)


@pytest.mark.parametrize(("code", "pair"), EACH)
def test_a_check_leaves_alone_what_just_does_not_provoke_it(code: str, pair: Pair, tmp_path: Path) -> None:
    found, _ = checked(tmp_path, pair[1])
    assert [one for one in found.findings if one.code == code] == []
    assert [one for one in found.findings if one.severity == "error"] == []


def test_every_check_of_the_table_has_its_pair_and_no_code_stands_there_twice() -> None:
    assert sorted(PAIRS) == sorted(check.code for check in TABLE)


def test_every_mistake_of_loading_is_in_the_table() -> None:
    assert set(LOADING) <= {check.code for check in TABLE}


def test_the_shop_of_these_tests_is_all_right(tmp_path: Path) -> None:
    assert checked(tmp_path, {})[0].findings == ()
