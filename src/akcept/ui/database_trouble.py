"""What people see, and the log says, while the database is down, too busy, or ended what they did."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.template.loader import select_template
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from akcept.transactions.trouble import Trouble, trouble_of

log = logging.getLogger("akcept.database")

#: A shop may bring its own page; neither asks the database for anything.
TEMPLATES: Final = ("503.html", "akcept/ui/503.html")
#: Seconds after which asking again makes sense.
_RETRY_AFTER: Final = {Trouble.CONFLICT: 1, Trouble.BUSY: 5, Trouble.LOST: 10}
_NOTE: Final = "akcept_database_trouble"
#: On an answer: its line in the log is this module's, once a second.
TOLD: Final = "akcept_database_trouble_told"
#: On an answer: which `Trouble` it tells of, for what tells it to a program.
TROUBLE: Final = "akcept_trouble"


class DatabaseTrouble:
    """Middleware, in front of all others: answers 503 for what the database could not do, in the reader's language.

    Everywhere: our pages, Oscar's, the admin's, and what other middleware asks the database. What was typed can be sent
    again from the page. Nothing about it is a failure of ours, so there is no traceback: one line a second at most.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; exchange what became of trouble that a view or a middleware met."""
        response = self.get_response(request)
        error = getattr(request, _NOTE, None)
        if error is None or response.status_code < 500 or getattr(response, TOLD, False):
            return response
        return _answer(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view; None for what is no trouble of the database."""
        if trouble_of(exception) is None:
            return None
        setattr(request, _NOTE, exception)
        return _answer(request, exception)


def _answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    trouble = trouble_of(error) or Trouble.LOST
    _lines.say(request, error)
    with translation.override(translation.get_language_from_request(request)):
        typed = _typed(request)
        context = {
            "trouble": trouble.value,
            "sent": request.method not in ("GET", "HEAD"),
            "typed": typed,
            "address": request.get_full_path(),
        }
        response = HttpResponse(select_template(TEMPLATES).render(context), status=503)
        response["Content-Language"] = translation.get_language()
    response["Retry-After"] = str(_RETRY_AFTER[trouble])
    add_never_cache_headers(response)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    setattr(response, TOLD, True)
    setattr(response, TROUBLE, trouble)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would write a line for each
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what a form sent, to be sent once more; nothing where it cannot be: files, passwords."""
    try:
        if request.method != "POST" or request.FILES:
            return []
        typed = [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # a body that cannot be read, or is too large: Django's own refusals
        return []
    if any("password" in name for name, _value in typed):
        return []  # never written into a page
    return [(str(name), str(value)) for name, value in typed]


_now = time.monotonic


class _Lines:
    """Says what is wrong, once a second however many requests meet it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said = float("-inf")
        self._left_out = 0

    def say(self, request: HttpRequest, error: BaseException) -> None:
        with self._lock:
            now = _now()
            if now - self._said < 1:
                self._left_out += 1
                return
            more, self._said, self._left_out = self._left_out, now, 0
        text = str(error).strip().partition("\n")[0]
        log.error(
            "%s: %s %s answered 503%s", text, request.method, request.path, f" ({more} more before)" if more else ""
        )


_lines: Final = _Lines()


def _note(sender: Any, request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """Remember trouble that a middleware met: by the time we see its answer, the error itself is gone."""
    error = sys.exc_info()[1]
    if request is not None and trouble_of(error) is not None:
        setattr(request, _NOTE, error)


class _NoTracebacks(logging.Filter):
    """Leaves out Django's own record of an error that is answered, and told, here."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return trouble_of(error) is None


def connect() -> None:
    """Take part in what Django notes of errors; called once, when the app is ready."""
    got_request_exception.connect(_note, dispatch_uid="akcept.database_trouble")
    logging.getLogger("django.request").addFilter(_no_tracebacks)


_no_tracebacks: Final = _NoTracebacks()
