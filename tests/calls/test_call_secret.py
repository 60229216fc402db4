"""Does a machine that `regulars up` prepares have a secret to sign calls with, and keep it?"""

from __future__ import annotations

import json
from pathlib import Path

from regulars.calls.signed import Signer
from regulars.cli.house import DataFolder


def test_a_secret_is_made_at_first_use_and_kept(tmp_path: Path) -> None:
    made = DataFolder(tmp_path / "data").secrets()["WEBHOOK_SIGNING_SECRET"]
    assert Signer([made]).can_sign
    assert DataFolder(tmp_path / "data").secrets()["WEBHOOK_SIGNING_SECRET"] == made


def test_a_folder_of_an_earlier_version_gets_one_and_keeps_its_others(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text(json.dumps({"REGULARS_SECRET": "old"}))
    found = DataFolder(tmp_path).secrets()
    assert found["REGULARS_SECRET"] == "old"
    assert Signer([found["WEBHOOK_SIGNING_SECRET"]]).can_sign
