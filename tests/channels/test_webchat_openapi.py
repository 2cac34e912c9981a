"""The OpenAPI document: complete, and true."""

from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.channels.webchat_kit import House

TRUE = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@cache
def house() -> House:
    return House(rate="1000000/second", global_rate="1000000/second", session_rate="1000000/second")


@cache
def token() -> str:
    from starlette.testclient import TestClient

    return str(TestClient(house().app).post("/webchat/session").json()["token"])


@pytest.fixture
def document() -> dict[str, Any]:
    return house().app.openapi()


OPERATIONS = {
    ("/webchat/session", "post", "200"),
    ("/webchat/messages", "post", "202"),
    ("/webchat/messages", "get", "200"),
    ("/webchat/events", "get", "200"),
    ("/webchat/images/{seq}", "get", "200"),
}


def test_the_document_names_every_operation_and_what_may_go_wrong(document: dict[str, Any]) -> None:
    found = {
        (path, method, min(operation["responses"]))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert found == OPERATIONS
    for path, method, _ in OPERATIONS:
        operation = document["paths"][path][method]
        assert operation["summary"]
        assert operation["description"]
        assert operation["security"]
        assert {"401", "422", "503"} <= set(operation["responses"])
    assert {"400", "413", "429"} <= set(document["paths"]["/webchat/messages"]["post"]["responses"])


def test_every_refusal_is_documented_with_its_code_and_sentence(document: dict[str, Any]) -> None:
    responses = document["paths"]["/webchat/messages"]["post"]["responses"]
    examples = responses["413"]["content"]["application/json"]["examples"]
    assert set(examples) == {"body_too_large", "text_too_long"}
    assert examples["text_too_long"]["value"]["code"] == "text_too_long"
    assert "Retry-After" in responses["429"]["headers"]


def test_bodies_have_examples_that_are_accepted(document: dict[str, Any]) -> None:
    body = document["paths"]["/webchat/messages"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["additionalProperties"] is False
    assert [set(example) for example in body["examples"]] == [{"id", "text"}, {"id", "text", "payload"}]


schema = schemathesis.pytest.from_fixture("documented")


@pytest.fixture
def documented() -> Any:
    # The events are left out: an answer without an end is nothing a generated test can wait for.
    return schemathesis.openapi.from_asgi("/openapi.json", house().app).exclude(path="/webchat/events")


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_web_chat_answers_as_its_document_says(case: Any) -> None:
    response = case.call(headers={"Authorization": f"Bearer {token()}"})
    case.validate_response(response, checks=TRUE)
