"""Which journeys hold now, ready to decide? A process's cache of versions, refreshed when an apply is noticed."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from regulars.journeys.graph import GRAPH_ADAPTER, JOURNEY_ADAPTER, graph_of, version_of
from regulars.journeys.model import Book, House
from regulars.journeys.play import Play
from regulars.store.journeys import HouseVersion, JourneyVersion, Live, LiveJourney
from regulars.store.statements import add_new, insert, table

HOUSE_ADAPTER: TypeAdapter[House] = TypeAdapter(House)


@dataclass(frozen=True)
class Shown:
    """What is live at one revision.

    `plays`: the versions that new customers enter, by journey, those that are on; `starts`: the same by the event that
    lets in. `keyed`: the event property by which a journey keys its runs, also of journeys that are no longer on: there
    are customers inside.
    """

    revision: int
    house: House
    plays: dict[str, Play]
    starts: dict[str, tuple[Play, ...]]
    keyed: dict[str, str]

    @property
    def keys(self) -> frozenset[str]:
        """Event properties by which some journey keys its runs."""
        return frozenset(self.keyed.values())


class NothingLive(Exception):
    """No journeys were ever applied to this database."""


def apply(connection: Connection, book: Book, now: datetime) -> bool:
    """Make `book` what is live: versions are kept, journeys that it no longer names are retired. True when that changed
    anything."""
    journeys = {journey.id: journey for journey in book.journeys.values()}
    versions = {name: version_of(journey) for name, journey in journeys.items()}
    rows = [
        {
            "journey": name,
            "version": versions[name],
            "definition": JOURNEY_ADAPTER.dump_python(journey, mode="json"),
            "graph": GRAPH_ADAPTER.dump_python(graph_of(journey), mode="json"),
            "created_at": now,
        }
        for name, journey in journeys.items()
    ]
    add_new(connection, JourneyVersion, rows, "version")
    house = HOUSE_ADAPTER.dump_python(book.house, mode="json")
    house_version = _digest(book.house)
    add_new(connection, HouseVersion, [{"version": house_version, "definition": house, "created_at": now}], "version")
    return _point(connection, versions, house_version)


def _point(connection: Connection, versions: dict[str, str], house_version: str) -> bool:
    live, journeys = table(Live), table(LiveJourney)
    before = {row.journey: (row.version, row.state) for row in connection.execute(select(journeys))}
    current = connection.execute(select(live)).first()
    gone = [name for name, (_, state) in before.items() if name not in versions and state in ("on", "paused")]
    back = [name for name, (_, state) in before.items() if name in versions and state == "retired"]
    changed = {name: version for name, version in versions.items() if before.get(name, ("", ""))[0] != version}
    if not gone and not back and not changed and current is not None and current.house == house_version:
        return False
    for name, version in changed.items():
        statement = insert(connection, LiveJourney).values(journey=name, version=version, state="on")
        connection.execute(
            statement.on_conflict_do_update(index_elements=["journey"], set_={"version": statement.excluded.version})
        )
    for names, state in ((gone, "retired"), (back, "on")):
        if names:
            connection.execute(journeys.update().where(journeys.c.journey.in_(names)).values(state=state))
    revision = (current.revision if current else 0) + 1
    statement = insert(connection, Live).values(id=1, house=house_version, revision=revision)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"house": house_version, "revision": revision})
    )
    return True


class Shelf:
    """Compiled versions by (journey, version), and what is live. Safe to use from several threads."""

    def __init__(self) -> None:
        self._plays: dict[tuple[str, str], Play] = {}
        self._shown: Shown | None = None
        self._lock = threading.Lock()

    def live(self, connection: Connection) -> Shown:
        """What is live as this transaction sees it. Raises NothingLive."""
        revision = connection.execute(select(table(Live).c.revision)).scalar()
        if revision is None:
            raise NothingLive("no journeys have been applied to this database: run `regulars up` or `regulars apply`")
        shown = self._shown
        if shown is None or shown.revision != revision:
            shown = self._load(connection, revision)
            self._shown = shown
        return shown

    def play(self, connection: Connection, journey: str, version: str) -> Play:
        """A version, compiled. Raises KeyError when there was never such a one."""
        found = self._plays.get((journey, version))
        if found is None:
            of = table(JourneyVersion)
            definition = connection.execute(
                select(of.c.definition).where(of.c.journey == journey, of.c.version == version)
            ).scalar()
            if definition is None:
                raise KeyError(f"{journey}@{version}")
            found = Play(JOURNEY_ADAPTER.validate_python(definition))
            with self._lock:
                self._plays[journey, version] = found
        return found

    def _load(self, connection: Connection, revision: int) -> Shown:
        live, house, journeys = table(Live), table(HouseVersion), table(LiveJourney)
        definition = connection.execute(select(house.c.definition).where(house.c.version == live.c.house)).scalar_one()
        rows = connection.execute(select(journeys).order_by(journeys.c.journey)).all()
        all_plays = {row.journey: self.play(connection, row.journey, row.version) for row in rows}
        plays = {row.journey: all_plays[row.journey] for row in rows if row.state == "on"}
        starts: dict[str, tuple[Play, ...]] = {}
        for play in plays.values():
            starts[play.journey.start.event] = (*starts.get(play.journey.start.event, ()), play)
        keyed = {name: play.journey.start.key for name, play in all_plays.items() if play.journey.start.key}
        return Shown(revision, HOUSE_ADAPTER.validate_python(definition), plays, starts, keyed)


def _digest(house: House) -> str:
    return hashlib.sha256(HOUSE_ADAPTER.dump_json(house)).hexdigest()[:12]
