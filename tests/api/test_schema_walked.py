"""What the schema allows, and what it does not, sent by several people: nothing fails, every answer is documented."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from akcept.agreements import actions as agreements
from akcept.agreements.inputs import AgreementInput, ListInput
from akcept.testing import budgets
from akcept.testing.cast import Cast
from tests.api.test_matrix import TAGS
from tests.api.test_openapi import OPERATIONS, SCHEMA
from tests.api.test_orders import address, placed
from tests.api.tried import taken_back
from tests.contracts import trying
from tests.support.api import system_of

#: Examples of each operation that the schema allows, and of what it does not; always the same.
EXAMPLES = 4
PEOPLE = ("anna", "ben", "dora", "otto", "mia")


@cache
def _schemathesis() -> Any:
    """Imported where it is needed: it takes seconds, and every worker collects this module."""
    return import_module("schemathesis")


@cache
def _checks() -> list[Any]:
    conformance: Any = import_module("schemathesis.specs.openapi.checks")
    return [
        import_module("schemathesis.checks").not_a_server_error,
        conformance.status_code_conformance,
        conformance.content_type_conformance,
        conformance.response_schema_conformance,
        conformance.response_headers_conformance,
    ]


@pytest.fixture
def tokens(cast: Cast) -> dict[str, str]:
    return {who: system_of(getattr(cast, who)).token for who in PEOPLE} | {"nobody": ""}


def _there(cast: Cast) -> dict[str, Any]:
    """Return what there is, by the names of parts of addresses."""
    assert cast.ewa.member is not None
    return {
        "number": placed(cast, system_of(cast.anna)).json()["number"],
        "member_id": cast.ewa.member.pk,
        "unit_id": cast.krakow.pk,
        "address_id": address(cast),
        "role_id": trying.role(cast).pk,
        "rule_id": trying.rule(cast, cast.dora.actor)[0],
        "budget_id": budgets.make(cast.krakow, name="Kraków").pk,
        "invitation_id": trying.invitation(cast),
        "substitution_id": trying.substitute(cast, cast.ben.actor).pk,
        "organization_id": cast.acme.pk,
        **_agreed(cast),
    }


def _agreed(cast: Cast) -> dict[str, Any]:
    listed = agreements.add_list(ListInput(name="L", currency="PLN"), actor=cast.mia.actor)
    wanted = AgreementInput(name="A", list_ids=(listed.pk,))
    made = agreements.add_agreement(wanted, actor=cast.mia.actor, unit_id=cast.krakow.pk)
    return {"list_id": listed.pk, "agreement_id": made.pk}


@pytest.mark.parametrize("mode", ["POSITIVE", "NEGATIVE"], ids=["allowed", "not_allowed"])
@pytest.mark.parametrize("tag", TAGS)
def test_nothing_fails_and_every_answer_is_documented(cast: Cast, tokens: dict[str, str], tag: str, mode: str) -> None:
    schema = _schemathesis().openapi.from_dict(SCHEMA)
    schema.app = WSGIHandler()
    there = _there(cast)
    for method, path, details in OPERATIONS.values():
        if details["tags"] == [tag]:
            with override_settings(AKCEPT_API_BURST=10**6):
                _walk(schema[path][method], tokens, there, _schemathesis().GenerationMode[mode])


def _walk(operation: Any, tokens: dict[str, str], there: dict[str, Any], mode: Any) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), who=st.sampled_from(sorted(tokens)), real=st.booleans())
    def attempt(case: Any, who: str, real: bool) -> None:
        headers = {name: value for name, value in (case.headers or {}).items() if name.lower() != "authorization"}
        if tokens[who]:
            headers["Authorization"] = f"Bearer {tokens[who]}"
        if real:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = there.get(name, case.path_parameters[name])
            if "If-Match" in headers:
                headers["If-Match"] = '"1"'
        case.headers = headers
        with taken_back():
            case.validate_response(case.call(base_url="http://127.0.0.1"), checks=_checks())

    attempt()
