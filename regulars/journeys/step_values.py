"""What kinds of value do steps have that nothing else has? Shares, reasons and tags."""

from __future__ import annotations

import re

from regulars.journeys.mistakes import Findings
from regulars.journeys.values import parsed
from regulars.journeys.yaml_source import Node, SequenceNode

LIMIT = 100  # characters of a reason or a tag
MOST_ROUNDS = 100


def _share(written: str) -> int:
    match = re.fullmatch(r"(\d{1,3})(?:\.(\d{1,2}))?\s?%", written)
    share = int(match.group(1)) * 100 + int((match.group(2) or "0").ljust(2, "0")) if match else 0
    if not 0 < share <= 10_000:
        close = f"; did you mean '{written}%'?" if re.fullmatch(r"\d{1,2}", written) else ""
        raise ValueError(f"expected a share like 50%, found {written[:60]!r}{close}")
    return share


def _holdout(written: str) -> int:
    part = _share(written)
    if part == 10_000:
        raise ValueError("a holdout of 100% leaves nobody to write to")
    return part


def _reason(written: str) -> str:
    if len(written) > LIMIT or "\n" in written:
        raise ValueError(f"expected a few words in one line, at most {LIMIT} characters")
    return written


def _times(written: str) -> int:
    if not re.fullmatch(r"\d{1,3}", written) or not 2 <= int(written) <= MOST_ROUNDS:
        raise ValueError(f"expected a number of rounds from 2 to {MOST_ROUNDS}, found {written[:60]!r}")
    return int(written)


def _tag(written: str) -> str:
    if len(written) > LIMIT or "," in written:
        raise ValueError(f"expected a tag of at most {LIMIT} characters without ',': write several as [one, two]")
    return written


def tags(node: Node, findings: Findings) -> tuple[str, ...] | None:
    """One tag or a list of them."""
    many = node.items if isinstance(node, SequenceNode) else (node,)
    if not many:
        findings.add(node, "expected a tag or a list of tags, found an empty list")
    found = [found for one in many if (found := tag(one, findings)) is not None]
    return tuple(dict.fromkeys(found)) or None


share = parsed(_share)  # in hundredths of a percent
holdout = parsed(_holdout)  # as a share
reason = parsed(_reason)
tag = parsed(_tag)
times = parsed(_times)
