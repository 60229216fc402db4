"""What may a failure say in Temporal's history? Its type and a reference into the log: never data, so never a person's.

Exception messages carry what was being handled: addresses, bodies, SQL. The full text goes to our log under that
reference.
"""

from __future__ import annotations

import logging

from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter, DefaultFailureConverter, PayloadConverter

from regulars.ids import new_id
from regulars.temporal import payloads

_LOG = logging.getLogger(__name__)
REFUSED = "Refused"  # the type of failures whose words are ours, fixed, and meant to be read


class ReticentFailureConverter(DefaultFailureConverter):
    """Keeps a failure's type, drops message, details and stack, and logs them under the reference it puts instead."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        super().to_failure(exception, payload_converter, failure)
        reference = new_id()
        if _hush(failure, reference):
            _LOG.error("failure %s", reference, exc_info=exception)


def _hush(failure: Failure, reference: str) -> bool:
    """Take the words out of a failure and its causes. True when there were any to log."""
    kind = failure.WhichOneof("failure_info")
    hushed = False
    if kind == "application_failure_info" and failure.application_failure_info.type != REFUSED:
        hushed = True
        failure.message = f"{failure.application_failure_info.type or 'Error'} ({reference})"
        failure.application_failure_info.ClearField("details")
    failure.stack_trace = ""
    if failure.HasField("cause"):
        hushed = _hush(failure.cause, reference) or hushed
    return hushed


DATA_CONVERTER = DataConverter(
    payload_converter_class=payloads.PayloadConverter, failure_converter_class=ReticentFailureConverter
)
