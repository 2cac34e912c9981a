"""The OpenAPI document: complete, and true."""

import asyncio
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
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
    return asyncio.run(house().customer()).token


@cache
def documented() -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", house().app)


@pytest.fixture
def document() -> dict[str, Any]:
    return house().app.openapi()


OPERATIONS = {
    ("/webchat/session", "post", "200"),
    ("/webchat/messages", "post", "202"),
    ("/webchat/messages", "get", "200"),
    ("/webchat/typing", "post", "204"),
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
        takes = {"422"} if path != "/webchat/typing" else set()  # it has no body and no query
        assert {"401", "503", *takes} <= set(operation["responses"])
    assert {"400", "413", "429"} <= set(document["paths"]["/webchat/messages"]["post"]["responses"])


@pytest.mark.parametrize(("path", "media_type"), [("events", "text/event-stream"), ("images/{seq}", "image/png")])
def test_what_is_not_json_is_not_called_so(document: dict[str, Any], path: str, media_type: str) -> None:
    assert list(document["paths"][f"/webchat/{path}"]["get"]["responses"]["200"]["content"]) == [media_type]


def test_a_session_may_be_opened_without_a_token(document: dict[str, Any]) -> None:
    assert document["paths"]["/webchat/session"]["post"]["security"] == [{"HTTPBearer": []}, {}]
    assert document["paths"]["/webchat/messages"]["post"]["security"] == [{"HTTPBearer": []}]


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


# schemathesis drives Starlette's TestClient, which asks for a library that schemathesis does not know.
@pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient`")
# Not the events: an answer without an end is nothing a generated test can wait for.
@pytest.mark.parametrize(("path", "method"), sorted((p, m) for p, m, _ in OPERATIONS if p != "/webchat/events"))
def test_web_chat_answers_as_its_document_says(path: str, method: str) -> None:
    operation = documented()[path][method.upper()]

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def answers_as_documented(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {token()}"})
        case.validate_response(response, checks=TRUE)

    answers_as_documented()
