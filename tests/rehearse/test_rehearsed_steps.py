"""Does every kind of step come to the same on a server? Journeys made for it, without a message."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from rehearsed_side_by_side import START, simulated

from regulars.cli.rehearse import Stage
from regulars.delivery import wardrobe
from regulars.journeys.load import read_book
from regulars.rehearse.compare import differences
from regulars.rehearse.walk import Rehearsal, rehearse
from regulars.simulate.load_profile import profile_of
from regulars.simulate.load_script import names_of, script_of
from regulars.simulate.shop import Shop

LEARNT = ("Began", "Stirred", "Reviewed")
JOURNEYS = """\
house: {name: Leaf, timezone: Europe/Berlin, locale: en-US, currency: USD, website: "https://leaf.example"}
journeys:
  all:
    start: {event: Began, again: always}
    leave: {event: Stirred, where: event.stop == "now"}
    steps:
      - tag: seen
      - webhook: https://crm.example/hooks
        body: {colour: =customer.traits.colour}
      - if: customer.traits.colour == "red"
        then: [{set: {traits.colour: blue}}]
        else: [{untag: seen}]
      - split: {a: {share: 50%, steps: [wait: 1 hour]}, b: {share: 50%, steps: [wait: 2 hours]}}
      - wait_for: {event: Reviewed, within: 1 day}
        then: [{journey: other}]
        otherwise: [{tag: silent}]
      - repeat: {times: 3, every: 1 day}
        steps: [{tag: again}]
      - wait_until: {date: customer.traits.due, at: "09:00"}
        otherwise: [{leave: no date}]
  other:
    start: {event: Stirred, again: always}
    steps: [wait_until: "02:30", tag: other]
  weekly:
    start: {schedule: {at: "10:32", days: [friday]}, to: everyone, again: always}
    steps: [wait: 30 minutes, tag: weekly]
  quick: {start: {enters: quick, again: always}, steps: [wait: 10 minutes]}
"""
SEGMENTS = 'segments:\n  quick: {where: \'count("Stirred", within="2 days") >= 1\'}\n'
MEI = {
    "id": "mei",
    "email": "mei@example.com",
    "timezone": "America/New_York",
    "traits": {"colour": "red", "due": "2026-03-12"},
    "since": "2026-01-01T00:00:00Z",
}
SCRIPT = [
    {"after": "10 minutes", "event": "Began"},
    {"after": "5 hours", "event": "Reviewed", "properties": {"rating": 5}},
    {"after": "1 day", "event": "Stirred"},
    {"after": "6 hours", "event": "Began"},
    {"after": "2 days", "profile": {"timezone": "Asia/Tokyo", "traits": {"due": "2026-03-09"}}},
    {"after": "7 days", "event": "Began"},
    {"after": "3 hours", "event": "Stirred", "properties": {"stop": "now"}},
]


async def test_every_kind_of_step_and_start_comes_to_the_same(on_stage: Stage, tmp_path: Path) -> None:
    book = read_book(JOURNEYS, "journeys.yaml", segments=SEGMENTS, learnt=LEARNT)
    templates = wardrobe.load(tmp_path, book)
    names = names_of(Shop.of(book, templates), LEARNT)
    who = profile_of(json.dumps(MEI), "mei.yaml", START, names.events)
    script = script_of(json.dumps(SCRIPT), "events.yaml", names)
    asked = Rehearsal(book, templates, who, script, START, START + timedelta(days=14))
    mine, yours = simulated(asked), await rehearse(asked, on_stage.clients[0], on_stage.config)
    assert differences(mine, yours) == []
    assert {walk.journey for walk in yours.walks} == {"all", "other", "weekly", "quick"}
    assert {walk.outcome for walk in yours.walks} >= {"finished", "left"}
    assert [entry.what for entry in yours.entries if entry.kind == "call"] == ["https://crm.example/hooks"] * 3
