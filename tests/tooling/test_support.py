"""The test house itself: private databases are private, threads race, browsers see the shop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.mail import send_mail
from django.db import connection, transaction
from playwright.sync_api import Page

from shop.accounts.models import User
from tests.support.browser import assert_accessible, assert_fits, shape_of
from tests.support.databases import Private
from tests.support.live_shop import LiveShop, shop_process
from tests.support.postgres import Postgres
from tests.support.processes import ROOT
from tests.support.threads import together


def _sign_up(email: str) -> None:
    with transaction.atomic():
        User.objects.create_user(email=email, password="never used")


@pytest.mark.parametrize("round_", [1, 2])
def test_each_test_starts_with_an_empty_committing_database(each_database: Private, round_: int) -> None:
    assert connection.vendor == each_database.vendor
    assert not User.objects.exists()
    assert ContentType.objects.get_for_model(User).model == "user"
    _sign_up(f"anna{round_}@acme.example")
    assert User.objects.get().pk == 1, "sequences start again"


def test_threads_see_what_others_committed(each_database: Private) -> None:
    together(*[lambda number=number: _sign_up(f"racer{number}@acme.example") for number in range(6)])
    assert User.objects.count() == 6


def test_threads_return_their_results_and_their_exceptions(sqlite_file: Private) -> None:
    def refuse() -> None:
        raise LookupError("no such order")

    done, refused = together(lambda: "done", refuse)
    assert done == "done"
    assert isinstance(refused, LookupError)


def test_the_fast_database_is_untouched_by_the_private_ones(db: None) -> None:
    assert connection.settings_dict["NAME"].startswith(("file:memorydb", ":memory:"))
    assert not User.objects.exists()


def test_databases_of_a_cluster_are_copied_and_dropped(cluster: Postgres) -> None:
    first = cluster.create_database("first")
    with psycopg.connect(first) as session:
        session.execute("CREATE TABLE remark (text text)")
    copied = cluster.create_database("second", template="first")
    with psycopg.connect(copied) as session:
        assert session.execute("SELECT count(*) FROM remark").fetchone() == (0,)
    cluster.drop_database("first")
    cluster.drop_database("second")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(copied)


@pytest.mark.postgres
def test_a_cluster_ends_with_the_process_that_started_it() -> None:
    program = (
        "import time; from tests.support.postgres import Postgres; c = Postgres();"
        "print(c._server.pid, c.folder, flush=True); time.sleep(600)"
    )
    started = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    server, folder = started.stdout.readline().split()
    started.kill()
    started.wait()
    started.stdout.close()
    for _ in range(200):
        try:
            os.kill(int(server), 0)
        except ProcessLookupError:
            break
        signal.sigtimedwait([], 0.05)
    else:
        pytest.fail("the server outlived its starter")
    subprocess.run(["rm", "-r", folder], check=True)


def test_the_shop_runs_as_a_process_on_the_tests_database(sqlite_file: Private) -> None:
    with shop_process(sqlite_file) as (program, url):
        assert url.startswith("http://127.0.0.1:")
    assert program.process.returncode == 0, program.output


def test_a_visitor_is_who_the_test_says(page: Page, live_shop: LiveShop, mailoutbox: list[object]) -> None:
    mia = User.objects.create_superuser(email="mia@shop.example", password="never used")
    live_shop.sign_in(page, mia)
    page.goto("/admin/")
    assert "mia@shop.example" in page.content()
    send_mail("Seen", "by the test", None, ["anna@acme.example"])
    assert len(mailoutbox) == 1


def test_pages_are_built_alike_whatever_their_words(page: Page) -> None:
    for polish, english, alike in (
        ("<p>Cena</p>", "<p> Price, net </p>", True),
        ('<a href="/pl/" lang="pl">polski</a>', '<a href="/en/" lang="en">English</a>', True),
        ('<img alt="Koszyk">', '<img alt="Basket">', True),
        ('<img alt="Koszyk">', '<img alt="">', False),
        ("<button>Wyślij</button>", "<button> </button>", False),
        ('<p class="note">Uwaga</p>', '<p class="note-en">Note</p>', False),
        ("<h2>Wpis</h2><h2>Rekord</h2>", "<h2>Entry</h2><h2>Record</h2>", True),
        ("<h2>Wpis</h2><h2>Rekord</h2>", "<h2>Record</h2><h2>Record</h2>", False),
        ('<nav aria-label="Karty"></nav><nav aria-label="Menu"></nav>', '<nav aria-label="Menu"></nav>' * 2, False),
    ):
        page.set_content(polish)
        built = shape_of(page)
        page.set_content(english)
        assert (shape_of(page) == built) is alike, english


def test_axe_names_the_violating_nodes(page: Page) -> None:
    page.goto("/accounts/login/")
    page.set_content("<html><body><img src='data:,' class='portrait'></body></html>")
    with pytest.raises(AssertionError, match=r"image-alt \(critical\)[\s\S]*portrait"):
        assert_accessible(page)


def test_a_page_wider_than_the_phone_is_found(phone: Page) -> None:
    phone.goto("/accounts/login/")
    assert_fits(phone)
    phone.evaluate(
        """() => {
            const wide = Object.assign(document.createElement("div"), {id: "wide", innerText: "x"});
            wide.style.width = "900px";
            document.body.append(wide);
        }"""
    )
    with pytest.raises(AssertionError, match="wide"):
        assert_fits(phone)
