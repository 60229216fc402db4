"""Does an address tell its time zone, and a code its normal form?"""

from __future__ import annotations

import json
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from regulars.customers import places
from regulars.customers.places import is_zone, normal_country, normal_locale, timezone_of

TABLE = json.loads((files(places.__package__ or "") / "data/province_zones.json").read_text("utf-8"))
STATES = (
    "AL AK AZ AR CA CO CT DC DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY"
)


@pytest.mark.parametrize(
    ("country", "province", "zone"),
    [
        ("DE", None, "Europe/Berlin"),  # two zones in the table, one time
        ("GB", "ENG", "Europe/London"),
        ("MY", None, "Asia/Kuala_Lumpur"),
        ("AR", None, "America/Argentina/Buenos_Aires"),
        ("US", "KY", "America/New_York"),
        ("US", "TX", "America/Chicago"),
        ("US", "AZ", "America/Phoenix"),
        ("us", " ca ", "America/Los_Angeles"),
        ("US", "US-HI", "Pacific/Honolulu"),
        ("CA", "NL", "America/St_Johns"),
        ("CA", "SK", "America/Regina"),
        ("AU", "QLD", "Australia/Brisbane"),
        ("AU", "SA", "Australia/Adelaide"),
        ("BR", "AM", "America/Manaus"),
        ("BR", "SP", "America/Sao_Paulo"),
        ("MX", "Q ROO", "America/Cancun"),
        ("MX", "BC", "America/Tijuana"),
        ("MX", "JAL", "America/Mexico_City"),
        ("RU", "MOW", "Europe/Moscow"),
        ("RU", "PRI", "Asia/Vladivostok"),
        ("ID", "BA", "Asia/Makassar"),
        ("PT", "PT-20", "Atlantic/Azores"),
        ("PT", None, "Europe/Lisbon"),
        ("ES", "GC", "Atlantic/Canary"),
        ("ES", "M", "Europe/Madrid"),
        ("US", None, None),
        ("US", "XX", None),
        ("US", "AE", None),
        ("BR", None, None),
        ("RU", "", None),
        ("ZZ", None, None),
        (None, "CA", None),
        ("United States", "CA", None),
        ("", "", None),
    ],
)
def test_an_address_tells_its_zone_where_it_can(country: str | None, province: str | None, zone: str | None) -> None:
    assert timezone_of(country, province) == zone


def test_every_state_of_the_union_has_a_zone() -> None:
    assert [state for state in STATES.split() if timezone_of("US", state) is None] == []


def test_every_zone_of_the_table_is_one_of_its_country_and_names_each_province_once() -> None:
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    known = {(line.split("\t")[0], line.split("\t")[2]) for line in lines if not line.startswith("#")}
    own = {"PR", "VI", "GU", "MP", "AS", "PW", "MH"}  # countries in the table that shops send as states
    for country, row in TABLE["countries"].items():
        named = [province for provinces in row["zones"].values() for province in provinces]
        assert len(named) == len(set(named)), country
        for zone in [*row["zones"], *([row["elsewhere"]] if row["elsewhere"] else [])]:
            homes = {country, *(own if country == "US" else ())} | ({"RS"} if country == "XK" else set())
            assert any((home, zone) in known for home in homes), (country, zone)


def test_every_country_that_has_only_one_time_has_a_zone_and_no_other_is_guessed() -> None:
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    countries = {line.split("\t")[0] for line in lines if not line.startswith("#")}
    undecided = {country for country in countries if timezone_of(country, None) is None}
    assert undecided == {"AQ", "AU", "BR", "CA", "CD", "FM", "ID", "MX", "RU", "UM", "US"}


def test_every_zone_given_can_be_computed_in() -> None:
    zones = {zone for row in TABLE["countries"].values() for zone in row["zones"]}
    assert all(is_zone(zone) and ZoneInfo(zone) for zone in zones)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("en_CA", "en-CA"),
        ("en-CA", "en-CA"),
        ("enCA", "en-CA"),
        ("EN_us", "en-US"),
        ("en", "en"),
        ("zh-Hans-CN", "zh-Hans-CN"),
        ("zh-CN", "zh-CN"),
        ("zh_TW", "zh-TW"),
        ("pt-BR", "pt-BR"),
        ("es-419", "es-419"),
        ("de_DE.UTF-8", "de-DE"),
        ("en-GB-oxendict", "en-GB"),
        ("iw", "he"),
        (" fr ", "fr"),
        ("en_XX", "en"),
        ("enXX", "en"),
        ("xx", None),
        ("xx-US", None),
        ("und", None),
        ("und-US", None),
        ("root", None),
        ("", None),
        (None, None),
        ("*", None),
        ("en\x00", None),
        ("../../etc", None),
    ],
)
def test_locales_have_one_form(text: str | None, normal: str | None) -> None:
    assert normal_locale(text) == normal


@given(st.text(max_size=20) | st.from_regex(r"[a-z]{2,3}([-_]?[A-Za-z]{2,4}){0,3}", fullmatch=True))
def test_any_text_is_none_or_a_locale_that_formats(text: str) -> None:
    normal = normal_locale(text)
    if normal is not None:
        assert normal_locale(normal) == normal
        Locale.parse(normal, sep="-")


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Europe/Berlin", True),
        ("UTC", True),
        ("America/Argentina/Ushuaia", True),
        ("Europe/Atlantis", False),
        ("", False),
        (None, False),
        ("Factory", False),
        ("localtime", False),
        ("../etc/passwd", False),
        ("europe/berlin", False),
    ],
)
def test_a_zone_is_known_by_its_exact_name(name: str | None, known: bool) -> None:
    assert is_zone(name) is known


@pytest.mark.parametrize(
    ("text", "code"), [("us", "US"), (" de ", "DE"), ("USA", None), ("U1", None), ("éü", None), (None, None)]
)
def test_countries_are_two_letters(text: str | None, code: str | None) -> None:
    assert normal_country(text) == code
