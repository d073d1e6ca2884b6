"""The shop behind a real port, for browsers: in this process (`LiveShop`) or as it is run (`shop_process`)."""

from __future__ import annotations

import contextlib
import sys
import threading
import traceback
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.signals import got_request_exception
from django.http import FileResponse, HttpRequest, HttpResponse
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from tests.support.databases import Private
from tests.support.processes import Running, free_port, running


class LiveShop:
    """A server thread of this process: it sees the test's database, settings and `mail.outbox`."""

    def __init__(self) -> None:
        self._server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, connections_override={})
        self._server.set_app(_Kept(WSGIHandler()))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        #: Tracebacks of unhandled exceptions; the fixture fails the test when there are any.
        self.errors: list[str] = []
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def _note(self, *, request: Any = None, **_: Any) -> None:
        self.errors.append(f"{getattr(request, 'path', '?')}\n{traceback.format_exc()}")

    @contextlib.contextmanager
    def serving(self) -> Iterator[LiveShop]:
        """Answer requests for the length of a `with` block."""
        got_request_exception.connect(self._note)
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            got_request_exception.disconnect(self._note)

    def sign_in(self, where: Page | BrowserContext, user: Any) -> None:
        """Put `user` behind a browser without walking through the login page (which has its own journey)."""
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        context = where.context if isinstance(where, Page) else where
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.url}])


class _Kept(StaticFilesHandler):
    """Static files as a shop in production sends them: a browser keeps them, and asks for each but once."""

    def serve(self, request: HttpRequest) -> HttpResponse | FileResponse:
        answer = super().serve(request)
        answer["Cache-Control"] = "public, max-age=3600"
        return answer


class _Quiet(WSGIRequestHandler):
    """Django's development handler without a line per request."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


def process_environment(database: Private, **more: str) -> dict[str, str]:
    """Return the environment in which a started program works on a test's database."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "AKCEPT_TEST_PROCESS": "1",
        "AKCEPT_DATABASE_URL": database.url,
        "PYTHONUNBUFFERED": "1",
        **more,
    }


@contextlib.contextmanager
def shop_process(
    database: Private, *, app: str = "shop.wsgi", workers: int = 1, threads: int = 8, **environment: str
) -> Iterator[tuple[Running, str]]:
    """Run the shop under gunicorn on a test's database; yields the program (to be killed) and its address."""
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "gunicorn", app, "--bind", url.removeprefix("http://")]
    command += ["--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)]
    command += ["--log-level", "warning"]
    with running(command, env=process_environment(database, AKCEPT_BASE_URL=url, **environment)) as program:
        program.wait_for_http(f"{url}/accounts/login/", timeout=120)  # a machine that is busy starts it slowly
        yield program, url


@contextlib.contextmanager
def manage_process(database: Private, *arguments: str, **environment: str) -> Iterator[Running]:
    """Run `manage.py <arguments>` (such as `relay`) on a test's database, side by side with the test."""
    with running(
        [sys.executable, "manage.py", *arguments], env=process_environment(database, **environment)
    ) as program:
        yield program
