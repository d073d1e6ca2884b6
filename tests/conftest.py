"""Fixtures every test may ask for; tests/support/README.md says when to take which."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import DjangoDbBlocker, Settings

from akcept.api import redis_bucket
from akcept.testing.cast import PASSWORD, Cast, Person
from akcept.testing.cast import make as make_cast
from tests.support import browser as chromium
from tests.support import locks
from tests.support.browser import DESKTOP, PHONE, OpenPage, Visitors, assert_accessible
from tests.support.databases import Private
from tests.support.handing_out import pytest_xdist_make_scheduler
from tests.support.leaving_out import mark_broad
from tests.support.live_shop import LiveShop
from tests.support.postgres import Postgres, postgres
from tests.support.recorded import recorded
from tests.support.redis_server import RedisServer

__all__ = ["pytest_xdist_make_scheduler"]

_OUTCOME = pytest.StashKey[bool]()
_DATABASES = {"db", "transactional_db", "pg", "sqlite_file", "each_database"}
_NEEDS_COMMITS = {"live_shop", "page", "phone", "open_page"}


def _database_of(asked: set[str]) -> str:
    """Return the fixture of the database a test works on, by the fixtures it asks for."""
    chosen = asked & _DATABASES
    for name in ("pg", "sqlite_file", "each_database", "transactional_db", "db"):
        if name in chosen:
            return name
    return "sqlite_file" if asked & _NEEDS_COMMITS else "db"


locks.install()
# An example that takes long on a busy machine says nothing of the code: what work costs is counted, never timed.
hypothesis_settings.register_profile("akcept", deadline=None)
# For `make mutants`: the same examples each time, and no search for the smallest one that fails.
hypothesis_settings.register_profile(
    "mutants", deadline=None, max_examples=50, database=None, derandomize=True, phases=(Phase.explicit, Phase.generate)
)
hypothesis_settings.load_profile(os.environ.get("AKCEPT_HYPOTHESIS", "akcept"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a cluster or a browser, and begin with what is slow."""
    mark_broad(items)
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("postgres") or asked & {"pg", "cluster"}:
            item.add_marker(pytest.mark.postgres)
            if "pg" not in asked and "cluster" not in asked:
                item.fixturenames.insert(0, "pg")  # type: ignore[attr-defined]
        if "database" in asked and not asked & _DATABASES and "postgres" not in {m.name for m in item.iter_markers()}:
            # Named here, not when it runs: pytest-django only makes the database that a test asks for.
            item.fixturenames.insert(0, _database_of(asked))  # type: ignore[attr-defined]
        if asked & {"page", "phone", "open_page", "chromium_browser"}:
            item.add_marker(pytest.mark.browser)
    # A test of two minutes that is handed out last keeps one core busy and the others waiting.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Let Python's collector of garbage leave alone what stands now: Django, Oscar and the tests, until the end."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether the test's body failed, for the fixtures that keep pictures of it."""
    report = yield
    if report.when == "call":
        item.stash[_OUTCOME] = report.failed
    return report


# --- databases that commit ---


@pytest.fixture(scope="session")
def cluster() -> Iterator[Postgres]:
    """Run a private PostgreSQL cluster for the session."""
    with postgres() as started:
        yield started


