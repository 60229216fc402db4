"""Which templates go with a version of a journey? Sets of sources, each kept once, by their digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from regulars.store.journeys import JourneyVersion, TemplateSet
from regulars.store.statements import add_new, table


def digest_of(sources: Mapping[str, str]) -> str:
    """Sixteen hex digits that change when any path or text does."""
    return hashlib.sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest()[:16]


def keep(connection: Connection, sources: Mapping[str, str], now: datetime) -> str:
    """Have the set of these texts by path; its digest."""
    digest = digest_of(sources)
    add_new(connection, TemplateSet, [{"digest": digest, "sources": dict(sources), "created_at": now}], "digest")
    return digest


def assign(connection: Connection, versions: Mapping[str, str], digest: str) -> None:
    """Say that these versions, by journey, are live with a set. Sets that no version has any longer are forgotten: the
    table grows with the versions, not with every edit of a text."""
    of, sets = table(JourneyVersion), table(TemplateSet)
    if versions:
        mine = (of.c.journey == bindparam("of_journey"), of.c.version == bindparam("of_version"))
        rows = [{"of_journey": journey, "of_version": version} for journey, version in versions.items()]
        connection.execute(of.update().where(*mine).values(templates=digest), rows)
    named = select(of.c.templates)
    connection.execute(sets.delete().where(sets.c.digest != digest, sets.c.digest.not_in(named)))


def sources(connection: Connection, digest: str) -> dict[str, str] | None:
    """The texts of a set by path; None where there is no such set."""
    of = table(TemplateSet)
    found: dict[str, str] | None = connection.execute(select(of.c.sources).where(of.c.digest == digest)).scalar()
    return found


def of_version(connection: Connection, journey: str, version: str) -> str | None:
    """The digest of the set with which a version was last live; None where there was never such a version."""
    of = table(JourneyVersion)
    query = select(of.c.templates).where(of.c.journey == journey, of.c.version == version)
    found: str | None = connection.execute(query).scalar()
    return found
