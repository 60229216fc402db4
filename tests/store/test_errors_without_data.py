"""Does what the database says of an error tell of customers? Not in a log, a failure or the exception itself."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from temporalio.api.failure.v1 import Failure

from regulars.store.database import Database
from regulars.store.writer import Writer
from regulars.temporal.failures import DATA_CONVERTER

ADDRESS = "mei.of.the.tests@example.com"
TWICE = "INSERT INTO rate (line, next_at) VALUES (:line, 0)"


def twice(connection: Connection, lines: Sequence[str]) -> list[None]:
    """What the database refuses, quoting the value."""
    for line in lines:
        for _ in range(2):
            connection.execute(text(TWICE), {"line": line})
    return [None] * len(lines)


async def test_an_address_that_is_there_already_is_not_quoted_by_who_says_so(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    writer = Writer(database)
    with pytest.raises(IntegrityError) as refused:
        await writer.ask(twice, ADDRESS)
    writer.close()
    failure = Failure()
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").exception("a round failed", exc_info=refused.value)
        await DATA_CONVERTER.encode_failure(refused.value, failure)
    told = "".join(traceback.format_exception(refused.value)) + str(refused.value.orig) + caplog.text + str(failure)
    assert ADDRESS not in told
    assert "pk_rate" in str(refused.value) or "rate.line" in str(refused.value)  # enough to find out


def test_a_postgresql_error_keeps_its_code_and_the_name_of_the_constraint(postgres_database: Database) -> None:
    words = r"UniqueViolation\) 23505 .*\"pk_rate\""
    with pytest.raises(IntegrityError, match=words), postgres_database.write() as connection:
        twice(connection, [ADDRESS])


@pytest.mark.parametrize("statement", ["SELECT CAST(CAST(:line AS text) AS integer)", "SELECT no_such FROM rate"])
def test_what_postgresql_cannot_read_is_not_quoted_and_what_it_does_not_know_is(
    postgres_database: Database, statement: str
) -> None:
    with pytest.raises(DBAPIError) as refused, postgres_database.read() as connection:
        connection.execute(text(statement), {"line": ADDRESS} if ":line" in statement else {})
    told = "".join(traceback.format_exception(refused.value))
    assert ADDRESS not in told
    assert ("22P02" in told) if ":line" in statement else ('column "no_such" does not exist' in told)
