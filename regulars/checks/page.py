"""What does docs/checks.md say? The table of checks as a page: `python -m regulars.checks.page > docs/checks.md`."""

from __future__ import annotations

import sys

from regulars.checks.table import TABLE

_HEAD = """\
# What `regulars check` finds
Made from the table in `regulars/checks/table.py`; [check.md](check.md) shows the command. An **error** keeps something
from working, and `check` ends with 1. A **warning** does not do what its author most likely means; `--strict` counts it
like an error. **Advice** is worth a thought. What is *refused* cannot be loaded, so `apply` refuses it too.

| code | severity | what it finds | how to mend it |
|---|---|---|---|
"""


def page() -> str:
    """The page, in Markdown."""
    rows = (
        f"| `{check.code}` | {check.severity}{', refused' if check.refuses else ''} | {check.finds} | {check.mend} |\n"
        for check in TABLE
    )
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(page())
