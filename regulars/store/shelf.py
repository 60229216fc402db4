"""Which journeys hold now, ready to decide? A process's cache of versions, refreshed when an apply is noticed."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from regulars.journeys import segments
from regulars.journeys.graph import GRAPH_ADAPTER, JOURNEY_ADAPTER, graph_of, version_of
from regulars.journeys.model import Book, House
from regulars.journeys.play import Play
from regulars.store import agenda, template_sets
from regulars.store.decisions import decision
from regulars.store.enrollments import Decision
from regulars.store.journeys import HouseVersion, JourneyVersion, Live, LiveJourney
from regulars.store.statements import add, add_new, insert, lock_names, share_name, table

HOUSE_ADAPTER: TypeAdapter[House] = TypeAdapter(House)


@dataclass(frozen=True)
class Shown:
    """What is live at one revision. `templates`: the digest of the set.

    `plays`: the versions that new customers enter, by journey, those that are on; `starts`: the same by the event that
    lets in. `keyed`: the event property by which a journey keys its runs, also of journeys that are no longer on: there
    are customers inside. `moving`: the events by which a customer may enter or leave a segment. `heard`: all that
    somebody may hear of: what lets in or moves, and what any version listens to. `shut`: journeys that were paused or
    switched off, with that state, by the event that would let in.
    """

    revision: int
    house: House
    templates: str
    plays: dict[str, Play]
    starts: dict[str, tuple[Play, ...]]
    keyed: dict[str, str]
    moving: frozenset[str]
    heard: frozenset[str]
    shut: Mapping[str, tuple[tuple[Play, str], ...]]

    @staticmethod
    def of(
        revision: int,
        house: House,
        templates: str,
        plays: dict[str, Play],
        all_plays: Mapping[str, Play],
        walked: Iterable[Play],
        shut: Mapping[str, tuple[tuple[Play, str], ...]] | None = None,
    ) -> Shown:
        """`plays` that are on, `all_plays` also of journeys that are no longer, and every version that was `walked`."""
        starts: dict[str, tuple[Play, ...]] = {}
        for play in plays.values():
            starts[play.journey.start.event] = (*starts.get(play.journey.start.event, ()), play)
        keyed = {name: play.journey.start.key for name, play in all_plays.items() if play.journey.start.key}
        moving = segments.moving(house.segments.values())
        heard = moving.union(starts, *(play.hears for play in walked))
        return Shown(revision, house, templates, plays, starts, keyed, moving, heard, shut or {})

    @cached_property
    def keys(self) -> frozenset[str]:
        """Event properties by which some journey keys its runs."""
        return frozenset(self.keyed.values())


_APPLYING = "regulars apply"
_REVISION = select(table(Live).c.revision)


class NothingLive(Exception):
    """No journeys were ever applied to this database."""


def apply(connection: Connection, book: Book, now: datetime, templates: Mapping[str, str] | None = None) -> bool:
    """Make `book` what is live, with its templates (sources by path): versions are kept, journeys that it no longer
    names are retired. True when that changed anything. Callers take turns, each until its commit."""
    lock_names(connection, [_APPLYING])
    set_digest = template_sets.keep(connection, templates or {}, now)
    journeys = {journey.id: journey for journey in book.journeys.values()}
    versions = {name: version_of(journey) for name, journey in journeys.items()}
    rows = [
        {
            "journey": name,
            "version": versions[name],
            "definition": JOURNEY_ADAPTER.dump_python(journey, mode="json"),
            "graph": GRAPH_ADAPTER.dump_python(graph_of(journey), mode="json"),
            "templates": set_digest,
            "created_at": now,
        }
        for name, journey in journeys.items()
    ]
    before = _timed_before(connection)
    add_new(connection, JourneyVersion, rows, "version")
    house = HOUSE_ADAPTER.dump_python(book.house, mode="json")
    house_version = _digest(book.house)
    add_new(connection, HouseVersion, [{"version": house_version, "definition": house, "created_at": now}], "version")
    changed = _point(connection, versions, house_version, set_digest, now)
    template_sets.assign(connection, versions, set_digest)
    if changed:
        agenda.keep(connection, book, before, now)
    return changed


def _timed_before(connection: Connection) -> agenda.Timed:
    """What time let customers into until now."""
    live, journeys, versions, houses = (table(one) for one in (Live, LiveJourney, JourneyVersion, HouseVersion))
    house = connection.execute(select(houses.c.definition).join(live, live.c.house == houses.c.version)).scalar()
    if house is None:
        return {}
    query = select(versions.c.definition).join(
        journeys,
        (journeys.c.journey == versions.c.journey) & (journeys.c.version == versions.c.version),
    )
    found = connection.execute(query.where(journeys.c.retired.is_(False))).scalars()
    held = [JOURNEY_ADAPTER.validate_python(one) for one in found if one["start"].get("on")]
    return agenda.timed(Book(HOUSE_ADAPTER.validate_python(house), {journey.id: journey for journey in held}))


def _point(
    connection: Connection, versions: dict[str, str], house_version: str, set_digest: str, now: datetime
) -> bool:
    live, journeys = table(Live), table(LiveJourney)
    before = {row.journey: (row.version, row.retired) for row in connection.execute(select(journeys))}
    current = connection.execute(select(live)).first()
    gone = [name for name, (_, retired) in before.items() if name not in versions and not retired]
    changed = {name: version for name, version in versions.items() if before.get(name) != (version, False)}
    pointed: dict[str, str | int] = {"house": house_version, "templates": set_digest}
    if not gone and not changed and current is not None and {key: current._mapping[key] for key in pointed} == pointed:
        return False
    for name, version in changed.items():
        statement = insert(connection, LiveJourney).values(journey=name, version=version, state="on", retired=False)
        new = {"version": version, "retired": False}  # its state is a person's word: it stays
        connection.execute(statement.on_conflict_do_update(index_elements=["journey"], set_=new))
    if gone:
        connection.execute(journeys.update().where(journeys.c.journey.in_(gone)).values(retired=True))
    told = [decision(now, name, "apply", "live", seen={"version": version}) for name, version in changed.items()]
    add(connection, Decision, [*told, *(decision(now, name, "apply", "retired") for name in gone)])
    pointed["revision"] = (current.revision if current else 0) + 1
    statement = insert(connection, Live).values(id=1, **pointed)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=pointed))
    return True


class Shelf:
    """Compiled versions by (journey, version), and what is live. Safe to use from several threads."""

    def __init__(self) -> None:
        self._plays: dict[tuple[str, str], Play] = {}
        self._shown: Shown | None = None
        self._lock = threading.Lock()

    @property
    def shown(self) -> Shown | None:
        """What was live when a transaction of this process looked last."""
        return self._shown

    def live(self, connection: Connection) -> Shown:
        """What is live as this transaction sees it. Raises NothingLive."""
        revision = connection.execute(_REVISION).scalar()
        if revision is None:
            raise NothingLive("no journeys have been applied to this database: run `regulars up` or `regulars apply`")
        shown = self._shown
        if shown is None or shown.revision != revision:
            shown = self._load(connection)
            self._shown = shown
        return shown

    def live_on(self, connection: Connection) -> Shown:
        """The same, and it stays so till the commit: what is applied meanwhile waits."""
        share_name(connection, _APPLYING)
        return self.live(connection)

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

    def _load(self, connection: Connection) -> Shown:
        live, house, journeys = table(Live), table(HouseVersion), table(LiveJourney)
        pointed = select(live.c.revision, live.c.templates, house.c.definition).where(house.c.version == live.c.house)
        now = connection.execute(pointed).one()
        rows = connection.execute(select(journeys).order_by(journeys.c.journey)).all()
        all_plays = {row.journey: self.play(connection, row.journey, row.version) for row in rows}
        plays = {row.journey: all_plays[row.journey] for row in rows if row.state == "on" and not row.retired}
        versions = table(JourneyVersion)
        kept = connection.execute(select(versions.c.journey, versions.c.version)).all()
        walked = [self.play(connection, *version) for version in kept]
        rules = HOUSE_ADAPTER.validate_python(now.definition)
        shut: dict[str, tuple[tuple[Play, str], ...]] = {}
        for row in rows:
            if row.state != "on" and not row.retired:
                play = all_plays[row.journey]
                shut[play.journey.start.event] = (*shut.get(play.journey.start.event, ()), (play, row.state))
        return Shown.of(now.revision, rules, now.templates, plays, all_plays, walked, shut)


def _digest(house: House) -> str:
    return hashlib.sha256(HOUSE_ADAPTER.dump_json(house)).hexdigest()[:12]
