"""Will anything break? Journeys, segments and templates, looked at as `apply` does and further; nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from regulars.checks.run import Checked, check
from regulars.settings import Settings
from regulars.store import event_names


def checked(config: Settings, files: Sequence[Path]) -> Checked:
    """Everything that is found.

    `files`: the journeys; segments.yaml and templates/ beside each go with it. Without them, those of the settings. The
    database is asked for the names of events that have come in, where there is one.
    """
    where = [(file, _templates(config, file)) for file in files]
    found = where or [(config.journeys_file, config.templates_folder)]
    return check(found, event_names.learnt(config.database_url))


def _templates(config: Settings, file: Path) -> Path:
    beside = file.parent / "templates"
    return beside if beside.is_dir() else config.templates_folder
