"""Schemathesis calls everything that the OpenAPI document names, rightly and wrongly, and believes no answer.

It looks for faults (5xx), for answers, headers and bodies that the document doesn't name, and for calls taken that
the document forbids. A program's token is given where one is asked for.
"""

from contextlib import suppress

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy import Engine

from hq import users
from hq.users import User
from tests.hq.chain_of_shops import NOW, Shop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
load_all_checks()
HOW = settings(
    max_examples=60, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_call_gets_an_answer_that_the_document_names(app: Flask, database: Engine, mode: GenerationMode) -> None:
    Shop().enrol(database)
    users.add_user(database, User("anna", "reader", ""), "correct horse battery", "test", NOW)
    headers = {"Authorization": f"Bearer {users.give_pass(database, 'token', 'anna', NOW)}"}
    schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", app)
    refused = schema.config.checks.negative_data_rejection
    refused.expected_statuses = [*refused.expected_statuses, "413"]  # what is wrong may also be too long
    called = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        cases = operation.as_strategy(generation_mode=mode)

        @HOW
        @given(case=cases)
        def call(case: schemathesis.Case) -> None:
            # What is right by its shape is still refused where it is not signed: that check can't hold here.
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])
            called.add(case.operation.label)

        with suppress(Unsatisfiable):  # a call without parameters can't be wrong
            call()
    assert len(called) >= 5
