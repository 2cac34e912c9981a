"""The document that a utility would implement from: complete, with examples, and kept by our own answers."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.app import create_app
from tests.backend.conftest import SECRET, HandClock

DOCUMENT = create_app(database_url="sqlite://", secret="s").openapi()
KEPT = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_document_has_the_contract() -> None:
    assert {name for name, _operation in operations(DOCUMENT)} == {
        "GET /places",
        "GET /places/{place_id}",
        "GET /places/{place_id}/outages",
        "POST /identity",
        "POST /bindings",
        "GET /bindings/{conversation}",
        "DELETE /bindings/{conversation}",
        "DELETE /bindings/{conversation}/{no}",
        "GET /accounts/{no}",
        "GET /accounts/{no}/bills",
        "GET /accounts/{no}/balance",
        "GET /accounts/{no}/outages",
        "GET /payment-ways",
        "GET /outages/{outage_id}",
        "POST /tickets",
        "GET /tickets",
        "GET /tickets/{no}",
        "POST /tickets/{no}/urge",
        "POST /tickets/{no}/notes",
        "GET /time-limits",
        "GET /service-hours",
        "PUT /service-hours",
        "GET /staff/tickets",
        "GET /staff/tickets/{no}",
        "GET /staff/tickets/{no}/contact",
        "POST /staff/tickets/{no}/steps",
        "GET /staff/teams",
        "GET /ticket-news",
        "GET /ticket-news/last",
        "GET /outage-news",
        "GET /outage-news/last",
        "POST /staff/plans/preview",
        "POST /staff/plans",
        "GET /staff/plans",
        "GET /staff/plans/{outage_id}",
        "PUT /staff/plans/{outage_id}",
        "POST /staff/plans/{outage_id}/cancel",
        "POST /staff/plans/{outage_id}/actual",
        "POST /staff/plans/import",
        "GET /staff/plan-templates",
        "GET /staff/approved-lists",
        "GET /staff/plan-report",
        "GET /staff/notice-tasks",
        "POST /staff/notice-tasks/{id}/close",
        "POST /staff/notice-tasks/{id}/ticks",
        "GET /staff/incidents",
        "POST /staff/incidents",
        "GET /staff/incident-rules",
        "GET /staff/incidents/{outage_id}",
        "POST /staff/incidents/{outage_id}/confirm",
        "POST /staff/incidents/{outage_id}/withdraw",
        "POST /staff/incidents/{outage_id}/steps",
        "POST /staff/incidents/{outage_id}/estimate",
        "POST /staff/incidents/{outage_id}/restore",
        "POST /staff/incidents/{outage_id}/checklist/{item}",
        "POST /staff/incidents/{outage_id}/cause",
        "POST /alarms",
        "POST /outages/{outage_id}/confirmations",
        "GET /staff/outages/{outage_id}/audience",
        "GET /reliability",
        "GET /staff/reliability",
        "GET /compensation-rules",
        "POST /staff/compensation/run",
        "POST /compensation/applications",
        "GET /compensation",
        "GET /staff/compensation/applications",
        "POST /staff/compensation/applications/{id}/decide",
        "GET /staff/grants",
        "POST /staff/grants/{id}/approve",
        "POST /staff/grants/{id}/reject",
        "POST /staff/outages/{outage_id}/grants/approve",
        "GET /grant-news",
        "GET /grant-news/last",
        "GET /appliance-classes",
        "POST /appliance-claims",
        "GET /appliance-claims",
        "PUT /subscriptions",
        "GET /subscriptions",
        "DELETE /subscriptions",
        "DELETE /subscriptions/{id}",
        "PUT /accounts/{no}/emergency-contacts",
        "GET /accounts/{no}/emergency-contacts",
        "GET /staff/accounts/{no}/emergency-contacts",
        "GET /healthz",
    }


def test_every_operation_says_what_it_does_and_how_it_refuses() -> None:
    for name, operation in operations(DOCUMENT):
        assert operation["summary"], name
        assert len(operation["description"]) > 30, name
        if name != "GET /healthz":
            assert {"401", "422", "503"} <= operation["responses"].keys(), name
            assert operation["security"], name
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                content = response["content"]["application/json"]
                assert content["schema"]["$ref"].endswith("/Problem"), (name, status)
                assert content["example"]["code"], (name, status)


def test_every_field_of_every_noun_is_described() -> None:
    bare = [
        f"{name}.{field}"
        for name, schema in DOCUMENT["components"]["schemas"].items()
        for field, shape in schema.get("properties", {}).items()
        if "description" not in shape and name != "Health"
    ]
    assert bare == []


def test_every_noun_that_is_sent_has_an_example() -> None:
    for noun in ("IdentityCheck", "TicketRequest", "TicketNote", "Bill", "Outage", "Ticket", "Account"):
        assert DOCUMENT["components"]["schemas"][noun].get("examples"), noun


# --- our own answers keep to it -------------------------------------------------------------------------------------


OPERATIONS = sorted(name for name, _operation in operations(DOCUMENT))


# schemathesis drives Starlette's TestClient, which asks for a library that schemathesis does not know.
@pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient`")
@pytest.mark.timeout(300)  # it asks every operation many times
def test_whatever_is_sent_the_answer_is_as_documented(copied_url: str) -> None:
    app = create_app(database_url=copied_url, secret=SECRET, clock=HandClock())
    contract = schemathesis.openapi.from_asgi("/openapi.json", app)
    for name in OPERATIONS:
        method, path = name.split()
        _answers_as_documented(contract[path][method])


def _answers_as_documented(operation: Any) -> None:
    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(case=operation.as_strategy())
    def answers(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {SECRET}"})
        case.validate_response(response, checks=KEPT)

    answers()
