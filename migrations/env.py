"""How does Alembic reach the database? Through the connection it is handed (see regulars/store/migrate.py)."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from regulars.store.columns import Instant, Json
from regulars.store.schema import METADATA


def render_item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """How a new revision names our column types: by our names, where we have one."""
    if kind != "type":
        return False
    if item is Json:
        return "columns.Json"
    if isinstance(item, Instant):
        return "columns.Instant()"
    return "sa.String()" if type(item).__name__ == "AutoString" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
