"""Whether a process lives, whether it is ready, and its figures: for machines, without session, login or page."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from shop.operate import metrics


@never_cache
def livez(_request: HttpRequest) -> HttpResponse:
    """Answer as long as the process does; it asks nobody, so that a database that is away restarts no process."""
    return JsonResponse({"status": "alive"})


@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when requests may come: the database answers and has the tables of this version; 503 otherwise."""
    found = {"database": "ok", "migrations": "ok"}
    try:
        if not _migrated():
            found["migrations"] = "not applied"
    except (DatabaseError, InterfaceError):
        found = {"database": "not reachable", "migrations": "unknown"}
    ready = set(found.values()) == {"ok"}
    return JsonResponse({"status": "ready" if ready else "not ready", **found}, status=200 if ready else 503)


_known_migrated: set[str] = set()


def _migrated() -> bool:
    """Whether every migration was applied; once it was, only whether the database answers is asked."""
    database = str(connection.settings_dict["NAME"])
    if database in _known_migrated:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    executor = MigrationExecutor(connection)
    done = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    if done:
        _known_migrated.add(database)
    return done


@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """Return the figures for Prometheus to whoever brings the token; without one set there is no such page."""
    token = str(settings.METRICS_TOKEN)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not secrets.compare_digest(given.encode(), token.encode()):
        return HttpResponse(status=404)
    body, kind = metrics.exposed()
    return HttpResponse(body, content_type=kind)


PROBES: Final[Mapping[str, Callable[[HttpRequest], HttpResponse]]] = {
    "/livez": livez,
    "/readyz": readyz,
    "/metrics": figures,
}
