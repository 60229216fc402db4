"""How do values travel through Temporal? As pydantic's JSON, with what it takes to read a type worked out once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import CompositePayloadConverter, DefaultPayloadConverter, JSONPlainPayloadConverter

_TYPES = 256  # read by a process; a type that a workflow's sandbox made anew is forgotten with time


@lru_cache(maxsize=_TYPES)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


class SharedPydanticConverter(PydanticJSONPlainPayloadConverter):
    """Pydantic's JSON as the SDK writes it. The SDK's own reader forgets with every workflow how a type is read."""

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """A value of `type_hint` (hashable). Raises pydantic.ValidationError."""
        return _adapter(Any if type_hint is None else type_hint).validate_json(payload.data)


class PayloadConverter(CompositePayloadConverter):
    """What the SDK's pydantic converter does, with the reader above for JSON."""

    def __init__(self) -> None:
        known = DefaultPayloadConverter.default_encoding_payload_converters
        json = SharedPydanticConverter()
        super().__init__(*(json if isinstance(one, JSONPlainPayloadConverter) else one for one in known))
