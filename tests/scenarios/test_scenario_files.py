"""Which mistakes can a scenario file have? Each is told in its line, with the nearest right word."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_shop import HEAD, loaded, shop

from regulars.journeys.mistakes import Mistakes
from regulars.scenarios.run import chosen, files_below, read
from regulars.simulate.ask import Unanswerable
from regulars.simulate.load_script import names_of

GOOD = HEAD + "      ends: finished\n"
_ONE = 'name: a, journey: welcome, from: "2026-03-02", expect: {entered: 1}'
WRONG = [
    (("ends: finished", "sent: [remindr]"), "20:14", "'remindr'; did you mean 'reminder'?"),
    (("ends: finished", "sent: [wait_1]"), "20:14", "abandoned_cart has no step that sends 'wait_1'"),
    (("ends: finished", "passed: [wait_9]"), "20:16", "did you mean 'wait_1'?"),
    (("ends: finished", "sent: [welcome.helo]"), "20:14", "did you mean 'welcome.hello'?"),
    (("ends: finished", "ends: finishd"), "20:13", "did you mean 'finished'?"),
    (("ends: finished", "end: finished"), "20:7", "expect has no word 'end'; did you mean 'ends'?"),
    (("ends: finished", "sent: [{step: offer, chanel: sms}]"), "20:28", "did you mean 'channel'?"),
    (("ends: finished", "sent: [{channel: sms}]"), "20:14", "a message needs 'step'"),
    (("ends: finished", "sent: [{step: offer, channel: fax}]"), "20:37", "expected one of email, sms, whatsapp"),
    (("ends: finished", "not_sent: [{step: offer, gate: consnt}]"), "20:38", "did you mean 'consent'?"),
    (("ends: finished", 'sent: [{step: offer, at: "25:00"}]'), "20:32", "expected the customer's clock"),
    (("ends: finished", 'sent: [{step: offer, at: "2026-02-30"}]'), "20:32", "expected the customer's clock"),
    (("ends: finished", "entered: many"), "20:16", "expected a number from 1 on"),
    (("ends: finished", 'ends: {how: inside, at: "10:00"}'), "20:27", "'at' stands beside 'how: goal or left"),
    (("ends: finished", "ends: {how: goal, step: offer}"), "20:25", "'step' stands beside 'how: inside'"),
    (("ends: finished", "ends: {how: never entered, run: 1}"), "20:34", "who never entered has no run"),
    (("ends: finished", "{}"), "20:7", "nothing is expected"),
    (("abandoned_cart", "abandoned_car"), "1:10", "did you mean 'abandoned_cart'?"),
    (("Checkout Started", "Checkout Startd"), "16:26", "did you mean 'Checkout Started'?"),
    (("{checkout_id: C-1, ", "{"), "16:", "checkout_id"),
    (("script:", "scripts:"), "15:1", "did you mean 'script'?"),
    (('from: "2026-03-02"\n', ""), "17:5", "a scenario needs 'from'"),
    (('from: "2026-03-02"', 'from: "2026-02-30"'), "2:7", "expected a day that there is"),
    (("days: 6", "days: 0"), "3:7", "expected a number of days from 1"),
    (("first_name: Ana", "frist_name: Ana"), "7:3", "did you mean 'first_name'?"),
    (("America/Los_Angeles", "America/Los_Angels"), "10:13", "America/Los_Angeles"),
    (("name: one", "nam: one"), "18:5", "did you mean 'name'?"),
    (("    expect:\n      ends: finished\n", ""), "18:5", "a scenario needs 'expect'"),
]


@pytest.mark.parametrize(("edit", "place", "said"), WRONG, ids=[one[0][1] for one in WRONG])
def test_a_mistake_is_told_in_its_place(edit: tuple[str, str], place: str, said: str) -> None:
    assert edit[0] in GOOD
    with pytest.raises(Mistakes) as caught:
        loaded(GOOD.replace(edit[0], edit[1], 1))
    told = [str(mistake) for mistake in caught.value.found]
    assert any(one.startswith(f"cart.yaml:{place}") and said in one for one in told), told


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(Mistakes) as caught:
        loaded(GOOD.replace("ends: finished", "sent: [a, b]\n      entered: x"))
    assert len(caught.value.found) == 3


def test_a_customer_and_a_script_may_stand_in_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "ana.yaml").write_text("email: ana@example.com\nfirst_name: Ana\n", "utf-8")
    (tmp_path / "orders.yaml").write_text(
        'from: "2026-03-02T09:00:00Z"\nevents: [{after: 1 hour, event: Product Viewed}]\n', "utf-8"
    )
    text = "scenarios: [{name: a, journey: welcome, customer: ana.yaml, script: orders.yaml, expect: {entered: 1}}]"
    (scenario,) = loaded(text, path=tmp_path / "all.yaml")
    assert scenario.customer.person.first_name == "Ana"
    assert (scenario.start.isoformat(), (scenario.until - scenario.start).days) == ("2026-03-02T09:00:00+00:00", 60)
    (tmp_path / "ana.yaml").write_text("email: ana@example.com\nfrist_name: Ana\n", "utf-8")
    with pytest.raises(Mistakes, match=r"ana\.yaml:2:1: .*did you mean 'first_name'"):
        loaded(text, path=tmp_path / "all.yaml")
    with pytest.raises(Mistakes, match=r"there is no file '.*bea\.yaml' that can be read"):
        loaded(text.replace("ana.yaml", "bea.yaml"), path=tmp_path / "all.yaml")


def test_customers_are_known_by_name(tmp_path: Path) -> None:
    text = "customers: {ana: {email: ana@example.com}}\nscenarios: [{customer: WHO, ONE}]".replace("ONE", _ONE)
    assert loaded(text.replace("WHO", "ana"))[0].customer.person.email == "ana@example.com"
    with pytest.raises(Mistakes, match=r"cart\.yaml:2:24: there is no customer 'anna'; did you mean 'ana'"):
        loaded(text.replace("WHO", "anna"))


def test_without_a_script_it_begins_with_what_starts_the_journey() -> None:
    text = "scenarios: [{customer: {email: a@example.com}, ONE}]".replace("ONE", _ONE)
    (line,) = loaded(text)[0].script.happens
    assert line.what.name == "Order Completed"  # type: ignore[union-attr]


def test_a_day_begins_where_the_customer_is() -> None:
    (scenario,) = loaded(GOOD)
    assert scenario.start.isoformat() == "2026-03-02T08:00:00+00:00"


def test_two_scenarios_of_one_name_are_a_mistake() -> None:
    with pytest.raises(Mistakes, match=r"cart\.yaml:21:1: another scenario of this file is called 'one'"):
        loaded(GOOD + "  - name: one\n    expect: {entered: 1}\n")


def test_a_folder_tells_its_scenarios_and_not_the_files_that_they_name(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.yml").write_text(GOOD, "utf-8")
    (tmp_path / "a.yaml").write_text(GOOD.replace("name: one", "name: two"), "utf-8")
    (tmp_path / "ana.yaml").write_text("email: ana@example.com\n", "utf-8")
    (tmp_path / "notes.txt").write_text("scenarios: []", "utf-8")
    files = files_below([tmp_path, tmp_path / "a.yaml"])
    assert [file.name for file in files] == ["a.yaml", "b.yml"]
    told = read(files, shop(), names_of(shop()))
    assert [one.name for one in told] == ["two", "one"]
    assert [one.name for one in chosen(told, "TW")] == ["two"]
    assert [one.name for one in chosen(told, "abandoned")] == ["two", "one"]
    with pytest.raises(Unanswerable, match="no scenario is called like 'twoo'; did you mean 'two'"):
        chosen(told, "twoo")


def test_what_is_not_there_is_said_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "carts.yaml").write_text(GOOD, "utf-8")
    with pytest.raises(Unanswerable, match=r"there is no file or folder .*cart\.yaml; did you mean 'carts\.yaml'"):
        files_below([tmp_path / "cart.yaml"])
    (tmp_path / "none").mkdir()
    with pytest.raises(Unanswerable, match="there are no scenarios below"):
        files_below([tmp_path / "none"])


def test_mistakes_of_all_files_are_told_together(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD.replace("finished", "finishd"), "utf-8")
    (tmp_path / "c.yaml").write_bytes(b"scenarios: \xff")
    with pytest.raises(Mistakes) as caught:
        read(files_below([tmp_path]), shop(), names_of(shop()))
    assert [Path(one.file).name for one in caught.value.found] == ["a.yaml", "b.yaml", "c.yaml"]
