"""What do the vendors have? The sandbox's own books, asked over HTTP."""

from __future__ import annotations

import aiohttp

_PATIENCE = aiohttp.ClientTimeout(total=10)


async def accepted(sandbox: str) -> dict[str, int]:
    """How often the vendors have each message, by our id. Raises aiohttp.ClientError."""
    url = f"{sandbox}/_sandbox/books?full=1"
    async with aiohttp.ClientSession(timeout=_PATIENCE) as session, session.get(url, raise_for_status=True) as answer:
        told = await answer.json()
    return {row["message_id"]: row["accepted_count"] for row in told["messages"]}
