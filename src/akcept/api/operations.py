"""One operation is one action or query: here its scope, its key, its version, its answer and its refusals meet.

Every operation is registered by `reads` or `does`; what it needs is in the schema it is documented by, and the tests
walk that schema, so that none can be forgotten.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, Generic, Protocol, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router, Schema

from akcept.api import answers, problems
from akcept.api.access import Caller, ScopeMissing
from akcept.api.problems import VersionMissing
from akcept.api.schemas.common import Done, Problem, Saved
from akcept.api.scopes import Scope
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, Refused
from akcept.transactions.acting import keeping

Led = TypeVar("Led")

#: Answered by any operation.
_ALWAYS: Final = (400, 401, 403, 404, 422, 429, 500, 503)
_ACTING: Final = (409, 413)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What an operation answers."""

    status: int = 200
    content: Schema | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> HttpResponse:
        """Return it as it is sent: what is kept beside an idempotency key are these very bytes."""
        body = b"" if self.content is None else json.dumps(self.content.model_dump(mode="json"), ensure_ascii=False)
        response = HttpResponse(body, status=self.status, content_type="application/json")
        response["Content-Language"] = get_language() or "en"
        for name, value in self.headers.items():
            response[name] = value
        return response


class _Versioned(Protocol):
    """A row somebody may have changed since it was seen."""

    pk: int
    version: int


def saved(row: _Versioned, *, status: int = 200) -> Answered:
    """Answer with what a row is found by, and its version now."""
    content = Saved(id=row.pk, version=row.version)
    return Answered(status=status, content=content, headers={"ETag": etag(row.version)})


