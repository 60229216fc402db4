"""How is a `webhook` step read? Its address, and the values that it tells there."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from regulars.journeys import values
from regulars.journeys.call import CALL_VALID_FOR, Call, Item
from regulars.journeys.fields import Fields, shown
from regulars.journeys.load_plain_steps import Beginning
from regulars.journeys.load_told import read_told
from regulars.journeys.mistakes import Findings
from regulars.journeys.names import Scope
from regulars.journeys.nearest import closest
from regulars.journeys.reading import Reading
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode

_EXAMPLE = "an address like https://erp.example/hooks/vip"
_LONGEST = 2_000  # characters of an address
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_MOST = 100  # names of a body


def read_call(fields: Fields, reading: Reading, scope: Scope, begun: Beginning) -> Call:
    """The step."""
    return Call(
        "webhook",
        begun.id,
        begun.key,
        fields.require("webhook", _address) or "",
        _body(fields, reading, scope),
        fields.read("valid_for", values.span) or CALL_VALID_FOR,
        begun.condition,
    )


def _address(node: Node, findings: Findings) -> str | None:
    """An address that is the same for every customer. Whether it may be called is judged when it is."""
    if isinstance(node, MappingNode):
        findings.add(node, f"expected {_EXAMPLE}, found a mapping: its words stand beside 'webhook', not below it")
        return None
    return values.parsed(_url)(node, findings)


def _url(written: str) -> str:
    if "{{" in written or "{%" in written:
        raise ValueError("an address is the same for every customer: what differs goes into 'body'")
    if len(written) > _LONGEST or not written.isprintable() or re.search(r"\s", written):
        raise ValueError(f"expected {_EXAMPLE} without spaces, of at most {_LONGEST} characters")
    try:
        parts = urlsplit(written)
        host, _ = parts.hostname, parts.port
    except ValueError as error:  # a port or an IPv6 address that is none
        raise ValueError(f"expected {_EXAMPLE}, found {written[:60]!r}: {error}") from None
    if "@" in parts.netloc:
        raise ValueError("a name or a password does not go into an address: the receiver knows us by our signature")
    if parts.scheme not in ("https", "http") or not host:
        raise ValueError(f"expected {_EXAMPLE}, found {written[:60]!r}{_meant(written, parts.scheme)}")
    return written


def _meant(written: str, scheme: str) -> str:
    """What was most likely meant: a scheme misspelt, or left out."""
    if "://" in written and (close := closest(scheme, ("https",))):
        return f"; did you mean '{close}://{written.partition('://')[2][:60]}'?"
    host = written.partition("/")[0]
    left_out = "." in host and re.fullmatch(r"[\w.-]+(:\d+)?", host)
    return f"; did you mean 'https://{written[:60]}'?" if left_out else ""


def _body(fields: Fields, reading: Reading, scope: Scope) -> tuple[Item, ...]:
    """The names below `body` in the order of the file; none where it is absent."""
    node = fields.node("body")
    if node is None:
        return ()
    if not isinstance(node, MappingNode) or not 0 < len(node.pairs) <= _MOST:
        expected = f"body: expected up to {_MOST} names with their values, as {{tier: gold}}"
        reading.findings.add(node, f"{expected}, found {shown(node)}")
        return ()
    return tuple(_item(key, below, reading, scope) for key, below in node.pairs)


def _item(key: ScalarNode, node: Node, reading: Reading, scope: Scope) -> Item:
    if not NAME.fullmatch(key.value):
        written = re.sub(r"[^A-Za-z0-9]+", "_", key.value).strip("_")
        close = f"; did you mean '{written}'?" if NAME.fullmatch(written) else ""
        reading.findings.add(key, f"expected a name of letters, digits and _, found {shown(key)}{close}")
    value, term = read_told(node, reading, scope)
    if isinstance(value, str) and ("{{" in value or "{%" in value):
        reading.findings.add(node, "expected a value, or one expression in '{{ }}' with nothing around it")
    return Item(key.value, value, term)
