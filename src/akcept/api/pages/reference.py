"""The reference of the API as a page, made from the schema: no script, and nothing from anywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from akcept.api import problems
from akcept.api.surface import api


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field or parameter: its name, type and whether it is needed."""

    name: str
    kind: str
    needed: bool
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    scope: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answers: tuple[tuple[str, str, tuple[Field, ...]], ...]
    refusals: str


@cache
def schema() -> dict[str, Any]:
    """Return the schema, in English as it is committed."""
    with override("en"):
        found: dict[str, Any] = api.get_openapi_schema()
    return found


@require_safe
def openapi(_request: HttpRequest) -> HttpResponse:
    """Answer with the schema."""
    return JsonResponse(schema(), json_dumps_params={"ensure_ascii": False})


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Show what can be called."""
    context = {"operations": _operations(), "codes": sorted(problems.CODES.items())}
    return render(request, "akcept/access/reference.html", context)


@cache
def _operations() -> tuple[Operation, ...]:
    return tuple(
        _operation(method.upper(), path, details)
        for path, methods in schema()["paths"].items()
        for method, details in methods.items()
    )


def _operation(method: str, path: str, details: dict[str, Any]) -> Operation:
    security = details.get("security") or [{}]
    body: dict[str, Any] = next(iter(details.get("requestBody", {}).get("content", {}).values()), {})
    done = {status: each for status, each in details["responses"].items() if int(status) < 400}
    return Operation(
        id=details["operationId"],
        method=method,
        path=path,
        summary=details["summary"],
        text=details.get("description", ""),
        scope=next(iter(security[0].get("oauth2", [])), ""),
        parameters=tuple(
            Field(
                name=each["name"],
                kind=_kind(each["schema"]),
                needed=bool(each.get("required")),
                text=each.get("description", ""),
            )
            for each in details.get("parameters", [])
        ),
        body=_fields(body.get("schema", {})),
        answers=tuple((status, each.get("description", ""), _answer(each)) for status, each in done.items()),
        refusals=", ".join(sorted(str(status) for status in details["responses"] if int(status) >= 400)),
    )


def _answer(response: dict[str, Any]) -> tuple[Field, ...]:
    return _fields(response.get("content", {}).get("application/json", {}).get("schema", {}))


def _fields(of: dict[str, Any]) -> tuple[Field, ...]:
    found = _resolved(of)
    needed = set(found.get("required", []))
    return tuple(
        Field(name=name, kind=_kind(details), needed=name in needed)
        for name, details in found.get("properties", {}).items()
    )


def _resolved(of: dict[str, Any]) -> dict[str, Any]:
    name = of.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schema()["components"]["schemas"][name] if name else of
    return found


def _kind(of: dict[str, Any]) -> str:
    if "$ref" in of:
        return str(of["$ref"].rpartition("/")[2])
    if "anyOf" in of:
        return " | ".join(_kind(each) for each in of["anyOf"])
    if of.get("type") == "array":
        return f"[{_kind(of['items'])}]"
    if "enum" in of:
        return " | ".join(f'"{each}"' for each in of["enum"])
    return str(of.get("format") or of.get("type") or "any")