def done(key: int, *, status: int = 200) -> Answered:
    """Answer that something was done with a row that has no version."""
    return Answered(status=status, content=Done(id=key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing(Generic[Led]):
    """An action about to be done, how what it leads to is answered, and how things stand where it is stale.

    `answered` is called inside the action's transaction: it asks the database for nothing.
    """

    act: Callable[[], Led]
    answered: Callable[[Led], Answered]
    current: Callable[[], Mapping[str, Any] | None] | None = None
    #: Nothing is changed: no key is claimed.
    only_looks: bool = False
    #: Each of several is a transaction of its own, so the answer is kept after the last one.
    several: bool = False


def caller(request: HttpRequest) -> Caller:
    """Return who calls; the surface has looked at the token."""
    found: Caller = request.auth  # type: ignore[attr-defined]
    return found


def unversioned(
    request: HttpRequest, act: Callable[..., Any], *about: int, status: int = 200, **terms: Any
) -> Doing[Any]:
    """Return an act of the caller's on rows that have no version, answered with the id of what it leads to."""
    actor = caller(request).actor
    return Doing(act=lambda: act(*about, actor=actor, **terms), answered=lambda led: done(led.pk, status=status))


def version_of(request: HttpRequest) -> int:
    """Return the version the caller saw, from `If-Match`. Raises VersionMissing."""
    tag = request.headers.get("If-Match", "").strip()
    number = tag.removeprefix('"').removesuffix('"')
    if not (tag.startswith('"') and tag.endswith('"') and number.isascii() and number.isdigit() and len(number) < 10):
        raise VersionMissing(_('Send If-Match with the ETag of what you saw, such as "3".'))
    return int(number)


def etag(version: int) -> str:
    """Return a version as the tag that `If-Match` names."""
    return f'"{version}"'


def reads(
    router: Router,
    path: str,
    *,
    scope: Scope | None,
    answer: Any,
    name: str,
    summary: str,
    etagged: bool = False,
    switched: Mapping[str, Scope] = MappingProxyType({}),
) -> Callable[[Callable[..., Answered]], Callable[..., HttpResponse]]:
    """Register a query. `switched`: a parameter that, when it is true, asks for another scope; the last one counts."""

    def register(view: Callable[..., Answered]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if scope is not None:
                _require_scope(caller(request), scope, switched, kwargs.values())
            _require_known(request, guarded)
            return view(request, *args, **kwargs).response()

        _as_signed(guarded, view)
        extra = _extra(scope, _ALWAYS, tagged=(200,) if etagged else (), more=tuple(switched.values()))
        router.get(path, response={200: answer}, operation_id=name, summary=summary, openapi_extra=extra)(guarded)
        guarded._known = _parameters(router, path, "GET")  # type: ignore[attr-defined]
        return guarded

    return register


def does(
    router: Router,
    path: str,
    *,
    scope: Scope,
    answers_: Mapping[int, Any],
    name: str,
    summary: str,
    versioned: bool = True,
    needs_key: bool = False,
) -> Callable[[Callable[..., Doing[Any]]], Callable[..., HttpResponse]]:
    """Register an action; `versioned` ones need `If-Match`, `needs_key` ones an `Idempotency-Key`."""

    def register(view: Callable[..., Doing[Any]]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            caller(request).require(scope)
            _require_known(request, guarded)
            return _done(request, lambda: view(request, *args, **kwargs), needs_key=needs_key)

        _as_signed(guarded, view)
        also = (*_ACTING, *((412, 428) if versioned else ()))
        tagged = tuple(answers_) if versioned else ()
        extra = _extra(scope, (*_ALWAYS, *also), tagged=tagged, versioned=versioned, keyed=True, needs_key=needs_key)
        register_ = router.post(path, response=dict(answers_), operation_id=name, summary=summary, openapi_extra=extra)
        register_(guarded)
        guarded._known = _parameters(router, path, "POST")  # type: ignore[attr-defined]
        return guarded

    return register


def _as_signed(guarded: Any, view: Callable[..., Any]) -> None:
    """Let a wrapped view be read with the names of its own module."""
    guarded.__signature__ = inspect.signature(view, eval_str=True)


def _done(request: HttpRequest, prepare: Callable[[], Doing[Any]], *, needs_key: bool) -> HttpResponse:
    key = answers.key_of(request)
    if not key:
        doing = prepare()
        if needs_key and not doing.only_looks:
            raise answers.KeyMissing(_("Send an Idempotency-Key, so that the same call sent twice is done once."))
        return _refused_or(doing, lambda: doing.answered(doing.act()).response())
    found = answers.claim(caller(request).credential_id, key, answers.fingerprint_of(request), now=utc_now())
    if isinstance(found, HttpResponse):
        return found
    try:
        return _kept(found, prepare)
    except BaseException:
        answers.let_go(found)
        raise


def _kept(claimed: answers.Claim, prepare: Callable[[], Doing[Any]]) -> HttpResponse:
    """Do it and keep the answer: of what was done in its transaction, of a refusal afterwards, for nothing was done."""
    kept: list[HttpResponse] = []
    doing: Doing[Any] | None = None

    def keep(led: Any) -> None:
        assert doing is not None  # noqa: S101  acts after it was prepared
        response = problems.of_refusal(led) if isinstance(led, Refused) else doing.answered(led).response()
        answers.write(claimed, response)
        kept[:] = [response]

    try:
        doing = prepare()
        if doing.only_looks:
            response = doing.answered(doing.act()).response()
            answers.let_go(claimed)
            return response
        with nullcontext() if doing.several else keeping(keep):
            led = doing.act()
    except answers.InFlight:
        raise
    except Refused as refusal:
        if kept:
            return kept[0]  # refused after the commit: the answer was kept with what was done
        response = _of_refusal(refusal, doing)
        if response.status_code in (401, 429):
            raise
        answers.write(claimed, response)
        return response
    if kept:
        return kept[0]
    response = doing.answered(led).response()  # several transactions: each was its own
    answers.write(claimed, response)
    return response


def _refused_or(doing: Doing[Any], act: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return act()
    except Refused as refusal:
        return _of_refusal(refusal, doing)


def _of_refusal(refusal: Refused, doing: Doing[Any] | None) -> HttpResponse:
    current = None
    if refusal.code == "stale" and doing is not None and doing.current is not None:
        with suppress(Refused):
            current = doing.current()
    return problems.of_refusal(refusal, current=current)


def _require_scope(found: Caller, scope: Scope, switched: Mapping[str, Scope], asked: Iterable[Any]) -> None:
    """Raise ScopeMissing; a token that may ask for the same in another way is told how."""
    models = list(asked)
    on = [name for name in switched if any(getattr(model, name, False) for model in models)]
    if not on and scope not in found.scopes:
        for name, other in switched.items():
            if other in found.scopes:
                text = _("A token made for “%(scope)s” asks with %(parameter)s=1.")
                raise ScopeMissing(text % {"scope": other.value, "parameter": name})
    found.require(switched[on[-1]] if on else scope)


def _require_known(request: HttpRequest, view: Any) -> None:
    """Raise Invalid for a parameter there is none of: a filter somebody misspelt must not answer with everything."""
    unknown = set(request.GET) - view._known
    if unknown:
        raise Invalid(_("There is no such parameter."), field=min(unknown))


def _parameters(router: Router, path: str, method: str) -> frozenset[str]:
    for operation in router.path_operations[path].operations:
        if method in operation.methods:
            queries = [model for model in operation.models if model.__ninja_param_source__ == "query"]
            return frozenset(name for model in queries for name in _flat(model.model_json_schema()))
    return frozenset()


def _flat(schema: Mapping[str, Any]) -> set[str]:
    """Return the names of parameters, also of those that come grouped in a model."""
    found: set[str] = set()
    for name, details in schema.get("properties", {}).items():
        ref = details.get("$ref", "").rpartition("/")[2]
        inner = schema.get("$defs", {}).get(ref, {})
        found |= set(inner["properties"]) if "properties" in inner else {name}
    return found


def _extra(
    scope: Scope | None,
    statuses: tuple[int, ...],
    *,
    tagged: tuple[int, ...] = (),
    versioned: bool = False,
    keyed: bool = False,
    needs_key: bool = False,
    more: tuple[Scope, ...] = (),
) -> dict[str, Any]:
    """Return what the schema says of an operation beyond its models."""
    responses: dict[int, Any] = {status: _problem(status) for status in sorted(set(statuses))}
    for status in tagged:
        responses[status] = {"headers": {"ETag": {"schema": {"type": "string"}}}}
    parameters = []
    if versioned:
        parameters.append(_header("If-Match", "The ETag of what the caller saw.", required=True, pattern='^"[0-9]+"$'))
    if keyed:
        text = "The same key is done once, and answered the same for 24 hours."
        parameters.append(_header("Idempotency-Key", text, required=needs_key, maxLength=answers.KEY_LIMIT))
    extra: dict[str, Any] = {"responses": responses, "parameters": parameters}
    if scope is not None:
        named = [each.value for each in (scope, *more)]
        extra["security"] = [{kind: [each]} for each in named for kind in ("oauth2", "token")]
    return extra


#: As RFC 9110 has them: Python's own were older words before 3.13, and the schema is the same whoever makes it.
_PHRASES: Final = {413: "Content Too Large", 422: "Unprocessable Content"}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    details: dict[str, Any] = {
        "description": _PHRASES.get(status) or HTTPStatus(status).phrase,
        "content": {problems.MEDIA_TYPE: {"schema": schema}},
    }
    if status in (429, 503):
        details["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return details


def _header(name: str, text: str, *, required: bool, **schema: Any) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "description": text,
        "required": required,
        "schema": {"type": "string", **schema},
    }


def public(
    router: Router, path: str, *, answer: Any, name: str, summary: str
) -> Callable[[Callable[..., Answered]], Callable[..., HttpResponse]]:
    """Register what needs no token: where tokens are given."""

    def register(view: Callable[..., Answered]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs).response()

        _as_signed(guarded, view)
        extra = _extra(None, (400, 401, 403, 413, 422, 500, 503))
        extra["security"] = []
        register_ = router.post(
            path, auth=None, response={200: answer}, operation_id=name, summary=summary, openapi_extra=extra
        )
        register_(guarded)
        return guarded

    return register
