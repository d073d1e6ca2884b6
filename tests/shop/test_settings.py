"""The shop as it is run on a server: nothing known to everybody, nothing Django warns of."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

import pytest
from django.utils.translation import override

from shop.accounts.checks import DEBUGGING, DEMO_ON_SHOW, KNOWN_KEY, LOCAL_HOSTS, LOCAL_LINKS, NO_KEY
from tests.support.processes import ROOT

CHECK = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]


SERVER = {
    "AKCEPT_SECRET_KEY": secrets.token_urlsafe(50),
    "AKCEPT_HTTPS": "1",
    "AKCEPT_ALLOWED_HOSTS": "shop.example",
    "AKCEPT_BASE_URL": "https://shop.example",
}


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AKCEPT_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=clean | {"AKCEPT_LANGUAGE": "en"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _english(text: object) -> str:
    with override("en"):
        return str(text)


def test_server_behind_https_has_nothing_to_warn_of() -> None:
    done = _run(*CHECK, **SERVER)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "command", [["manage.py", "check"], ["manage.py", "relay", "--once"], ["-c", "import shop.wsgi"]]
)
def test_nothing_runs_without_a_key(command: list[str]) -> None:
    done = _run(*command)
    assert done.returncode != 0
    assert _english(NO_KEY) in done.stderr


def test_demo_needs_none() -> None:
    assert _run("manage.py", "check", AKCEPT_DEMO="1").returncode == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"AKCEPT_DEMO": "1", "AKCEPT_SECRET_KEY": None}, NO_KEY),
        ({"AKCEPT_DEMO": "1"}, DEMO_ON_SHOW),
        ({"AKCEPT_DEMO": "1", "AKCEPT_HTTPS": None}, DEMO_ON_SHOW),
        ({"AKCEPT_SECRET_KEY": "known-to-everybody-" + "x" * 40}, KNOWN_KEY),
        ({"AKCEPT_DEBUG": "1", "AKCEPT_SECRET_KEY": None, "AKCEPT_HTTPS": None}, KNOWN_KEY),
        ({"AKCEPT_DEBUG": "1"}, DEBUGGING),
        ({"AKCEPT_ALLOWED_HOSTS": None}, LOCAL_HOSTS),
        ({"AKCEPT_ALLOWED_HOSTS": "*"}, LOCAL_HOSTS),
        ({"AKCEPT_BASE_URL": None}, LOCAL_LINKS),
        ({"AKCEPT_BASE_URL": "http://shop.example"}, LOCAL_LINKS),
    ],
)
def test_c7_what_a_shop_on_the_internet_must_not_have_is_an_error(changed: dict[str, str | None], said: str) -> None:
    environment = {name: value for name, value in {**SERVER, **changed}.items() if value is not None}
    done = _run("manage.py", "check", "--deploy", "--fail-level", "ERROR", **environment)
    assert done.returncode != 0
    assert _english(said) in done.stderr


def test_c7_the_demo_behind_https_does_not_even_start_by_itself() -> None:
    done = _run("manage.py", "check", AKCEPT_DEMO="1", AKCEPT_HTTPS="1")
    assert done.returncode != 0
    assert _english(NO_KEY) in done.stderr
