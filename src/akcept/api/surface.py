"""The API as Django sees it: every answer passes here, whatever became of the call, and is JSON."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.signals import got_request_exception
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from akcept.api import access, limits, problems
from akcept.api.access import Caller, NoAccess
from akcept.api.limits import Allowance, RateLimited
from akcept.api.models import Call
from akcept.api.parsing import StrictParser
from akcept.api.routes import (
    budgets,
    catalogue,
    credit,
    customers,
    following,
    inbox,
    members,
    oauth,
    orders,
    organization,
    roles,
    rules,
    shop,
    units,
    work,
)
from akcept.api.schemas.common import Problem
from akcept.api.scope_words import WORDS
from akcept.api.scopes import Scope
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Refused
from akcept.transactions.trouble import trouble_of

log = logging.getLogger("akcept.api")

#: More bytes than this are no call of ours: 500 lines take about 40 thousand.
BODY_LIMIT: Final = 256 * 1024
#: So many calls of a credential are kept for whoever looks at its log.
CALLS_KEPT: Final = 100


class _Bearer(HttpBearer):
    """A token in the header `Authorization`; nothing else lets anybody in, no cookie above all."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Return who calls, with one call of their limit taken. Raises NoAccess, RateLimited."""
        found = access.caller_of(token)
        request.akcept_caller = found  # type: ignore[attr-defined]
        request.akcept_allowance = limits.take(found.credential_id, now=utc_now())  # type: ignore[attr-defined]
        return found


_DESCRIPTION: Final = (
    "Talk to the shop from other systems. Every operation is an action or a query that its pages use too: the same "
    "rights, the same rules of acceptance, the same history."
)


class _Api(NinjaAPI):
    """The API and its schema."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """Return the schema with what all operations share."""
        schema = super().get_openapi_schema(path_prefix="api/v1/")
        components = schema["components"]
        components["securitySchemes"] = {
            "oauth2": {
                "type": "oauth2",
                "description": "For systems: a client id and secret are exchanged for a token that counts an hour.",
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "/api/v1/oauth/token",
                        "scopes": _scopes(),
                    }
                },
            },
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "A member's personal token.",
            },
        }
        for methods in schema["paths"].values():
            for details in methods.values():  # which scope is said by the operation itself
                details["security"] = [each for each in details.get("security", ()) if _Bearer.__name__ not in each]
        components["schemas"].setdefault(
            Problem.__name__, _plain(Problem.model_json_schema(ref_template="#/components/schemas/{model}"), components)
        )
        return schema


def _scopes() -> dict[str, str]:
    """Return what each scope is for, in English as all of the schema."""
    with translation.override("en"):
        return {scope.value: str(WORDS[scope]) for scope in Scope}


def _plain(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    components["schemas"] |= schema.pop("$defs", {})
    return schema


api = _Api(
    title="Akcept API",
    version="1",
    description=_DESCRIPTION,
    auth=_Bearer(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="akcept-api",
    parser=StrictParser(),
)
_parts = (
    oauth,
    catalogue,
    orders,
    inbox,
    organization,
    units,
    members,
    roles,
    budgets,
    rules,
    shop,
    following,
    work,
    customers,
    credit,
)
# What is written at an address that is read, too, is in the same router: one answers for all of an address.
for _router in dict.fromkeys(part.router for part in _parts):
    api.add_router("", _router)
if apps.is_installed("akcept.agreements"):
    from akcept.api.routes import agreements, price_lists

    api.add_router("", agreements.router)
    api.add_router("", price_lists.router)
# What the merchant's systems write needs the rooms it is kept in: a shop may do without them.
if apps.is_installed("akcept.handover"):
    from akcept.api.routes import handing, supply

    api.add_router("", handing.router)
    api.add_router("", supply.router)
if apps.is_installed("akcept.fulfilment"):
    from akcept.api.routes import shipping

    api.add_router("", shipping.router)


@api.exception_handler(Refused)
def _refused(_request: HttpRequest, refusal: Refused) -> HttpResponse:
    return problems.of_refusal(refusal)


@api.exception_handler(AuthenticationError)
def _nobody(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return problems.of_refusal(NoAccess(_("The token is missing, wrong or no longer valid.")))


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.of_validation(error)


@api.exception_handler(HttpError)
def _malformed(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.problem(
        error.status_code,
        "malformed",
        _("The body cannot be read as JSON: UTF-8, each name once in an object, no NUL."),
    )


@api.exception_handler(Http404)
def _nothing(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problems.problem(404, "not_found", _("There is nothing at this address."))


View = Callable[..., HttpResponse]


def surface(view: View) -> View:
    """Wrap a view of the API: bounded, logged, never a page, never kept by a proxy."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = _too_large(request) or view(request, *args, **kwargs)
        except (RequestDataTooBig, TooManyFieldsSent):
            response = problems.problem(413, "too_large", _("The body is too large."))
        except (UnreadablePostError, RawPostDataException, UnicodeDecodeError):
            response = problems.problem(400, "malformed", _("The body cannot be read."))
        except Http404 as error:  # of a page that the library has for what we do not show
            response = _nothing(request, error)
        except Exception as error:
            response = _failed(request, error)
        if response.status_code == 405:
            allowed = response.headers.get("Allow", "")
            response = problems.problem(405, "method_not_allowed", _("This address does not take this method."))
            response["Allow"] = allowed
        return _finished(request, response)

    guarded.__module__ = __name__  # a page of ours, whose actions own their transactions (`OwnTransactions`)
    return guarded


def _too_large(request: HttpRequest) -> HttpResponse | None:
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > BODY_LIMIT:
        return problems.problem(413, "too_large", _("The body is too large."))
    return None


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    trouble = trouble_of(error) if isinstance(error, DatabaseError) else None
    if trouble is not None:
        log.error("%s %s answered 503: %s", request.method, request.path, str(error).partition("\n")[0])
        return problems.of_trouble(trouble)
    got_request_exception.send(sender=surface, request=request)
    log.exception("%s %s failed", request.method, request.path)
    return problems.problem(
        500, "failed", _("This failed, and it is our fault. Send the same call again, with its key.")
    )


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    code = getattr(response, "akcept_code", "")
    allowance: Allowance | None = getattr(request, "akcept_allowance", None)
    if allowance is not None:
        for name, value in allowance.headers().items():
            response[name] = value
    found: Caller | None = getattr(request, "akcept_caller", None)
    if found is not None:
        _note(found, request, response.status_code, code)
    return response


def _note(found: Caller, request: HttpRequest, status: int, code: str) -> None:
    """Keep a call for the log; a log that cannot be written makes no call fail."""
    try:
        Call.objects.create(
            credential_id=found.credential_id,
            at=utc_now(),
            method=(request.method or "")[:7],
            path=request.path[:200],
            status=status,
            code=code[:40],
        )
        if secrets.randbelow(CALLS_KEPT) == 0:  # by chance: of two that call in turn, numbers would meet one only
            kept = Call.objects.filter(credential_id=found.credential_id).order_by("-pk").values("pk")
            last = list(kept[CALLS_KEPT : CALLS_KEPT + 1])
            if last:
                Call.objects.filter(credential_id=found.credential_id, pk__lte=last[0]["pk"]).delete()
    except DatabaseError as error:
        log.warning("a call could not be noted: %s", str(error).partition("\n")[0])


@api.exception_handler(RateLimited)
def _limited(request: HttpRequest, refusal: RateLimited) -> HttpResponse:
    request.akcept_allowance = refusal.allowance  # type: ignore[attr-defined]
    response = problems.of_refusal(refusal)
    response["Retry-After"] = str(refusal.allowance.wait)
    return response