@pytest.fixture(scope="session")
def _pg_database(cluster: Postgres, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Private:
    database = Private(url=cluster.create_database("akcept_tests"))
    with django_db_blocker.unblock():
        database.create_tables()
    return database


@pytest.fixture(scope="session")
def _sqlite_database(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Private:
    database = Private(url=f"sqlite:///{tmp_path_factory.mktemp('database') / 'akcept.sqlite3'}")
    with django_db_blocker.unblock():
        database.create_tables()
    return database


def _in_use(database: Private, blocker: DjangoDbBlocker) -> Iterator[Private]:
    with blocker.unblock(), database.use():
        try:
            yield database
        finally:
            database.empty()


@pytest.fixture
def pg(_pg_database: Private, django_db_blocker: DjangoDbBlocker) -> Iterator[Private]:
    """Make a private PostgreSQL the default database: commits are real, threads and processes see it."""
    yield from _in_use(_pg_database, django_db_blocker)


@pytest.fixture
def sqlite_file(_sqlite_database: Private, django_db_blocker: DjangoDbBlocker) -> Iterator[Private]:
    """Make a SQLite file with the shop's own options the default database: commits are real."""
    yield from _in_use(_sqlite_database, django_db_blocker)


@pytest.fixture(params=["sqlite_file", "pg"])
def each_database(request: pytest.FixtureRequest) -> Private:
    """Run the test twice: on SQLite in a file and on PostgreSQL."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture
def database(request: pytest.FixtureRequest) -> None:
    """Give access to whichever database the test chose; the rolled-back one in memory when it chose none.

    Shared fixtures that write rows ask for this, so that they serve fast tests, races and journeys alike.
    """
    request.getfixturevalue(_database_of(set(request.fixturenames)))


@pytest.fixture
def private_database(request: pytest.FixtureRequest) -> Private:
    """Return the committing database of this test: PostgreSQL when it asked for `pg`, else a SQLite file."""
    name = "pg" if "pg" in request.fixturenames else "sqlite_file"
    if "each_database" in request.fixturenames:
        name = "each_database"
    return request.getfixturevalue(name)  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def _redis() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.close()


@pytest.fixture
def redis(_redis: RedisServer, settings: Settings) -> Iterator[RedisServer]:
    """Run a private, empty Redis, in which calls of the API are counted."""
    _redis.stop()
    _redis.start()
    settings.AKCEPT_API_LIMITS_REDIS = _redis.url
    redis_bucket.absence.end()
    yield _redis
    redis_bucket.absence.end()


# --- the shop in a browser ---


@pytest.fixture
def live_shop(private_database: Private, settings: Settings) -> Iterator[LiveShop]:
    """Serve the shop on a free port from this process; an unhandled exception in it fails the test."""
    shop = LiveShop()
    settings.AKCEPT_BASE_URL = shop.url  # links in mails come back to this server
    with shop.serving():
        yield shop
    if shop.errors:
        pytest.fail("the shop answered 500:\n" + "\n".join(shop.errors), pytrace=False)


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """Run one Chromium for the session."""
    # Playwright's loop lives in this thread, which Django takes for async code; the tests are not.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_page(live_shop: LiveShop, chromium_browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Open pages for several visitors: `open_page(language="en", size=PHONE)`.

    A script error, a refusal by the content security policy or a request to another host fails the test.
    """
    visitors = Visitors(chromium_browser, base_url=live_shop.url)
    yield visitors.open
    if request.node.stash.get(_OUTCOME, False):
        visitors.photograph_failure(request.node.name.replace("/", "-"))
    visitors.close()
    if visitors.complaints:
        pytest.fail("the browser complained:\n" + "\n".join(visitors.complaints), pytrace=False)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """Open a Polish desktop page, 1280 x 860."""
    return open_page(language="pl", size=DESKTOP)


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """Open a Polish phone page, 390 x 844."""
    return open_page(language="pl", size=PHONE)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Check a page: `axe(page)` fails with every violating node."""
    return assert_accessible


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path | None]:
    """Save a picture for the documentation: `screenshot(page, "inbox")`; does nothing without AKCEPT_SCREENSHOTS=1."""
    return chromium.screenshot


# --- people and their language ---


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Let tests read refusals in the language of the source; pages and mails follow their reader as always."""
    with translation.override("en"):
        yield


@pytest.fixture
def cast(database: None) -> Cast:
    """Create everybody of `akcept.testing.cast`."""
    return recorded(make_cast)


Visit = Callable[..., Client]


@pytest.fixture
def visit(cast: Cast) -> Visit:
    """Return a client of somebody: `visit(cast.anna)`, `visit(cast.mia, superuser=True)`, `visit()` for nobody.

    `sure`: they have just shown once more who they are.
    """

    def client_of(
        person: Person | None = None, *, superuser: bool = False, language: str = "en", sure: bool = False
    ) -> Client:
        client = Client()
        if person is not None:
            if superuser:
                person.user.is_superuser = True
                person.user.save(update_fields=["is_superuser"])
            client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.cookies["django_language"] = language
        if sure:
            client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        return client

    return client_of


@pytest.fixture
def a_million_pieces(settings: Settings) -> None:
    """A shop whose orders hold as many pieces as orders can."""
    settings.OSCAR_MAX_BASKET_QUANTITY_THRESHOLD = None
