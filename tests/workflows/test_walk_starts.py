"""Does each kind of start let in, on the real server? One virtual day of a shop, with its ticker."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from shop_books import HERE, Guest, eventually
from sqlalchemy import select
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from walk_stage import OTHER, Run, Shop, open_shop

from regulars.store import migrate
from regulars.store.audiences import Audience
from regulars.store.customers import Customer
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment
from regulars.store.statements import table
from regulars.temporal import ticker
from regulars.temporal.failures import DATA_CONVERTER
from workflows.ticker import TICKER

HOUSE, KATHMANDU = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")
HOURS = {"broadcast": 3, "schedule": 4, "date": 5}
SEGMENTS = """\
segments:
  circle: {where: tagged("circle")}
  resting: {where: 'did("Began Rest") and not did("Began Rest", within="2 hours")'}
"""
JOURNEYS = """\
house:
  {{name: Leaf, timezone: Europe/Berlin, locale: en-US, currency: USD, website: "https://leaf.example",
  email_from: Leaf <hello@leaf.example>, postal_address: "Leaf, 1 Hill Road, New York"}}
journeys:
  entering:
    start: {{enters: resting, again: always}}
    while: always  # its run's own clock stands hours before the ticker's
    goal: {{leaves: resting, within: 7 days}}
    steps: [{{email: t/one}}, {{wait: 30 days}}]
  leaving:
    start: {{leaves: resting, again: always}}
    steps: [{{email: t/one}}]
  dated:
    start: {{date: customer.traits.day, every: year, at: "{date:%H:%M}"}}
    steps: [{{email: t/one}}]
  scheduled:
    start: {{schedule: {{at: "{schedule:%H:%M}"}}, to: circle}}
    steps: [{{email: t/one}}, {{wait: 1 day}}, {{email: t/two}}]
  announced:
    start: {{broadcast: "{broadcast:%Y-%m-%d %H:%M}", to: everyone}}
    steps: [{{email: t/one}}]
  released:
    start: {{event: Product Released, to: circle, again: always}}
    steps: [{{email: t/one}}]
"""


@dataclass
class Day:
    """A shop after its day. `at`: when something was to begin, by kind of start."""

    shop: Shop
    at: dict[str, datetime]
    circle: list[Guest]
    resting: Guest
    born: Guest

    def entered(self, journey: str) -> list[dict[str, object]]:
        of = table(Enrollment)
        return self.shop.rows(select(of).where(of.c.journey == journey).order_by(of.c.id))

    def of(self, guest: Guest, journey: str) -> Run:
        (row,) = (row for row in self.shop.enrollments(guest) if row["journey"] == journey)
        return Run(self.shop, row["id"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def day(temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Day]:
    """It begins with everybody there, and passes on the ticker's own clock."""
    address = temporal.client.service_client.config.target_host
    client = await Client.connect(address, namespace=OTHER, data_converter=DATA_CONVERTER)
    folder = tmp_path_factory.mktemp("starts")
    now = datetime.now(tz=HOUSE)  # a virtual server's runs begin now
    at = {name: (now + timedelta(hours=hours)).replace(second=0, microsecond=0) for name, hours in HOURS.items()}
    local = {name: instant.astimezone(KATHMANDU if name == "date" else HOUSE) for name, instant in at.items()}
    (folder / "journeys.yaml").write_text(JOURNEYS.format(**local))
    (folder / "segments.yaml").write_text(SEGMENTS)
    (folder / "templates/email/t").mkdir(parents=True)
    for name in ("one.en.mjml", "two.en.mjml"):
        shutil.copy(HERE / "templates/email/t" / name, folder / "templates/email/t")
    database = Database(f"sqlite:///{folder / 'regulars.db'}")
    migrate.upgrade(database)
    async with open_shop(database, client, journeys=folder / "journeys.yaml") as shop:
        circle = [shop.guest(tags=("circle",), timezone="Europe/Berlin") for _ in range(3)]
        resting, born = shop.guest(), shop.guest(timezone="Asia/Kathmandu")
        for guest in (*circle, born):
            await shop.tell_only(guest, "Customer Created")
        of = table(Customer)
        with database.write() as connection:
            told = {"day": f"1990-{local['date']:%m-%d}"}
            connection.execute(of.update().where(of.c.email == born.person.email).values(traits=told))
        found = Day(shop, at, circle, resting, born)
        await _pass(found, client)
        yield found
        await client.get_workflow_handle(TICKER).terminate("the day is over")
    database.close()


