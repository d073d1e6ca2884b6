"""The schema is the code's, is kept beside it, and says of each operation what it may answer."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from akcept.api import problems
from akcept.kernel.errors import Refused
from tools import openapi

SCHEMA: dict[str, Any] = json.loads(openapi.PATH.read_text(encoding="utf-8"))
OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    details["operationId"]: (method.upper(), path, details)
    for path, methods in SCHEMA["paths"].items()
    for method, details in methods.items()
}


def test_what_is_kept_is_what_the_code_says() -> None:
    assert openapi.text() == openapi.PATH.read_text(encoding="utf-8"), "run python -m tools.openapi"


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_says_what_it_needs_and_may_answer(name: str) -> None:
    method, path, details = OPERATIONS[name]
    assert path.startswith("/api/v1/")
    assert details["summary"]
    assert details["description"]
    statuses = set(details["responses"])
    assert {"400", "401", "403", "422", "500", "503"} <= statuses
    if name == "exchange_token":
        return
    assert {"404", "429"} <= statuses
    pairs = list(zip(details["security"][::2], details["security"][1::2], strict=True))
    assert pairs
    assert all(oauth["oauth2"] == token["token"] != [] for oauth, token in pairs)
    headers = {each["name"] for each in details.get("parameters", []) if each["in"] == "header"}
    if method == "POST":
        assert "Idempotency-Key" in headers
        assert {"409", "413"} <= statuses
        assert ("If-Match" in headers) == ({"412", "428"} <= statuses)


def test_every_reference_leads_somewhere() -> None:
    named = set(re.findall(r'"#/components/schemas/(\w+)"', openapi.PATH.read_text(encoding="utf-8")))
    assert named
    assert named <= set(SCHEMA["components"]["schemas"])
    assert SCHEMA["openapi"].startswith("3.1")


def _every(of: type[Refused]) -> list[type[Refused]]:
    return [of, *(each for sub in of.__subclasses__() for each in _every(sub))]


def test_every_refusal_has_a_code_that_is_documented_with_its_status() -> None:
    """All of this process: of the core, of the shop's edge, of the API."""
    ours = [kind for kind in _every(Refused) if kind.__module__.startswith("akcept.")]
    assert len(ours) > 25
    for kind in ours:
        status = 412 if kind.code == "stale" else kind.status
        assert problems.CODES.get(kind.code) == status, f"{kind.__name__} {kind.code} {status}"


def test_no_money_is_a_number() -> None:
    for name, schema in SCHEMA["components"]["schemas"].items():
        for field, details in schema.get("properties", {}).items():
            assert details.get("type") != "number", f"{name}.{field}"
