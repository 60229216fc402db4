"""By what can a run be found? One list of typed search attributes, from which starts and the registration both read."""

from __future__ import annotations

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from regulars.journeys.graph import Graph
from workflows.walk import STEP

JOURNEY = SearchAttributeKey.for_keyword("Journey")
CUSTOMER = SearchAttributeKey.for_keyword_list("Customer")
VERSION = SearchAttributeKey.for_keyword("Version")
ALL: dict[str, IndexedValueType.ValueType] = {
    JOURNEY.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    CUSTOMER.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    STEP.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    VERSION.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
}


def of(journey: str, graph: Graph, customers: list[str]) -> TypedSearchAttributes:
    """The attributes of a walk at its start. Ids only: they are never encrypted.

    Step is where members rest. At first it is where they will rest: to say where they are on the way there would cost
    every run an update of the index, for what lasts a moment.
    """
    step = graph.first_rest()
    return TypedSearchAttributes(
        [
            SearchAttributePair(JOURNEY, journey),
            SearchAttributePair(VERSION, graph.version),
            SearchAttributePair(STEP, [step] if step else []),
            SearchAttributePair(CUSTOMER, customers),
        ]
    )


def of_audience(journey: str) -> TypedSearchAttributes:
    """The attributes of a run that lets many into a journey."""
    return TypedSearchAttributes([SearchAttributePair(JOURNEY, journey)])


async def register(client: Client) -> None:
    """Make the namespace know them; does nothing where it does."""
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = {name: kind for name, kind in ALL.items() if name not in known.custom_attributes}
    if not missing:
        return
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS:  # another worker was first
            raise
