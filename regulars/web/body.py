"""What was posted? The raw bytes, never more than the limit: signatures are made over bytes."""

from __future__ import annotations

from fastapi import HTTPException, Request


async def raw_body(request: Request, limit: int) -> bytes:
    """The body as it came. Raises HTTPException 413 as soon as it is known to be over `limit` bytes."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise HTTPException(413, f"a body has at most {limit} bytes")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise HTTPException(413, f"a body has at most {limit} bytes")
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
