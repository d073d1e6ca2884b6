"""Every refusal as a problem document (RFC 9457): a stable `code`, its text in the caller's language, the field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja.errors import ValidationError

from akcept.approvals.actions import LeadsNowhere
from akcept.kernel.errors import AlreadyPlaced, InvalidLines, Refused
from akcept.transactions.trouble import Trouble

MEDIA_TYPE: Final = "application/problem+json"
#: Refusals that say "not as you saw it": the caller named a version, so it is that precondition that failed.
_PRECONDITION: Final = {"stale": 412}

#: In words what the shop's own refusals stand for, for the reference; the code of a refusal is stable.
CODES: Final[Mapping[str, int]] = {
    "malformed": 400,
    "key_missing": 400,
    "unsupported_grant_type": 400,
    "invalid_token": 401,
    "invalid_client": 401,
    "not_allowed": 403,
    "scope_missing": 403,
    "second_factor_needed": 403,
    "login_needed": 403,
    "order_held": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "refused": 409,
    "illegal_move": 409,
    "already_placed": 409,
    "changed": 409,
    "credit_exceeded": 409,
    "in_flight": 409,
    "leads_nowhere": 409,
    "lease_lost": 409,
    "nobody_can_decide": 409,
    "out_of_bounds": 409,
    "out_of_stock": 409,
    "over_budget": 409,
    "refused_by_rule": 409,
    "unavailable": 409,
    "stale": 412,
    "too_large": 413,
    "empty_cart": 422,
    "invalid": 422,
    "invalid_lines": 422,
    "key_reused": 422,
    "two_currencies": 422,
    "version_missing": 428,
    "rate_limited": 429,
    "too_often": 429,
    "failed": 500,
    "busy": 503,
    "shop_unavailable": 503,
}

#: Seconds after which asking again makes sense.
_RETRY_AFTER: Final = {Trouble.CONFLICT: 1, Trouble.BUSY: 5, Trouble.LOST: 10}


class VersionMissing(Refused):
    """The call changes something and does not say which version of it the caller saw."""

    code = "version_missing"
    status = 428


def of_refusal(refusal: Refused, *, current: Mapping[str, Any] | None = None) -> HttpResponse:
    """Return a refusal of the core as its answer; `current` is how things stand, beside a stale version."""
    more: dict[str, Any] = {}
    if isinstance(refusal, InvalidLines) and refusal.problems:
        more["errors"] = [{"field": f"lines[{at}]", "detail": f"{why}"} for at, why in refusal.problems]
    if isinstance(refusal, AlreadyPlaced):
        more["order_number"] = refusal.order_number
    if isinstance(refusal, LeadsNowhere):
        more["confirm"] = refusal.seal
    if current is not None:
        more["current"] = dict(current)
    status = _PRECONDITION.get(refusal.code, refusal.status)
    response = problem(status, refusal.code, str(refusal), field=refusal.field, **more)
    if status == 401:
        response["WWW-Authenticate"] = f'Bearer error="{refusal.code}"'
    return response


def problem(status: int, code: str, detail: str, *, field: str | None = None, **more: Any) -> HttpResponse:
    """Return a problem document."""
    content = {"type": f"urn:akcept:problem:{code}", "title": code.replace("_", " "), "status": status, "code": code}
    content["detail"] = detail
    if field:
        content["field"] = field
    response = HttpResponse(json.dumps(content | more, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    response["Content-Language"] = get_language() or "en"
    response.akcept_code = code  # type: ignore[attr-defined]  # for the log of calls
    return response


def of_trouble(trouble: Trouble | None) -> HttpResponse:
    """Return what the database could not do, as pages say it: too busy, or not there (`Trouble.LOST`, None)."""
    if trouble in (Trouble.CONFLICT, Trouble.BUSY):
        response = problem(503, "busy", _("The shop is too busy. Send the same call again, with its key."))
    else:
        text = _(
            "The shop is unavailable for a moment. What you sent may or may not have been saved: send the same call "
            "again, with its key."
        )
        response = problem(503, "shop_unavailable", text)
    response["Retry-After"] = str(_RETRY_AFTER[trouble or Trouble.LOST])
    return response


def of_validation(error: ValidationError) -> HttpResponse:
    """Return what is wrong with the form of a call, field by field."""
    errors = [{"field": _path(each["loc"]), "detail": _told(each)} for each in error.errors]
    first = errors[0] if errors else {"field": "", "detail": ""}
    text = first["detail"] if len(errors) == 1 else _("Several fields are not valid: see each one.")
    return problem(422, "invalid", text, field=first["field"], errors=errors)


def _path(loc: Iterable[Any]) -> str:
    """Return `lines[3].quantity` for ("body", "body", "lines", 3, "quantity")."""
    parts = list(loc)[1:]
    if parts and parts[0] in ("body", "wanted"):
        parts = parts[1:]
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _told(error: Mapping[str, Any]) -> str:
    kind, context = str(error.get("type", "")), error.get("ctx", {})
    if kind == "missing":
        return _("This field is required.")
    if kind == "extra_forbidden":
        return _("There is no such field.")
    if kind in ("string_too_long", "too_long"):
        return _("This is too long: %(limit)s at most.") % {"limit": context.get("max_length")}
    if kind in ("string_too_short", "too_short"):
        return _("This is too short: %(limit)s at least.") % {"limit": context.get("min_length")}
    if kind in ("greater_than_equal", "greater_than"):
        return _("This has to be %(limit)s or more.") % {"limit": context.get("ge", context.get("gt"))}
    if kind in ("less_than_equal", "less_than"):
        return _("This has to be %(limit)s or less.") % {"limit": context.get("le", context.get("lt"))}
    if kind.startswith(("int", "string", "bool", "list", "model", "datetime", "dict")):
        return _("This has the wrong type.")
    return _("This is not valid.")
