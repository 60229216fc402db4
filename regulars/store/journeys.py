"""Which journeys are live? Every version ever applied, and which one new customers enter."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from regulars.store.columns import Big, Instant, Json


class JourneyVersion(SQLModel, table=True):
    """One version of a journey: its definition and the control graph made of it, which never change. `templates`: the
    set of templates with which it was last live."""

    __tablename__ = "journey_version"
    journey: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    definition: dict[str, Any] = Field(sa_type=Json)
    graph: dict[str, Any] = Field(sa_type=Json)
    templates: str
    created_at: datetime = Field(sa_type=Instant)


class LiveJourney(SQLModel, table=True):
    """A journey that was applied. `state` is a person's word: on, paused (nothing is sent) or off (switched off,
    whatever the file says). `retired`: the file no longer names it, and nobody enters; its state waits for it."""

    __tablename__ = "live_journey"
    journey: str = Field(primary_key=True)
    version: str
    state: str = "on"
    retired: bool = False


class HouseVersion(SQLModel, table=True):
    __tablename__ = "house_version"
    version: str = Field(primary_key=True)
    definition: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=Instant)


class TemplateSet(SQLModel, table=True):
    """All templates and layouts of one apply. `digest` is of the `sources`: texts by path below templates/."""

    __tablename__ = "template_set"
    digest: str = Field(primary_key=True)
    sources: dict[str, str] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=Instant)


class Live(SQLModel, table=True):
    """The one row that says which house rules hold and which set of templates; `revision` grows with every apply that
    changes something, so that caches notice."""

    __tablename__ = "live"
    id: int = Field(primary_key=True, sa_type=Big)
    house: str
    templates: str
    revision: int = Field(sa_type=Big)


class ShopClock(SQLModel, table=True):
    """The one row that fixes shop time for this database, so that a restart does not move it."""

    __tablename__ = "shop_clock"
    id: int = Field(primary_key=True, sa_type=Big)
    origin: datetime = Field(sa_type=Instant)
    pace: float
