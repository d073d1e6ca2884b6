"""What stands around every request: its id, one line in the log, its time in the figures, and the probes' answers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from akcept.kernel import tracing
from akcept.ui import database_trouble
from shop.operate import metrics, probes

log = logging.getLogger("akcept.request")

HEADER: Final = "X-Request-ID"


class Requests:
    """Middleware, in front of all others, so that what they answer counts too.

    A line names the view and the kind of visitor, never an address with its words, nor a person, a name or where they
    are from. Probes leave none: they ask every few seconds.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on under its id."""
        if (probe := probes.PROBES.get(request.path)) is not None:
            return probe(request)
        begin, cpu = time.perf_counter(), time.thread_time()
        request_id = tracing.accepted(request.headers.get(HEADER, ""))
        request.akcept_request_id = request_id  # type: ignore[attr-defined]
        with tracing.traced(request_id):
            response = self.get_response(request)
            seconds = time.perf_counter() - begin
            view = _view(request)
            metrics.request(view, request.method or "", response.status_code, seconds)
            if not getattr(response, database_trouble.TOLD, False):
                _tell(request, response, view=view, seconds=seconds, cpu=time.thread_time() - cpu)
            response.headers[HEADER] = request_id
        return response


def _tell(request: HttpRequest, response: HttpResponse, *, view: str, seconds: float, cpu: float) -> None:
    told = {"method": request.method, "view": view, "status": response.status_code, "ms": round(seconds * 1000, 1)}
    user = getattr(request, "_cached_user", None)  # asking for one that nobody has read would take a statement
    more = {
        "cpu_ms": round(cpu * 1000, 1),
        "bytes": 0 if response.streaming else len(response.content),
        "signed_in": bool(user and user.pk),
    }
    log.info("%(method)s %(view)s %(status)s %(ms)s ms", told, extra={**told, **more})


def _view(request: HttpRequest) -> str:
    """Return the view's name, "-" for an address nobody has: made-up ones must not fill the figures."""
    match = request.resolver_match
    if match is None:
        return "-"
    return match.view_name or match._func_path
