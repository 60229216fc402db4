"""Which values are there for sure, where a test has held or failed? So that printing them leaves no hole."""

from __future__ import annotations

from jinja2 import nodes

from regulars.journeys.expression import spelled

Paths = frozenset[str]
_NONE: Paths = frozenset()


def path_of(node: nodes.Node) -> str | None:
    """`customer.first_name`, where the node is a name with what stands behind its dots."""
    if not isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
        return None
    inner: nodes.Node = node
    while isinstance(inner, nodes.Getattr | nodes.Getitem):
        inner = inner.node
    return spelled(node).replace("['", ".").replace("']", "") if isinstance(inner, nodes.Name) else None


def where_true(test: nodes.Node) -> Paths:
    """What is not empty where `test` holds."""
    match test:
        case nodes.And():
            return where_true(test.left) | where_true(test.right)
        case nodes.Or():
            return where_true(test.left) & where_true(test.right)
        case nodes.Not():
            return where_false(test.node)
        case nodes.Compare():
            sides = [test.expr, *(operand.expr for operand in test.ops)]
            return frozenset(path for side in sides if (path := path_of(side)))
        case nodes.Test(name="defined"):
            return _one(test.node)
        case nodes.Test():
            return _NONE
        case _:
            return _one(test)


def where_false(test: nodes.Node) -> Paths:
    """What is not empty where `test` fails."""
    match test:
        case nodes.Not():
            return where_true(test.node)
        case nodes.Or():
            return where_false(test.left) | where_false(test.right)
        case nodes.And():
            return where_false(test.left) & where_false(test.right)
        case nodes.Test(name="none" | "undefined"):
            return _one(test.node)
        case _:
            return _NONE


def _one(node: nodes.Node) -> Paths:
    path = path_of(node)
    return frozenset({path}) if path else _NONE