async def _pass(day: Day, client: Client) -> None:
    """Six hours of the ticker's, and what the relay carries at their end."""
    shop = day.shop
    await ticker.see_to_it(client, shop.clock)
    handle = client.get_workflow_handle(TICKER)
    await shop.skipper.fast_forward(handle, timedelta(minutes=10))  # segments are written down first
    await shop.tell_only(day.resting, "Began Rest")
    await shop.announce("Product Released", title="New Sencha")
    await shop.skipper.fast_forward(handle, timedelta(hours=6))
    await shop.carry(await shop.skipper.get_current_time(handle))

    async def let_in() -> bool:
        await shop.carry(await shop.skipper.get_current_time(handle))  # again: a busy server may have refused a start
        rows = shop.rows(select(table(Audience)))
        return len(rows) == 3 and all(row["finished_at"] for row in rows)

    await eventually(let_in, 60.0)
    await shop.carry(await shop.skipper.get_current_time(handle) + timedelta(minutes=1))


async def test_who_enters_a_segment_by_time_alone_is_let_in(day: Day) -> None:
    run = day.of(day.resting, "entering")
    await run.rests("wait_1")
    assert run.sent() == ["one"]
    (row,) = day.entered("entering")
    assert row["state"] == "walking"


async def test_who_leaves_a_segment_reaches_the_goal_and_starts_another(day: Day) -> None:
    run = day.of(day.resting, "entering")
    await run.rests("wait_1")
    await day.shop.tell(day.resting, "Began Rest", at=day.at["date"] + timedelta(hours=2))
    row = await run.ended()
    assert (row["outcome"], row["goal_at"] is not None) == ("goal", True)
    other = day.of(day.resting, "leaving")
    assert (await other.ends())["outcome"] == "finished"
    assert other.sent() == ["one"]


async def test_a_date_lets_in_at_its_hour_where_the_customer_is(day: Day) -> None:
    run = day.of(day.born, "dated")
    assert run.row["due_at"] == day.at["date"]
    assert (await run.ends())["outcome"] == "finished"
    assert run.sent() == ["one"]


async def test_a_schedule_lets_its_segment_in_and_they_walk_together(day: Day) -> None:
    rows = day.entered("scheduled")
    assert len(rows) == 3
    assert len({row["party_id"] for row in rows}) == 1
    run = Run(day.shop, str(rows[0]["party_id"]), [str(row["id"]) for row in rows])
    await eventually(lambda: all(run.sent(who) == ["one"] for who in run.ids))
    await run.forward(timedelta(days=2))
    await run.handle.result()
    assert [run.sent(who) for who in run.ids] == [["one", "two"]] * 3
    kinds = await run.events()
    assert kinds.count("ACTIVITY_TASK_SCHEDULED") == 2


async def test_a_broadcast_lets_everybody_in_once(day: Day) -> None:
    rows = day.entered("announced")
    assert len({row["customer_id"] for row in rows}) == len(rows) == 5
    assert min(row["due_at"] for row in rows) >= day.at["broadcast"]


async def test_an_event_of_the_shops_lets_the_segment_in_it_is_for(day: Day) -> None:
    rows = day.entered("released")
    assert len(rows) == 3
    run = Run(day.shop, str(rows[0]["party_id"]), [str(row["id"]) for row in rows])
    await eventually(lambda: all(run.sent(who) == ["one"] for who in run.ids))


async def test_the_runs_of_audiences_hold_nothing_of_anybody(day: Day) -> None:
    for row in day.shop.rows(select(table(Audience))):
        history = (await day.shop.client.get_workflow_handle(row["id"]).fetch_history()).to_json()
        assert row["id"] in history
        assert "example.com" not in history
        assert "Meiling" not in history
