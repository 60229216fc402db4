"""Does a demo keep to itself? Its own folder, the sandbox for its vendors, its own database, whatever is configured."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from regulars.cli.demo import alone, fresh_folder
from regulars.cli.house import Addresses, DataFolder, environment
from regulars.settings import Settings


def test_a_demo_never_reaches_a_vendor_or_database_that_is_configured(tmp_path: Path) -> None:
    real = Settings(
        database_url="postgresql://shop@db.example/shop",
        sendgrid_api_key=SecretStr("SG.real"),
        sendgrid_host="https://api.sendgrid.com",
        twilio_auth_token=SecretStr("real"),
        twilio_base_url="https://api.twilio.com",
        public_url="https://shop.example",
        journeys_file=tmp_path / "journeys.yaml",
    )
    apart = alone(real)
    told = environment(DataFolder(tmp_path / "demo"), Addresses(8000, 7233, 8233, 8025), apart)

    assert told["SENDGRID_HOST"] == told["TWILIO_BASE_URL"] == "http://127.0.0.1:8025"
    assert told["PUBLIC_URL"] == "http://127.0.0.1:8000"
    assert told["DATABASE_URL"] == f"sqlite:///{(tmp_path / 'demo').resolve() / 'regulars.db'}"
    assert "SG.real" not in told.values()
    assert "real" not in told.values()
    assert apart.journeys_file == real.journeys_file


def test_every_demo_begins_in_an_empty_folder_that_no_other_demo_is_using(tmp_path: Path) -> None:
    first = fresh_folder(tmp_path)
    assert first == tmp_path / "demo-1"
    first.mkdir()
    (first / "regulars.db").write_text("of the demo before")

    assert fresh_folder(tmp_path) == first
    assert not first.exists()

    with closing(_Held(first)):
        assert fresh_folder(tmp_path) == tmp_path / "demo-2"
        assert (first / "up.lock").exists()
    assert fresh_folder(tmp_path) == first


class _Held:
    def __init__(self, path: Path) -> None:
        self._folder = DataFolder(path)
        self._folder.hold()

    def close(self) -> None:
        self._folder.release()


def test_a_folder_that_was_let_go_can_be_held_again(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path), DataFolder(tmp_path)
    first.hold()
    with pytest.raises(RuntimeError, match="already up"):
        second.hold()
    first.release()
    second.hold()
    second.release()
