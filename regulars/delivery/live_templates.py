"""Which templates is a message made of? The live ones, else those its version was last live with; compiled when first
wanted.

What was applied is what runs: sources come from the database alone, and an apply is noticed by its revision, which the
claim of every message sees. A message costs a look into a dictionary.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable, Iterator

from regulars.delivery import wardrobe
from regulars.delivery.templates import Templates, Unavailable
from regulars.delivery.want import Case
from regulars.journeys.mistakes import Mistakes
from regulars.store import template_sets
from regulars.store.database import Database
from regulars.store.shelf import Shelf, Shown

_LOG = logging.getLogger(__name__)
_Key = tuple[int, str, str, str]  # revision, journey, version, step


class LiveTemplates:
    """Templates by message. Safe to use from several threads; they compile one at a time."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self._database, self._shelf = database, shelf
        self._fitted: dict[_Key, Templates | None] = {}
        self._sources: dict[str, dict[str, str] | None] = {}
        self._lock = threading.Lock()

    async def prepare(self, cases: Iterable[Case]) -> None:
        """Compile what these messages need and none needed before, beside the event loop and outside of transactions.
        Raises what the database raises."""
        shown = self._shelf.shown
        missing = {key: case for case in cases if (key := _key(shown, case)) not in self._fitted}
        if missing:
            await asyncio.to_thread(self._fit, list(missing.values()))

    def of(self, case: Case) -> Templates:
        """What renders this message; compiled now unless it was prepared. Raises Unavailable."""
        key = _key(self._shelf.shown, case)
        if key not in self._fitted:
            key = self._fit([case])
        found = self._fitted.get(key)
        if found is None:
            raise Unavailable(f"{case.send.kind} template {case.send.template} is not to be had")
        return found

    def _fit(self, cases: list[Case]) -> _Key:
        """Find templates for some messages. The key of the last."""
        with self._lock:
            shown = self._shown()
            for case in cases:
                key = _key(shown, case)
                if key not in self._fitted:
                    self._forget(shown)
                    self._fitted[key] = self._found(shown, case)
            return key

    def _shown(self) -> Shown:
        if self._shelf.shown is None:
            with self._database.read() as connection:
                return self._shelf.live(connection)
        return self._shelf.shown

    def _forget(self, shown: Shown) -> None:
        """What was found before the latest apply; a thread that is behind finds it again."""
        if any(key[0] != shown.revision for key in self._fitted):
            self._fitted = {key: made for key, made in self._fitted.items() if key[0] == shown.revision}
            self._sources = {}

    def _found(self, shown: Shown, case: Case) -> Templates | None:
        """None, and the reasons in the log, where nothing can be had: tampering, or a defect of ours. The message waits
        for the next apply."""
        reasons: list[str] = []
        for digest, sources in self._sets(shown, case):
            if sources is None:
                reasons.append(f"there is no set of templates {digest}")
                continue
            try:
                return wardrobe.load_one(sources, case.play.journey, case.send, shown.house.locale)
            except Mistakes as error:
                reasons += [f"{mistake} (set {digest})" for mistake in error.found]
            except Exception as error:
                _LOG.exception("template %s of set %s cannot be compiled", case.send.template, digest)
                reasons.append(f"{type(error).__name__} (set {digest})")
        want = case.want
        _LOG.error("messages of %s@%s, %s, wait: %s", want.journey, want.version, want.step, "; ".join(reasons))
        return None

    def _sets(self, shown: Shown, case: Case) -> Iterator[tuple[str, dict[str, str] | None]]:
        """An edit reaches those who walk an older version too, where the template is still there and names nothing that
        this version does not know. Else they get what they would have got before it."""
        yield shown.templates, self._read(shown.templates)
        with self._database.read() as connection:
            own = template_sets.of_version(connection, case.want.journey, case.want.version)
        if own is not None and own != shown.templates:
            yield own, self._read(own)

    def _read(self, digest: str) -> dict[str, str] | None:
        if digest not in self._sources:
            with self._database.read() as connection:
                self._sources[digest] = template_sets.sources(connection, digest)
        return self._sources[digest]


def _key(shown: Shown | None, case: Case) -> _Key:
    want = case.want
    return (shown.revision if shown else 0, want.journey, want.version, want.step)
