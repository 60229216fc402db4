"""Is the database's schema the one this code needs? Alembic, driven from code."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from regulars.store.database import Database

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the schema to revision `to`; does nothing when it is there. Processes that start together take turns."""
    with database.write() as connection:
        _lock(connection)
        command.upgrade(_config(connection), to)


def downgrade(database: Database, to: str) -> None:
    """Take the schema back to revision `to` ("base" for none)."""
    with database.write() as connection:
        _lock(connection)
        command.downgrade(_config(connection), to)


def make_revision(database: Database, message: str, number: str) -> None:
    """Write migrations/versions/<number>_*.py from the difference between the schema and the tables declared."""
    with database.write() as connection:
        config = _config(connection)
        command.revision(config, message, autogenerate=True, rev_id=number)


def differences(database: Database) -> list[object]:
    """What the tables declared have that the database's schema has not, or the other way round."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from regulars.store.schema import METADATA

    with database.read() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(727274)")
